"""Looking inside an uploaded file, in a process of its own with little memory and time; run by path, imports nothing of ours.

`inspection.py inspect {limits}`: the file on standard input, one JSON line out: `{"refused": reason}` or what it is.
`inspection.py preview {limits}`: an image on standard input, a redrawn JPEG without any metadata out.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf
from PIL import Image, ImageOps

PADDING = b"\x00 \t\r\n\f"
LARGEST_PADDING = 1_024
HEADER_SEARCHED_BY_READERS = 1_024  # a PDF reader looks for its header this far into any file
ZIP_END, ZIP_END_WITHIN = b"PK\x05\x06", 65_557
SCRIPT = re.compile(rb"<script|<\?php|<!doctype\s+html|<html", re.IGNORECASE)
JPEG_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
PHONE_TRAILERS = (b"SEFT",)  # one maker's cameras end their pictures with notes about the shot
LARGEST_PAGE_POINTS = 14_400.0
SMALLEST_PAGE_POINTS = 20.0
MOST_OBJECTS = 200_000
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/RichMediaExecute"})
ACTIVE_KEYS = frozenset({"/JS", "/XFA", "/RichMediaContent"})
PASSIVE_DATA = frozenset({"/application/json", "/application/xml", "/text/xml", "/text/csv", "/text/plain"})


class Refused(Exception):
    """The file cannot be taken; the argument is the reason's name."""


def inspect(content: bytes, limits: dict[str, int]) -> dict[str, Any]:
    """What the file is.

    Raises:
        Refused: with the reason's name.
    """
    if content.startswith(b"%PDF-"):
        return _inspect_pdf(content, limits["pages"])
    if content.startswith(b"\xff\xd8\xff"):
        return _inspect_image(content, "JPEG", _end_of_jpeg(content), limits["pixels"])
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _inspect_image(content, "PNG", _end_of_png(content), limits["pixels"])
    raise Refused("heic" if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc") else "kind")


def _inspect_image(content: bytes, kind: str, end: int, most_pixels: int) -> dict[str, Any]:
    if b"%PDF-" in content[:HEADER_SEARCHED_BY_READERS] or ZIP_END in content[-ZIP_END_WITHIN:] or SCRIPT.search(content):
        raise Refused("two_in_one")
    if kind == "PNG" and content[end:].strip(PADDING):
        raise Refused("two_in_one")
    _decode(content, kind, most_pixels)
    return {"kind": kind.lower(), "pages": 1, "is_signed": False}


def _decode(content: bytes, kind: str, most_pixels: int) -> Any:
    """The picture, read to its last line: one that is cut short does not open."""
    Image.MAX_IMAGE_PIXELS = None  # the bound below is ours and refuses, where the library's own would only warn
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        width, height = picture.size
        if width * height > most_pixels:
            raise Refused("pixels")
        picture.draft("RGB", (min(width, 1_600), min(height, 1_600)))
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as wrong:
        raise Refused("damaged") from wrong
    return picture


def _end_of_jpeg(content: bytes) -> int:
    """Where the picture ends; behind it may stand only what cameras put there: padding, a second picture, their notes."""
    position = 2
    while found := JPEG_MARKER.search(content, position):
        marker = found[1][0]
        if marker == 0xD9:
            _check_behind_jpeg(content[found.end() :])
            return found.end()
        length = int.from_bytes(content[found.end() : found.end() + 2], "big")
        if length < 2 and marker != 0x01:
            break
        position = found.end() + (length if marker != 0x01 else 0)
    raise Refused("damaged")


def _check_behind_jpeg(rest: bytes) -> None:
    is_padding = len(rest) <= 65_536 and not rest.strip(PADDING)
    is_picture = rest.lstrip(b"\x00").startswith(b"\xff\xd8\xff")
    if not (is_padding or is_picture or rest.endswith(PHONE_TRAILERS)):
        raise Refused("two_in_one")


def _end_of_png(content: bytes) -> int:
    position = 8
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        name = content[position + 4 : position + 8]
        position += 12 + length
        if name == b"IEND":
            return position
    raise Refused("damaged")


def _inspect_pdf(content: bytes, most_pages: int) -> dict[str, Any]:
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > LARGEST_PADDING + 5:
        raise Refused("damaged")
    if content[end + 5 :].strip(PADDING):
        raise Refused("two_in_one")
    limit = 64 * 1024 * 1024
    pikepdf.settings.set_qpdf_limits(flate_max_memory=limit, run_length_max_memory=limit, png_max_memory=limit)
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            return _look_through(pdf, most_pages)
    except pikepdf.PasswordError as wrong:
        raise Refused("locked") from wrong
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError, MemoryError, RuntimeError) as wrong:
        raise Refused("damaged") from wrong


def _look_through(pdf: Any, most_pages: int) -> dict[str, Any]:
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused("pages")
    if "/Collection" in pdf.Root:
        raise Refused("embedded")
    pages = len(pdf.pages)
    if pages > most_pages:
        raise Refused("pages")
    if not pages:
        raise Refused("damaged")
    for page in pdf.pages:
        _check_page(page)
    is_signed = False
    for part in _dictionaries(pdf):
        _check_active(part)
        is_signed = is_signed or ("/ByteRange" in part and "/Contents" in part)
    return {"kind": "pdf", "pages": pages, "is_signed": is_signed}


def _check_page(page: Any) -> None:
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    unit = float(page.obj.get("/UserUnit", 1))
    sides = (abs(right - left) * unit, abs(top - bottom) * unit)
    if max(sides) > LARGEST_PAGE_POINTS or min(sides) < SMALLEST_PAGE_POINTS:
        raise Refused("page_size")


def _dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary of the file, those inside others too; what an entry refers to comes by itself."""
    waiting = [pdf.trailer, *pdf.objects]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            inside = list(part)
        elif isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            yield part
            inside = [value for _name, value in part.items()]
        else:
            continue
        waiting += [one for one in inside if isinstance(one, pikepdf.Object) and not one.is_indirect]


def _check_active(part: Any) -> None:
    keys = set(part.keys())
    if keys & ACTIVE_KEYS or str(part.get("/S", "")) in ACTIVE_ACTIONS:
        raise Refused("active")
    if "/EF" in keys and not _is_associated_data(part):
        raise Refused("embedded")


def _is_associated_data(part: Any) -> bool:
    """Whether an embedded file is the data behind the pages, as signed papers and invoices carry it, and nothing that runs."""
    if "/AFRelationship" not in part:
        return False
    return all(str(stream.get("/Subtype", "")) in PASSIVE_DATA for _name, stream in part.EF.items())


def preview(content: bytes, limits: dict[str, int]) -> bytes:
    """The picture drawn anew, upright and no larger than a screen: nothing of the file's own bytes is in it.

    Raises:
        Refused: it is no picture.
    """
    picture = _decode(content, "PNG" if content.startswith(b"\x89PNG") else "JPEG", limits["pixels"])
    picture.thumbnail((1_600, 1_600))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    drawn = io.BytesIO()
    paper.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()


def main() -> None:
    """One file in, one answer out."""
    task, limits = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        if task == "preview":
            sys.stdout.buffer.write(preview(content, limits))
        else:
            sys.stdout.write(json.dumps(inspect(content, limits)))
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": str(refused)}))


if __name__ == "__main__":
    main()
