"""Playing the features: feature files as tests, their misprints and order, the record of a run."""
