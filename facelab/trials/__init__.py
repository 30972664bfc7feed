"""Trials: trainings on photos of one's own, and how well each answers about the photos held out."""
