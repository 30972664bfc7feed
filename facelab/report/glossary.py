"""Glossary: the nouns of the document, explained at its end and linked where they stand first."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

TERMS = {
    "accuracy": "Share of a batch's photos that are answered right, before the update.",
    "batch": "The photos that one update learns from together.",
    "burst": "Photos taken within seconds of each other, nearly the same; all of them are learned "
    "from, or none.",
    "clip": "A short film that is played frame by frame, as before a webcam.",
    "curvature": "How sharply the loss bends: the sharper, the smaller the learning rate must be "
    "for the loss to fall (the largest eigenvalue of its Hessian).",
    "embedding": "A face as a list of numbers, from which the classifier tells people apart.",
    "epoch": "One pass through all photos to learn from.",
    "learning rate": "How far an update moves the weights.",
    "loss": "How surely the right person is missed, in nats: 0 when every answer is right and "
    "certain; ln of the number of people when it is guessed.",
    "margin": "Distance of what was measured from its threshold, negative when refused.",
    "median": "The middle one of the replicates: as many lie above as below.",
    "probe": "A photo that was not learned from, about which the classifier is asked.",
    "replicate": "One of several trainings that differ in their seed only.",
    "seed": "The number that decides what is drawn by chance, so that a run can be repeated.",
    "sitting": "One session before the camera: same day, same clothes, same light.",
    "tally": "How often each person was seen in a clip.",
    "update": "One step of learning: the weights are moved once.",
}
"""The noun, and what it means here."""

_TERM = re.compile(rf"\b({'|'.join(sorted(TERMS, key=len, reverse=True))})(e?s)?\b", re.IGNORECASE)


def anchor(term: str) -> str:
    """Return the anchor of a term's explanation."""
    return "term-" + term.replace(" ", "-")


class Glossary:
    """Links each term once, where it stands first of the texts that it is given, in their order."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __call__(self, text: str) -> Markup:
        """Return a text, escaped, with a link at each term that was not linked before."""
        parts, last = [], 0
        for found in _TERM.finditer(text):
            term = found[1].lower()
            if term in self._seen:
                continue
            self._seen.add(term)
            parts.append(escape(text[last : found.start()]))
            parts.append(Markup('<a class="term" href="#{}">{}</a>').format(anchor(term), found[0]))
            last = found.end()
        return Markup("").join([*parts, escape(text[last:])])
