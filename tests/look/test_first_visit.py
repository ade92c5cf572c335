"""What a first visit costs on the wire, what is kept for ever, and what is never sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO

import brotli
import pytest
from flask import Flask
from fontTools.ttLib import TTFont
from werkzeug.datastructures import Headers

from portal.web import assets

BUDGET_BYTES = 60 * 1024
A_YEAR_SECONDS = 31_536_000
PAGE_BROTLI_QUALITY = 4  # what Flask-Compress does while a person waits
NAMES = "Nguyễn Thị Hồng Nhung, Đặng Ngọc Ẩn, Lò Thị Ỷ, H’Mông Ê-ban, Y Wăl Ê̆ban, Kpă Čư Ñĩ, François Müller"
WORDS = "«Cổng minh họa – dữ liệu giả lập» … 1.234.567,89 · 20.000 ₫ § ° “ ” ‹ ›"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes

    @property
    def bytes_on_wire(self) -> int:
        """As Flask-Compress and the build send it, headers included."""
        is_packed = "Content-Encoding" in self.headers or self.headers["Content-Type"] == "font/woff2"
        packed = self.body if is_packed else brotli.compress(self.body, quality=PAGE_BROTLI_QUALITY)
        return len(packed) + len(str(self.headers))


def fetch(app: Flask, url: str, encoding: str = "identity") -> Answer:
    with app.test_client().get(url, headers={"Accept-Encoding": encoding}) as response:
        return Answer(response.status_code, response.headers, response.data)


def fetch_asset(app: Flask, name: str, encoding: str = "identity") -> Answer:
    return fetch(app, assets.asset_url(name), encoding)


def everything_fetched(app: Flask, url: str) -> list[str]:
    page = fetch(app, url).body.decode()
    linked = set(re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', page))
    style = fetch_asset(app, "portal.css").body.decode()
    return [url, *sorted(linked | set(re.findall(r"url\(\"?(?!data:)([^\")]+)\"?\)", style)))]


def test_a_first_visit_fits_in_sixty_kilobytes(app: Flask) -> None:
    fetched = [url if url.startswith("/") else assets.PREFIX + url for url in everything_fetched(app, "/?in=1")]
    assert len(fetched) >= 7
    assert sum(fetch(app, url, "br").bytes_on_wire for url in set(fetched)) <= BUDGET_BYTES


def test_built_files_are_kept_for_ever_because_their_names_hold_their_content(app: Flask) -> None:
    for name in assets.manifest():
        headers = fetch_asset(app, name).headers
        assert "immutable" in headers["Cache-Control"]
        assert int(re.findall(r"max-age=(\d+)", headers["Cache-Control"])[0]) >= A_YEAR_SECONDS
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_built_files_are_sent_compressed_beforehand(app: Flask) -> None:
    for encoding in ("br", "gzip"):
        answer = fetch_asset(app, "portal.css", encoding)
        assert answer.headers["Content-Encoding"] == encoding
        assert len(answer.body) < 12_000


@pytest.mark.parametrize(
    "path", ["/static/fonts/Tinos-Regular.ttf", "/static/dist/../fonts/Tinos-Regular.ttf", "/static/mark.svg"]
)
def test_nothing_but_built_files_is_served(app: Flask, path: str) -> None:
    assert fetch(app, path).status == 404


def test_a_missing_build_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path_factory.mktemp("empty"))
    assets.manifest.cache_clear()
    try:
        with pytest.raises(assets.AssetsNotBuilt, match="build.sh"):
            assets.asset_url("portal.css")
    finally:
        assets.manifest.cache_clear()


@pytest.mark.parametrize("name", assets.PRELOADED_FONTS)
def test_the_page_font_writes_every_name(app: Flask, name: str) -> None:
    font = TTFont(BytesIO(fetch_asset(app, name).body))
    letters = font.getBestCmap()
    assert [sign for sign in NAMES + WORDS if ord(sign) not in letters] == []
    assert {"mark", "mkmk", "kern"} <= {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}


@pytest.mark.parametrize("name", assets.PRELOADED_FONTS)
def test_figures_in_tables_have_one_width(app: Flask, name: str) -> None:
    font = TTFont(BytesIO(fetch_asset(app, name).body))
    records = [r for r in font["GSUB"].table.FeatureList.FeatureRecord if r.FeatureTag == "tnum"]
    lookup = font["GSUB"].table.LookupList.Lookup[records[0].Feature.LookupListIndex[0]]
    widths = {font["hmtx"][glyph][0] for glyph in lookup.SubTable[0].mapping.values()}
    assert len(lookup.SubTable[0].mapping) == 10
    assert len(widths) == 1


@pytest.mark.parametrize(
    "name",
    [
        "BeVietnamPro-Regular",
        "BeVietnamPro-Italic",
        "BeVietnamPro-Bold",
        "Tinos-Regular",
        "Tinos-Italic",
        "Tinos-Bold",
        "Tinos-BoldItalic",
    ],
)
def test_the_fonts_of_documents_are_whole_and_at_hand(name: str) -> None:
    font = TTFont(assets.STATIC / "fonts" / f"{name}.ttf")
    assert [sign for sign in "Ủy ban nhân dân phường Ẩn Ỹ ỗ đ" if ord(sign) not in font.getBestCmap()] == []


def test_the_web_manifest_names_files_that_exist(app: Flask) -> None:
    described = json.loads(fetch_asset(app, "site.webmanifest").body)
    for icon in described["icons"]:
        assert fetch(app, assets.PREFIX + icon["src"]).status == 200
