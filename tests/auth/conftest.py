"""The portal at work, for this room's tests."""

from __future__ import annotations

from tests.at_work import app, eid_faults, portal_app, served, town, visitor, written

__all__ = ["app", "eid_faults", "portal_app", "served", "town", "visitor", "written"]
