"""Text folded for search and for mail names: without case, diacritics or đ; the exact match of registries too."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case, no diacritics, đ as d, single spaces: «Nguyễn Văn Dũng» becomes «nguyen van dung»."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(bare.replace("đ", "d").split())


def matching(text: str) -> str:
    """What the three-factor look-up compares: upper case, NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).upper().split())
