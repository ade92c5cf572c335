"""Vietnamese text: one form at the door (NFC), a fold key for search, and the characters that are refused."""

from __future__ import annotations

import re
import unicodedata


def clean(text: str) -> str:
    """One line in NFC with single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """The text without diacritics or case, as a searcher may type it; đ becomes d."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return clean("".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def refused_characters(text: str, *, is_name: bool) -> frozenset[str]:
    """The characters that may not stand in such a text."""
    return frozenset(letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} and letter != "\n")
