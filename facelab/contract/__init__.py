"""The nouns that every room speaks: frames, photos, parameters, histories, systems, verdicts.

Nothing here imports anything else of facelab, nor TensorFlow or OpenCV.
"""
