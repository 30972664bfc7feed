"""Playing the features: feature files as tests, their order, what a run records."""
