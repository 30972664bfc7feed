"""Systems of other makes: learners on embeddings, processes, and the doctor that checks them."""
