"""Finding procedures by words typed with or without diacritics, run together, or slightly misspelt.

What was typed exactly stands first, then what is equal without diacritics, then all words in any order, words run together,
and last what is only nearly so.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from portal.services.catalogue.search_index import Index, Phrase, Source, Words, sound, words_of
from portal.services.catalogue.versions import Entry

ENOUGH = 5  # with so many found, or with one that holds the very words, what is only nearly so is left out
KEPT_INDEXES = 4
RUN_TOGETHER_FROM = 5  # letters: shorter ones stand inside too many other words
CLOSE_ENOUGH = 86  # of 100: a long word and a name that differ by a letter or two
SUGGESTIONS = 5
CODE = re.compile(r"[1-6]\.?\d{3,6}(?:\..*)?")
EMPTY_WORDS = frozenset(
    "toi minh muon can xin lam di cho cua thu tuc giay to nhu the nao o dau i want to a an the for of my".split()
)
RANK: dict[Source, int] = {
    "code": 0, "alias": 0, "name": 1, "keyword": 1, "english": 1, "life_event": 2, "field": 3, "outcome": 4,
}  # fmt: skip


class Closeness(IntEnum):
    """How a procedure answers to what was typed, the closest first."""

    CODE = 0
    EXACT = 1
    FOLDED = 2
    ALL_WORDS = 3
    RUN_TOGETHER = 4
    NEARLY = 5


@dataclass(frozen=True)
class Hit:
    """A procedure that was found, how closely, and by which of its texts."""

    entry: Entry
    closeness: Closeness
    source: Source
    text: str


_Order = tuple[float, ...]
_Ranked = tuple[_Order, Hit]
_INDEXES: OrderedDict[tuple[str, ...], Index] = OrderedDict()


def index_of(entries: Sequence[Entry]) -> Index:
    """The index of a set of entries, made once and kept while the set is in use."""
    key = tuple(f"{entry.code} {entry.version_hash}" for entry in entries)
    index = _INDEXES.get(key)
    if index is None:
        index = _INDEXES[key] = Index(entries)
        while len(_INDEXES) > KEPT_INDEXES:
            _INDEXES.popitem(last=False)
    return index


def search(entries: Sequence[Entry], wanted: str) -> list[Entry]:
    """The procedures that the words may mean, the likeliest first; all of them where nothing is asked."""
    if not words_of(wanted).folded:
        return list(entries)
    return [hit.entry for hit in find(index_of(entries), wanted)]


def find(index: Index, wanted: str) -> list[Hit]:
    """The procedures that the words may mean, the likeliest first, each with why it was found; none for no words."""
    if CODE.fullmatch(wanted.strip()):
        return _by_code(index, wanted.strip())
    words = words_of(wanted)
    if not words.folded:
        return []
    found = _best(_closely(index, words))
    if not found and (telling := _without_empty_words(words)) != words:
        found = _best(_closely(index, telling))
        words = telling
    if len(found) < ENOUGH and all(hit.closeness > Closeness.FOLDED for _order, hit in found.values()):
        found |= {number: ranked for number, ranked in _best(_nearly(index, words)).items() if number not in found}
    return [hit for _order, hit in sorted(found.values(), key=lambda ranked: ranked[0])]


def suggestions(index: Index, wanted: str) -> list[Entry]:
    """What may be meant where nothing was found: procedures that share the rarest of the words, or words like them."""
    weights: dict[int, float] = {}
    for word in _without_empty_words(words_of(wanted)).folded:
        for near, distance in _near_words(index, word).items():
            rarity = math.log(1 + len(index.entries) / len(index.postings[near]))
            for number in index.postings[near]:
                weights[number] = max(weights.get(number, 0.0), rarity / (1 + distance))
    likeliest = sorted(weights, key=lambda number: (-weights[number], index.entries[number].code))
    return [index.entries[number] for number in likeliest[:SUGGESTIONS]]


def _by_code(index: Index, wanted: str) -> list[Hit]:
    """By the code or an alias; a beginning of a code will do, and what an agency adds behind it does not matter."""
    digits = wanted.replace(".", "")[:7]
    found: dict[int, _Ranked] = {}
    for code, places in index.by_code.items():
        if code.replace(".", "")[:7].startswith(digits):
            for number, source in places:
                entry = index.entries[number]
                order = (float(source != "code"), float(code != wanted), *map(float, _digits(entry.code)))
                _keep(found, number, (order, Hit(entry, Closeness.CODE, source, code)))
    return [hit for _order, hit in sorted(found.values(), key=lambda ranked: ranked[0])]


def _digits(code: str) -> list[str]:
    return code.split(".")


def _without_empty_words(words: Words) -> Words:
    """The words without those that say nothing of what is wanted; all of them where nothing else is there."""
    pairs = [pair for pair in zip(words.exact, words.folded, strict=True) if pair[1] not in EMPTY_WORDS]
    return Words(tuple(exact for exact, _ in pairs), tuple(folded for _, folded in pairs)) if pairs else words


def _best(ranked: Iterable[tuple[int, _Ranked]]) -> dict[int, _Ranked]:
    found: dict[int, _Ranked] = {}
    for number, one in ranked:
        _keep(found, number, one)
    return found


def _keep(found: dict[int, _Ranked], number: int, ranked: _Ranked) -> None:
    if number not in found or ranked[0] < found[number][0]:
        found[number] = ranked


def _ranked(index: Index, closeness: Closeness, phrase: Phrase, *, is_whole: bool, off: float = 0.0) -> tuple[int, _Ranked]:
    """A hit with its place in the order: closer, whole texts, fewer slips, better sources, shorter texts, filed online."""
    entry = index.entries[phrase.entry]
    order = (
        float(closeness), off, float(not is_whole), float(RANK[phrase.source]), float(len(phrase.words.folded)),
        float(not entry.is_filed_online), float(len(entry.name[0])), float(phrase.entry),
    )  # fmt: skip
    return phrase.entry, (order, Hit(entry, closeness, phrase.source, phrase.text))


def _closely(index: Index, words: Words) -> Iterator[tuple[int, _Ranked]]:
    """What holds every word: in this order and spelling, in this order, or in any order; and what holds them run together."""
    exact, folded = f" {' '.join(words.exact)} ", f" {' '.join(words.folded)} "
    holding = set.intersection(*(index.postings.get(word, set()) for word in words.folded))
    for phrase in (phrase for number in holding for phrase in index.phrases[number]):
        if exact in phrase.exact:
            yield _ranked(index, Closeness.EXACT, phrase, is_whole=exact == phrase.exact)
        elif folded in phrase.folded:
            yield _ranked(index, Closeness.FOLDED, phrase, is_whole=folded == phrase.folded)
    for number in holding:
        wanted = set(words.folded)
        fullest = max(index.phrases[number], key=lambda phrase: len(wanted & set(phrase.words.folded)))
        missing = len(wanted - set(fullest.words.folded))
        yield _ranked(index, Closeness.ALL_WORDS, fullest, is_whole=False, off=float(missing))
    yield from _run_together(index, words.run_together)


def _run_together(index: Index, wanted: str) -> Iterator[tuple[int, _Ranked]]:
    if len(wanted) < RUN_TOGETHER_FROM:
        return
    for number, texts in enumerate(index.run_together):
        if wanted in texts:
            for phrase in index.phrases[number]:
                if phrase.source != "outcome" and _stands_whole(wanted, phrase.words.folded):
                    is_whole = wanted == phrase.words.run_together
                    yield _ranked(index, Closeness.RUN_TOGETHER, phrase, is_whole=is_whole)


def _stands_whole(wanted: str, words: tuple[str, ...]) -> bool:
    """Whether letters begin where a word begins, and end where one ends, in words written without spaces."""
    edges = {0, *itertools.accumulate(map(len, words))}
    text = "".join(words)
    starts = (at for at in sorted(edges) if text.startswith(wanted, at))
    return any(at + len(wanted) in edges for at in starts)


def _nearly(index: Index, words: Words) -> Iterator[tuple[int, _Ranked]]:
    """What holds every word or one nearly like it, of which only some may be slips; and a long word like a whole text."""
    near = [_near_words(index, word, is_last=at == len(words.folded) - 1) for at, word in enumerate(words.folded)]
    allowed = max(1, len(near) // 2)
    holding = set.intersection(*(set().union(*(index.postings[word] for word in options)) for options in near))
    for number in holding:
        for phrase in index.phrases[number]:
            if phrase.source == "outcome":
                continue
            distances = [_distance_in(phrase, options) for options in near]
            if None not in distances and sum(bool(distance) for distance in distances) <= allowed:
                yield _ranked(index, Closeness.NEARLY, phrase, is_whole=False, off=float(sum(filter(None, distances))))
    if len(words.run_together) > RUN_TOGETHER_FROM:
        yield from _nearly_run_together(index, words.run_together)


def _distance_in(phrase: Phrase, options: dict[str, float]) -> float | None:
    held = [options[word] for word in phrase.words.folded if word in options]
    return min(held, default=None)


def _near_words(index: Index, word: str, *, is_last: bool = False) -> dict[str, float]:
    """The words of the index that this one may be, each with how far off it is; the last word may be half typed."""
    found: dict[str, float] = {}
    slips = 0 if len(word) < 3 or word.isdigit() else 1 if len(word) < 7 else 2
    if slips:
        for near, distance, _at in process.extract(
            word, index.vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=None, processor=None
        ):
            found[near] = float(distance)
        found.update(dict.fromkeys(index.by_sound.get(sound(word), ()), 0.5))
    if is_last and len(word) >= 2:
        found.update({whole: 0.25 for whole in index.vocabulary if whole.startswith(word)})
    if word in index.postings:
        found[word] = 0.0
    return found


def _nearly_run_together(index: Index, wanted: str) -> Iterator[tuple[int, _Ranked]]:
    texts = index.by_run_together
    likely = process.extract(wanted, texts.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=SUGGESTIONS)
    for text, score, _at in likely:
        yield _ranked(index, Closeness.NEARLY, texts[text], is_whole=False, off=(100 - float(score)) / 10)
