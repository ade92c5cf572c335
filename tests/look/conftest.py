from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.look.sample_app import sample_app
from tests.look.stage import open_browser, served


@pytest.fixture(scope="session")
def app() -> Flask:
    return sample_app()


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture(scope="package")  # while one stands open, nothing else in this thread can wait by itself
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser
