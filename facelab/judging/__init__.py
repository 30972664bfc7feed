"""Measures of curves and answers, and verdicts on them. Nothing here needs TensorFlow."""
