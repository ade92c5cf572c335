"""Reasons that staff write: always there, readable, of a bounded length."""

from __future__ import annotations

from portal.services.errors import InvalidInput
from portal.text import clean, refused_characters

SHORTEST = 10
LONGEST = 1000


def checked_reason(reason: str, field: str = "reason") -> str:
    """The reason in clean text.

    Raises:
        InvalidInput: missing, too short to be a reason, too long, or with characters that hide.
    """
    text = clean(reason)
    if len(text) < SHORTEST:
        raise InvalidInput({field: ["Hãy ghi rõ lý do, để người nộp hiểu và làm lại được."]})
    if len(text) > LONGEST:
        raise InvalidInput({field: ["Lý do dài quá 1.000 ký tự."]})
    if refused_characters(text, is_name=False):
        raise InvalidInput({field: ["Có ký tự không dùng được ở đây."]})
    return text
