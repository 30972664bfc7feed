"""Phrases, where steps written for facelab 1.0.0 import them from; now ``from facelab import``."""

from facelab.playing.fields import phrase as phrase
