"""One working day of the portal, shared by all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.postgres import EmbeddedServer
from tests.journeys.world import World, a_working_day


@pytest.fixture(scope="package")
def world(database: EmbeddedServer, outside: str) -> Iterator[World]:
    with a_working_day(database, outside) as world:
        yield world
