"""The training core: embedding, parameters, training, history, classifier.

Modules that need TensorFlow are imported where they are used: its import costs seconds.
"""
