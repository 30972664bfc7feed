"""Languages: what a reader reads in another language than English, the source of all words."""
