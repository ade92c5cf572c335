"""Files as people send them, good and bad, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

PACKED = pikepdf.ObjectStreamMode.generate
A4 = (595.0, 842.0)


def pdf(pages: int = 1, change: Callable[[Pdf], None] | None = None, size: tuple[float, float] = A4, **save: Any) -> bytes:
    """A PDF of blank pages, changed as the test wants."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
            made.pages[-1].mediabox = Array([0, 0, *size])
        if change:
            change(made)
        made.save(out, **save)
    return out.getvalue()


def with_script(made: Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_script_on_a_page(made: Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)")))


def with_launch(made: Pdf) -> None:
    made.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("a.exe")))]
    )


def with_xfa(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(XFA=made.make_stream(b"<xdp/>"))


def with_embedded(name: str = "a.exe") -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        made.attachments[name] = b"MZ"

    return change


def with_associated_data(made: Pdf) -> None:
    spec = pikepdf.AttachedFileSpec(made, b"{}", filename="a.json", mime_type="application/json", relationship=Name.Data)
    made.attachments["a.json"] = spec


def with_link(made: Pdf) -> None:
    made.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://a.example")))]
    )


def locked_pdf(user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def pdf_bomb() -> bytes:
    """A PDF whose object stream swells to a quarter of a gigabyte when it is opened."""
    swollen = zlib.compress(b"3 0 " + b" " * (256 * 1024 * 1024), 9)
    body = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    stream_at = len(body)
    body += b"4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(swollen) + swollen
    body += b"\nendstream endobj\n"
    table_at = len(body)
    rows = [(0, 0, 65535), (1, 9, 0), (1, body.index(b"2 0 obj"), 0), (2, 4, 0), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack("!BIH", *row) for row in rows)
    body += b"5 0 obj<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table) + table
    return body + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def image(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    """A picture that does not compress to nothing."""
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def image_with_place() -> bytes:
    """A photograph that tells where it was taken, turned by the camera."""
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "Máy ảnh của bà Mẫu"
    notes.get_ifd(0x8825)[1] = "N"
    return image(exif=notes)


def pixel_flood(side: int = 50_000) -> bytes:
    """A PNG of a few hundred kilobytes that claims two and a half thousand million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    rows = zlib.compress(b"\0" * (side // 8 + 1) * 1_000, 9)
    head = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("../../etc/passwd", b"x" * 100)
    return out.getvalue()
