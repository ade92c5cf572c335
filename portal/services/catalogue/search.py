"""Finding procedures by words typed with or without diacritics, run together, or slightly misspelt."""

from __future__ import annotations

from difflib import SequenceMatcher

from portal.services.catalogue.versions import Entry
from portal.text import fold

CLOSE_ENOUGH = 0.75


def search(procedures: list[Entry], wanted: str) -> list[Entry]:
    """The procedures that the words may mean, the likeliest first; all of them where nothing is asked."""
    folded = fold(wanted)
    if not folded:
        return procedures
    scored = [(_score(procedure, folded), procedure) for procedure in procedures]
    ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].code))
    return [procedure for _score_of, procedure in ranked]


def _score(procedure: Entry, wanted: str) -> float:
    if wanted == procedure.code:
        return 10.0
    texts = [fold(text) for text in (*procedure.name, *procedure.keywords, *procedure.life_events)]
    return max(_likeness(text, wanted) for text in texts)


def _likeness(text: str, wanted: str) -> float:
    if wanted in text:
        return 5.0
    if wanted.replace(" ", "") in text.replace(" ", ""):
        return 4.0
    words, asked = text.split(), wanted.split()
    near = [max((SequenceMatcher(None, word, one).ratio() for word in words), default=0.0) for one in asked]
    mean = sum(near) / len(near)
    return mean if min(near) >= CLOSE_ENOUGH else 0.0
