"""Systems of other makes: given embeddings, run in a process of their own, examined one by one."""
