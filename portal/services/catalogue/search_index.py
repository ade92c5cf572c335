"""The words of a set of entries, folded once and laid ready for the search; what a hit is worth is decided in `search.py`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from portal.services.catalogue.life_events import BY_NAME
from portal.services.catalogue.versions import Entry
from portal.text import clean, fold, match_key

Source = Literal["code", "alias", "name", "keyword", "english", "life_event", "field", "outcome"]
_WORD = re.compile(r"\w+")
_HIDDEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # what copying from elsewhere leaves inside words
_SOUNDS = (("ngh", "ng"), ("gh", "g"), ("tr", "ch"), ("gi", "d"), ("r", "d"), ("x", "s"), ("k", "c"), ("q", "c"))


@dataclass(frozen=True)
class Words:
    """A text word by word: as spelt (`exact`: only case and the tone's place are even), and folded."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]

    @property
    def run_together(self) -> str:
        """The folded words without any space."""
        return "".join(self.folded)


@dataclass(frozen=True)
class Phrase:
    """One text of an entry; `exact` and `folded` stand between spaces, so that whole words can be looked for."""

    entry: int
    source: Source
    text: str
    words: Words
    exact: str
    folded: str


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[str, str]:
    return match_key(word), fold(word)


@lru_cache(maxsize=50_000)
def words_of(text: str) -> Words:
    """The words of a text; signs between them are dropped."""
    pairs = [_word(word) for word in _WORD.findall(clean(text.translate(_HIDDEN)).lower())]
    return Words(tuple(exact for exact, _folded in pairs), tuple(folded for _exact, folded in pairs))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a folded word sounds: letters that are often mistaken for one another are one letter."""
    for spelt, heard in _SOUNDS:
        if word.startswith(spelt):
            word = heard + word[len(spelt) :]
            break
    return word.replace("y", "i")


def _texts(entry: Entry) -> Iterator[tuple[Source, str]]:
    yield "name", entry.name[0]
    yield from (("keyword", keyword) for keyword in entry.keywords)
    if entry.name[1] != entry.name[0]:
        yield "english", entry.name[1]
    for event in entry.life_events:
        yield "life_event", event
        if event in BY_NAME:
            yield "life_event", BY_NAME[event].en
    yield from (("field", field) for field in dict.fromkeys(entry.field))
    yield from (("outcome", outcome) for outcome in dict.fromkeys(entry.outcome))


def _between_spaces(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


class Index:
    """A set of entries with all its words; never changed once made.

    `postings`: the entries that hold a folded word. `run_together`: of each entry its texts without spaces, but for the
    outcome, which is a sentence.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.by_code: dict[str, list[tuple[int, Source]]] = defaultdict(list)
        self.phrases: list[list[Phrase]] = []
        self.postings: dict[str, set[int]] = defaultdict(set)
        self.by_sound: dict[str, set[str]] = defaultdict(set)
        for number, entry in enumerate(self.entries):
            self._take_in(number, entry)
        told = [[phrase for phrase in phrases if phrase.source != "outcome"] for phrases in self.phrases]
        self.run_together = ["|".join(phrase.words.run_together for phrase in phrases) for phrases in told]
        self.by_run_together = {phrase.words.run_together: phrase for phrases in reversed(told) for phrase in reversed(phrases)}
        self.vocabulary = tuple(self.postings)
        for word in self.vocabulary:
            self.by_sound[sound(word)].add(word)

    def _take_in(self, number: int, entry: Entry) -> None:
        self.by_code[entry.code].append((number, "code"))
        for alias in entry.aliases:
            self.by_code[alias].append((number, "alias"))
        phrases = []
        for source, text in _texts(entry):
            words = words_of(text)
            exact, folded = _between_spaces(words.exact), _between_spaces(words.folded)
            phrases.append(Phrase(number, source, text, words, exact, folded))
            for word in words.folded:
                self.postings[word].add(number)
        self.phrases.append(phrases)
