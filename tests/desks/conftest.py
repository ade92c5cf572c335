"""The portal at work with everybody in it, for the tests of the desks."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.postgres import EmbeddedServer
from portal.web.limits import limiter
from tests.at_work import app, eid_faults, portal_app, served, town, visitor, written
from tests.desks.cast import Cast

__all__ = ["app", "eid_faults", "portal_app", "served", "town", "visitor", "written"]


@pytest.fixture(autouse=True)
def no_brakes() -> None:
    """Each test begins with as many guesses as anybody has."""
    limiter.reset()


@pytest.fixture(scope="module")
def cast(portal_app: Flask, town: EmbeddedServer) -> Cast:
    """Everybody, logged in once for the whole module."""
    limiter.reset()
    return Cast(portal_app)
