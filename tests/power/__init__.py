"""Power: what the book catches. Mutants of the product are played; verdicts are counted."""
