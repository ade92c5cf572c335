"""Vietnamese text: cleaned at the door, folded for search, keyed for order and match; no words of the interface."""

from __future__ import annotations

import unicodedata

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # ngang huyền hỏi ngã sắc nặng: the alphabet's order
LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SHAPES = frozenset("\u0302\u0306\u031b")  # circumflex, breve, horn: they make another letter, not another tone
_WITHOUT_DECOMPOSITION = str.maketrans("đĐøØłŁƀɃ", "dDoOlLbB")
_SAME_SIGN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})
_RANK_OF_SIGN = {" ": "!", "-": "#", ",": "$", ".": "%", "'": "&"}
_SIGNS_OF_NAMES = frozenset(" '’ʼ-‑.")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str) -> str:
    """The text in NFC, trimmed, with single spaces: what is stored of anything typed or received in one line."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def refused_characters(text: str, *, is_name: bool = False) -> frozenset[str]:
    """The characters that cannot be taken; empty when the text is sound.

    Refused everywhere: control, zero-width, bidirectional, unassigned and private characters and lone surrogates.
    Refused in names besides: whatever is not a Latin letter, its marks, a space, an apostrophe, a hyphen or a full
    stop, so that no look-alike of another script enters a name.
    """
    refused = {sign for sign in text if is_hidden(sign)}
    if is_name:
        refused |= {sign for sign in text if not _belongs_in_name(sign)} | _loose_marks(text)
    return frozenset(refused)


def is_hidden(sign: str) -> bool:
    """Whether a character cannot be seen, or changes how its neighbours are seen."""
    return sign != "\n" and unicodedata.category(sign) in _HIDDEN


def _belongs_in_name(sign: str) -> bool:
    if sign in _SIGNS_OF_NAMES or "\u0300" <= sign <= "\u036f":
        return True
    is_latin = sign <= "\u024f" or "\u1e00" <= sign <= "\u1eff"
    return is_latin and unicodedata.category(sign) in ("Lu", "Ll", "Lt")


def _loose_marks(text: str) -> set[str]:
    """Marks that stand on nothing, or heap up over one letter (Ede and Jarai names need two at most)."""
    loose, room = set(), 0
    for sign in unicodedata.normalize("NFC", text):
        if unicodedata.category(sign) != "Mn":
            room = 2 if sign.isalpha() else 0
        elif room:
            room -= 1
        else:
            loose.add(sign)
    return loose


def reveal(text: str) -> str:
    """The text with each hidden character shown by its code point, for values that came from elsewhere."""
    return "".join(f"[U+{ord(sign):04X}]" if is_hidden(sign) else sign for sign in text)


def fold(text: str) -> str:
    """The search key: lower case, no diacritics, đ as d, one kind of apostrophe and hyphen, single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_SAME_SIGN)).translate(_WITHOUT_DECOMPOSITION)
    kept = (sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    return " ".join("".join(kept).casefold().split())


def match_key(text: str) -> str:
    """The key under which two spellings of one name are equal: case, form and place of the tone (hòa, hoà) are even.

    Diacritics still count: Hoa and Hòa are two names.
    """
    return " ".join(_tone_last(word) for word in clean(text.translate(_SAME_SIGN)).lower().split(" "))


def _tone_last(word: str) -> str:
    signs = unicodedata.normalize("NFD", word)
    tones = "".join(sign for sign in signs if sign in TONES[1:])
    letters = "".join(sign for sign in signs if sign not in TONES[1:])
    return unicodedata.normalize("NFC", letters) + tones


def sort_key(text: str) -> str:
    """The key whose plain byte order (COLLATE "C") is the Vietnamese alphabet's: letters, then tones, then case."""
    letters, tones, cases = [], [], []
    for sign in clean(text.translate(_SAME_SIGN)):
        letter, tone = _letter_and_tone(sign)
        letters.append(_rank(letter.lower()))
        if letter.lower() in LETTERS:
            tones.append(str(tone))
            cases.append("1" if letter.isupper() else "0")
    return f"{''.join(letters)} {''.join(tones)} {''.join(cases)}"


def given_name_sort_key(full_name: str) -> str:
    """The key of lists ordered by given name: the last word, then the family name, then what stands between."""
    words = clean(full_name).split(" ")
    return sort_key(" ".join([words[-1], *words[:-1]]))


def _letter_and_tone(sign: str) -> tuple[str, int]:
    decomposed = unicodedata.normalize("NFD", sign)
    shapes = "".join(mark for mark in decomposed[1:] if mark in _SHAPES)
    rest = [mark for mark in decomposed[1:] if mark not in _SHAPES]
    letter = unicodedata.normalize("NFC", decomposed[0] + shapes)
    if letter.lower() not in LETTERS:
        letter = decomposed[0].translate(_WITHOUT_DECOMPOSITION)
    return letter, _rank_of_tone(rest)


def _rank_of_tone(marks: list[str]) -> int:
    if not marks:
        return 0
    return TONES.index(marks[0]) if marks[0] in TONES else len(TONES)


def _rank(letter: str) -> str:
    if letter in LETTERS:
        return chr(ord("A") + LETTERS.index(letter))
    return _RANK_OF_SIGN.get(letter, letter if letter.isdigit() and letter.isascii() else f"~{letter}")
