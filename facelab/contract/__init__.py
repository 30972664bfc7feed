"""The nouns of all packages: frames, photos, parameters, histories, systems, verdicts.

This package imports nothing else of facelab, nor TensorFlow or OpenCV.
"""
