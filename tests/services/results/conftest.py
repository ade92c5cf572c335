"""The seals of this room's papers."""

from __future__ import annotations

from tests.services.results.papers import sealed_office

__all__ = ["sealed_office"]
