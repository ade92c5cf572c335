"""Joining scanned pages into one PDF, in a process of its own with little memory and time; run by path, imports nothing of ours.

`joining.py join {limits, lengths, pages}`: the files behind one another on standard input, each `lengths` bytes long;
`pages`: which page of which file, turned by how many degrees, in order. Out: the PDF, or one line `{"refused": reason}`.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

import pikepdf
from PIL import Image, ImageOps

A4_POINTS = (595.276, 841.89)
LARGEST_SIDE_PIXELS = 2_480  # of a scan on A4 at 210 points an inch: every letter of a paper can be read
JPEG_QUALITY = 82
TURNS = frozenset({0, 90, 180, 270})


class Refused(Exception):
    """The pages cannot be joined; the argument is the reason's name."""


def join(parts: list[bytes], pages: list[list[int]], limits: dict[str, int]) -> bytes:
    """One PDF of the pages in their order, upright as they were turned; nothing of the files but their pages is in it.

    Raises:
        Refused: with the reason's name.
    """
    opened: dict[int, Any] = {}
    out = io.BytesIO()
    try:
        with pikepdf.new() as made:
            for part, number, turn in pages:
                if turn not in TURNS:
                    raise Refused("damaged")
                if parts[part].startswith(b"%PDF-"):
                    _add_page(made, opened, parts, part, number, turn)
                else:
                    _add_picture(made, _upright(parts[part], turn, limits["pixels"]))
            made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    except (pikepdf.PdfError, OSError, ValueError, IndexError, SyntaxError, MemoryError, RuntimeError) as wrong:
        raise Refused("damaged") from wrong
    finally:
        for source in opened.values():
            source.close()
    return out.getvalue()


def _add_page(made: Any, opened: dict[int, Any], parts: list[bytes], part: int, number: int, turn: int) -> None:
    if part not in opened:
        opened[part] = pikepdf.open(io.BytesIO(parts[part]), attempt_recovery=False, suppress_warnings=True)
    if number < 1:
        raise Refused("damaged")
    made.pages.append(opened[part].pages[number - 1])
    page = made.pages[-1]
    page.rotate(turn, relative=True)
    for name in ("/Annots", "/AA"):
        if name in page.obj:
            del page.obj[name]


def _upright(content: bytes, turn: int, most_pixels: int) -> Any:
    Image.MAX_IMAGE_PIXELS = None  # the bound below is ours and refuses, where the library's own would only warn
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    if picture.width * picture.height > most_pixels:
        raise Refused("pixels")
    picture.draft("RGB", (LARGEST_SIDE_PIXELS, LARGEST_SIDE_PIXELS))
    upright = ImageOps.exif_transpose(picture).convert("RGBA").rotate(-turn, expand=True)
    upright.thumbnail((LARGEST_SIDE_PIXELS, LARGEST_SIDE_PIXELS))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _add_picture(made: Any, picture: Any) -> None:
    """The picture alone on a page of A4, upright or on its side, as large as fits."""
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=JPEG_QUALITY)
    width, height = A4_POINTS if picture.height >= picture.width else A4_POINTS[::-1]
    scale = min(width / picture.width, height / picture.height)
    across, up = picture.width * scale, picture.height * scale
    image = made.make_stream(
        drawn.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width, Height=picture.height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    placed = f"q {across:.2f} 0 0 {up:.2f} {(width - across) / 2:.2f} {(height - up) / 2:.2f} cm /Scan Do Q"
    made.add_blank_page(page_size=(width, height))
    page = made.pages[-1]
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
    page.obj.Contents = made.make_stream(placed.encode())


def main() -> None:
    """Some files in, one answer out."""
    asked = json.loads(sys.argv[2])
    limits = asked["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    parts = [sys.stdin.buffer.read(length) for length in asked["lengths"]]
    try:
        sys.stdout.buffer.write(join(parts, asked["pages"], limits))
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": str(refused)}))


if __name__ == "__main__":
    main()
