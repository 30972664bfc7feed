"""What curves and answers say: measures, and verdicts on them. Nothing here needs TensorFlow."""
