"""Glossary: the nouns of the document, explained at its end and linked where they stand first."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

from facelab.languages.speech import N_, _

TERMS = {
    N_("accuracy"): N_("Share of a batch's photos that are answered right, before the update."),
    N_("batch"): N_("The photos that one update learns from together."),
    N_("burst"): N_(
        "Photos taken within seconds of each other, nearly the same; all of them are learned "
        "from, or none."
    ),
    N_("clip"): N_("A short film that is played frame by frame, as before a webcam."),
    N_("curvature"): N_(
        "How sharply the loss bends: the sharper, the smaller the learning rate must be "
        "for the loss to fall (the largest eigenvalue of its Hessian)."
    ),
    N_("embedding"): N_(
        "A face as a list of numbers, from which the classifier tells people apart."
    ),
    N_("epoch"): N_("One pass through all photos to learn from."),
    N_("learning rate"): N_("How far an update moves the weights."),
    N_("loss"): N_(
        "How surely the right person is missed, in nats: 0 when every answer is right and "
        "certain; ln of the number of people when it is guessed."
    ),
    N_("margin"): N_("Distance of what was measured from its threshold, negative when refused."),
    N_("median"): N_("The middle one of the replicates: as many lie above as below."),
    N_("probe"): N_("A photo that was not learned from, about which the classifier is asked."),
    N_("replicate"): N_("One of several trainings that differ in their seed only."),
    N_("seed"): N_(
        "The number that decides what is drawn by chance, so that a run can be repeated."
    ),
    N_("sitting"): N_("One session before the camera: same day, same clothes, same light."),
    N_("tally"): N_("How often each person was seen in a clip."),
    N_("update"): N_("One step of learning: the weights are moved once."),
}
"""The noun, and what it means here."""

ENDING = "(?:e?s|x)?"
"""How a word in the plural may end."""


def terms() -> dict[str, tuple[str, str]]:
    """Return each noun as the language says it, in its order, with its anchor and meaning."""
    found = {_(term): (anchor(term), _(told)) for term, told in TERMS.items()}
    return dict(sorted(found.items(), key=lambda item: _plain(item[0])))


def _plain(word: str) -> str:
    """Return a word as a dictionary sorts it: without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _pattern(term: str) -> str:
    """Return the pattern of a term in the singular or plural."""
    return r"\s".join(re.escape(word) + ENDING for word in term.split())


def anchor(term: str) -> str:
    """Return the anchor of a term's explanation."""
    return "term-" + term.replace(" ", "-")


class Glossary:
    """Links each term once, where it stands first of the texts that it is given, in their order."""

    def __init__(self) -> None:
        self._anchors = {term.lower(): place for term, (place, _told) in terms().items()}
        several = sorted(self._anchors, key=len, reverse=True)
        each = "|".join(f"({_pattern(term)})" for term in several)
        self._terms = several
        self._term = re.compile(rf"\b(?:{each})\b", re.IGNORECASE)

    def __call__(self, text: str) -> Markup:
        """Return a text, escaped, with a link at each term that was not linked before."""
        parts, last = [], 0
        for found in self._term.finditer(text):
            place = self._anchors.get(self._terms[(found.lastindex or 1) - 1], "")
            if not place:
                continue
            self._anchors[self._terms[(found.lastindex or 1) - 1]] = ""
            parts.append(escape(text[last : found.start()]))
            parts.append(Markup('<a class="term" href="#{}">{}</a>').format(place, found[0]))
            last = found.end()
        return Markup("").join([*parts, escape(text[last:])])
