"""Benchmarks: facelab's own functions beside every peer, in one run. ``python -m benchmarks``."""
