"""Whether a file that somebody sends can be taken: its content decides, never its name; where it is kept is not said here."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from portal.config import settings
from portal.text import clean, is_hidden

INSPECTION, JOINING = (Path(__file__).with_name(name) for name in ("inspection.py", "joining.py"))
LONGEST_NAME = 120
ACCEPTED = "application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS = {"application/pdf": (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 8
JOIN_CPU_SECONDS = 18
WAIT_SECONDS = 20
_at_once = threading.BoundedSemaphore(2)  # inspections of one web process; others wait for their turn


class Reason(StrEnum):
    """Why a file cannot be taken; each has its sentence at the desk."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"
    HEIC = "heic"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    EMBEDDED = "embedded"
    TWO_IN_ONE = "two_in_one"
    PAGES = "pages"
    PAGE_SIZE = "page_size"
    PIXELS = "pixels"
    TOO_HEAVY = "too_heavy"
    BUSY = "busy"
    INFECTED = "infected"
    TOO_MANY = "too_many"
    DOSSIER_FULL = "dossier_full"
    DAY_FULL = "day_full"
    SENT_BEFORE = "sent_before"


class UnfitFile(ValueError):
    """A file that cannot be taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Upload:
    """A file that can be taken: its very bytes, what they are, and a name to show."""

    content: bytes
    name: str
    media_type: str
    pages: int
    is_signed: bool


def check(content: bytes, name: str) -> Upload:
    """The file, if it is a sound PDF, JPEG or PNG that can do nothing by itself; its bytes stay as they came.

    Raises:
        UnfitFile: with the reason.
    """
    if not content:
        raise UnfitFile(Reason.EMPTY)
    if len(content) > settings().upload_file_bytes:
        raise UnfitFile(Reason.TOO_LARGE)
    found = json.loads(_look_inside("inspect", content))
    if "refused" in found:
        raise UnfitFile(Reason(found["refused"]))
    media_type = MEDIA_TYPES[found["kind"]]
    return Upload(content, shown_name(name, media_type), media_type, found["pages"], found["is_signed"])


def preview(content: bytes) -> bytes:
    """An image drawn anew as a JPEG no larger than a screen, without place, maker or anything else that was in the file.

    Raises:
        UnfitFile: it is no image, or too heavy to draw.
    """
    drawn = _look_inside("preview", content)
    if not drawn.startswith(b"\xff\xd8"):
        raise UnfitFile(Reason.DAMAGED)
    return drawn


def join(parts: Sequence[bytes], pages: Sequence[tuple[int, int, int]], name: str) -> Upload:
    """One PDF of scanned pages: `pages` are (which part, its page from 1, turned clockwise by 0, 90, 180 or 270 degrees).

    The parts are files that were taken before; the joined one is looked into as any other.

    Raises:
        UnfitFile: with the reason.
    """
    asked = {"limits": _limits(JOIN_CPU_SECONDS), "lengths": [len(part) for part in parts], "pages": [list(one) for one in pages]}
    joined = _apart(JOINING, "join", asked, b"".join(parts))
    if not joined.startswith(b"%PDF-"):
        raise UnfitFile(Reason(json.loads(joined)["refused"]))
    return check(joined, name)


def shown_name(raw: str, media_type: str) -> str:
    """The name as it is shown and offered for keeping: one line in NFC, no folder, nothing hidden, the ending of its content."""
    name = plain_name(raw)
    endings = ENDINGS[media_type]
    stem, ending = name, endings[0]
    for known in endings:
        if name.lower().endswith(known):
            stem, ending = name[: -len(known)], name[-len(known) :]
    return f"{stem[: LONGEST_NAME - len(ending)].rstrip('. ') or 'tep'}{ending}"


def plain_name(raw: str) -> str:
    """The last part of a name, in NFC and of bounded length, without folders and without signs that hide."""
    last = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign != "\n" and not is_hidden(sign))
    return clean(shown[: 2 * LONGEST_NAME]).strip(". ")


def _look_inside(task: Literal["inspect", "preview"], content: bytes) -> bytes:
    """The answer of the process that opens the file; it has bounded memory and time, and dies alone.

    Raises:
        UnfitFile: it took too much, or there is no turn free for it.
    """
    return _apart(INSPECTION, task, _limits(CPU_SECONDS), content)


def _limits(seconds: int) -> dict[str, int]:
    pages, pixels = settings().upload_pdf_pages, settings().upload_image_pixels
    return {"pages": pages, "pixels": pixels, "memory": MEMORY_BYTES, "seconds": seconds}


def _apart(program: Path, task: str, asked: object, content: bytes) -> bytes:
    command = [sys.executable, "-I", str(program), task, json.dumps(asked)]
    with _turn():
        try:
            done = subprocess.run(
                command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WAIT_SECONDS, check=True
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as gave_up:
            raise UnfitFile(Reason.TOO_HEAVY) from gave_up
    return done.stdout


@contextmanager
def _turn() -> Iterator[None]:
    if not _at_once.acquire(timeout=WAIT_SECONDS):
        raise UnfitFile(Reason.BUSY)
    try:
        yield
    finally:
        _at_once.release()
