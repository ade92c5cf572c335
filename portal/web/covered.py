"""Covering the sensitive rows of a page: what stands in them is not drawn at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

SAID = ("value", "filed", "now", "shown", "claimed", "disputed", "disputed_reason", "check_now", "reason", "words")


def covered(rows: Iterable[Mapping[str, Any]], keys: Collection[str]) -> list[dict[str, Any]]:
    """The rows, those about one of the keys without anything that was said in them."""
    return [_cover(row) if row.get("element") in keys else dict(row) for row in rows]


def _cover(row: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {name: _("Được che") for name in SAID if row.get(name)}
    return {**row, **hidden, "is_covered": True}
