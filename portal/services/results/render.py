"""From HTML to an archivable PDF (PDF/A-3a): fonts embedded, nothing fetched, the facts attached for machines.

Slow to import and to draw: only the worker and commands come here, never a web request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

HERE = Path(__file__).resolve().parent.parent.parent
FONTS = HERE / "static" / "fonts"
STYLE = HERE / "templates" / "documents" / "paper.css"
FACES = {
    ("normal", "normal"): "Tinos-Regular.ttf",
    ("bold", "normal"): "Tinos-Bold.ttf",
    ("normal", "italic"): "Tinos-Italic.ttf",
    ("bold", "italic"): "Tinos-BoldItalic.ttf",
}
ATTACHMENT_NAME = "ket-qua.json"
_one_at_a_time = Lock()  # Pango and GLib below the library break their memory, or hang, when two threads draw at once


class ReachesOutside(ValueError):
    """A paper's HTML asks for something that is not in it; nothing is drawn rather than a paper with a hole."""


class _Closed(URLFetcher):  # type: ignore[misc]  # the library carries no types
    """Fetches nothing: what a paper shows stands in its HTML as data. The library goes on without what it is refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"])
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:image/svg+xml"):
            self.refused.append(url[:100])
            raise ReachesOutside(url[:100])
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _style() -> tuple[CSS, FontConfiguration]:
    """The style sheet with its fonts, parsed once a process."""
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: 'Official'; font-weight: {weight}; font-style: {slant};"
        f" src: url('{(FONTS / name).as_uri()}'); }}\\n"
        for (weight, slant), name in FACES.items()
    )
    text = faces.replace("\\n", "\n") + STYLE.read_text(encoding="utf-8")
    return CSS(string=text, font_config=fonts), fonts


def draw(html: str, facts: Mapping[str, Any], *, title: str, made_at: datetime) -> bytes:
    """The PDF of one paper, with its facts attached as JSON; the same input gives the same words and the same facts.

    Raises:
        ReachesOutside: the HTML asks for something that is not in it.
    """
    data = json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)
    attachment = Attachment(
        string=data, name=ATTACHMENT_NAME, description=f"Dữ liệu của văn bản: {title}", relationship="Data",
        created=made_at, modified=made_at,
    )  # fmt: skip
    closed = _Closed()
    with _one_at_a_time:
        style, fonts = _style()
        document = HTML(string=html, url_fetcher=closed)
        drawn = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a", attachments=[attachment])
    if closed.refused or drawn is None:
        raise ReachesOutside(", ".join(closed.refused))
    return bytes(drawn)
