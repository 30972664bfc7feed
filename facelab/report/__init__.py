"""The acceptance report: a record (JSON), then a document (HTML). Nothing here needs TensorFlow."""
