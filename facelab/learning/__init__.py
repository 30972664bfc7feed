"""The training core: training, replicates, theory, classifier.

Modules that need TensorFlow are imported at their first use: the import costs seconds.
"""
