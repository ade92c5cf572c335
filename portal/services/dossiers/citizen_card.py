"""What the citizen card says of its holder: the text of its QR code as a scanner types it, or the number alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal import clock
from portal.text import clean

SEPARATOR = "|"
LONGEST = 600
PERSONAL_ID = re.compile(r"[0-9]{12}")
WRITTEN_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
# The parts in the order of the card: personal ID, former 9-digit number, full name, birth, sex, residence, day of issue.
# Source: the QR codes of cards issued since 2021; newer ones add parts behind these, which are not read.
ID_AT, NAME_AT, BIRTH_AT = 0, 2, 3
PARTS_READ = 4


@dataclass(frozen=True)
class Card:
    """What was read: what the text does not hold is empty. `date_of_birth` is ISO, whole or partial."""

    personal_id: str
    full_name: str = ""
    date_of_birth: str = ""


def read_card(text: str) -> Card | None:
    """What a typed number or a scanned text says; None where it is neither.

    Scanners differ in the spaces and the end of line that they add, and newer cards in the number of parts; neither counts.
    """
    text = clean(text[:LONGEST])
    parts = [part.strip() for part in text.split(SEPARATOR)]
    number = re.sub(r"[ .\-]", "", parts[ID_AT])
    if not (number.isascii() and PERSONAL_ID.fullmatch(number)):
        return None
    if len(parts) == 1:
        return Card(number)
    if len(parts) < PARTS_READ or not parts[NAME_AT]:
        return None
    return Card(number, parts[NAME_AT], _iso(parts[BIRTH_AT]))


def _iso(written: str) -> str:
    """`12051990` as 1990-05-12; zeros stand for a day or month that nobody knows; empty where it is no date."""
    found = WRITTEN_DAY.fullmatch(re.sub(r"[./\- ]", "", written))
    if not found:
        return ""
    day, month, year = found.groups()
    known = [year]
    for part in (month, day):
        if part == "00":
            break
        known.append(part)
    iso = "-".join(known)
    return iso if iso <= clock.today().isoformat() else ""
