"""Keyed hashes by which people are found without being kept: personal IDs and the tokens of names."""

from __future__ import annotations

from portal.crypto import keyring
from portal.text import fold, match_key


def personal_id_hash(personal_id: str) -> bytes:
    """The keyed hash of a personal ID."""
    return keyring().blind("personal-id", personal_id)


def claim_hash(personal_id: str, full_name: str, date_of_birth: str) -> bytes:
    """The keyed hash of all three factors of a person together; spellings of one name are even."""
    return keyring().blind("claim", f"{personal_id}\x00{match_key(full_name)}\x00{date_of_birth}")


def name_tokens(name: str) -> list[bytes]:
    """The keyed hashes of a name's words, without diacritics, so that `duong` finds Đường and Dương."""
    return [keyring().blind("name", word) for word in sorted(set(fold(name).split()))]


def tracking_hash(code: str, secret: str) -> bytes:
    """The keyed hash of a dossier's code together with its tracking secret."""
    return keyring().blind("tracking", f"{code}\x00{secret}")
