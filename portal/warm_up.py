"""A web process that has met its first reader: the catalogue read, sorted and indexed, the templates compiled."""

from __future__ import annotations

import gc
from http import HTTPStatus

import structlog
from flask import Flask

from portal import create_app

PAGES = ("/", "/procedures", "/procedures?q=a")
LANGUAGES = ("vi", "en")
SELDOM = (20_000, 20, 50)  # what a page leaves behind is looked through less often: that took 15 ms of every fourth page
log = structlog.get_logger()


def create_warm_app() -> Flask:
    """The web application, which has answered the pages of the catalogue once in each language.

    With some 1,700 procedures these cost a quarter of a second the first time and a hundredth ever after; nobody who waits
    for a page pays it. A page that cannot be answered yet (the database is still down) leaves the start as it is.
    """
    app = create_app()
    reader = app.test_client(use_cookies=False)
    for language in LANGUAGES:
        for page in PAGES:
            status = reader.get(page, headers={"Accept-Language": language}).status_code
            if status != HTTPStatus.OK:
                log.warning("not_warmed_up", page=page, status=status)
    gc.collect()
    gc.freeze()  # what stays for good is not looked through again and again: that took up to 200 ms of somebody's page
    gc.set_threshold(*SELDOM)
    return app
