"""Peers that are not Python's own: a loop in C, PyTorch and TensorFlow.js in their processes."""
