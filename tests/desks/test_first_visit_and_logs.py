"""What a first visit costs, and what the logs keep of a visit: nothing of the person."""

from __future__ import annotations

import io
import re

import brotli
import pytest
from flask import Flask

from portal.web.assets import DIST, PRELOADED_FONTS, manifest
from tests.visitors import HA, QUAN, Visitor

MOST_BYTES = 60_000
FETCHED_AT_FIRST = ("portal.css", "portal.js", "favicon.svg", "site.webmanifest")


def compressed(name: str) -> int:
    """What the asset costs over the wire."""
    path = DIST / manifest()[name]
    small = path.with_name(f"{path.name}.br")
    return (small if small.exists() else path).stat().st_size


def test_first_visit_costs_at_most_sixty_kilobytes(app: Flask) -> None:
    page = Visitor(app).get("/").get_data()
    assets = sum(compressed(name) for name in (*FETCHED_AT_FIRST, *PRELOADED_FONTS))
    assert len(brotli.compress(page, quality=4)) + assets <= MOST_BYTES


@pytest.mark.parametrize("path", ["/", "/procedures", "/procedures/1.004873", "/verify", "/track"])
def test_page_names_no_file_that_the_build_did_not_make(app: Flask, path: str) -> None:
    page = Visitor(app).get(path).get_data(as_text=True)
    asked = re.findall(r'/static/dist/([^"]+)', page)
    assert asked
    assert set(asked) <= set(manifest().values())


def test_logs_of_a_whole_visit_keep_nothing_of_the_person(app: Flask, written: io.StringIO) -> None:
    visitor = Visitor(app)
    visitor.log_in(HA, level=2)
    visitor.get("/procedures/1.004873/apply")
    visitor.post("/procedures/1.004873/apply", {})
    visitor.get("/procedures/1.004873/apply/facts")
    visitor.post("/procedures/1.004873/apply/purpose", {"certificate.purpose": "Lời Khai Riêng Tư"})
    visitor.get("/my/dossiers")
    visitor.get(f"/verify/{QUAN}")
    said = written.getvalue()
    assert '"endpoint"' in said
    for personal in (HA, QUAN, "Thu Hà", "Nguy", "Riêng Tư", "phố", "@", "Bearer", "portal_session"):
        assert personal not in said, personal
