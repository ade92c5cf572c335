"""Asking registries from a page: no connection is held meanwhile, and that it was asked is kept even if nothing comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from portal.auth.session import current_actor
from portal.services.errors import PortalError
from portal.services.registries.exchange import Ask, Reply
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import ask_all
from portal.web.database import close_session, db


@contextmanager
def asked(asks: Mapping[str, Ask]) -> Iterator[dict[str, Reply]]:
    """The replies to these look-ups, for a block that keeps them; if it refuses, the ledger alone is told of them."""
    close_session()  # no connection is held while the registries are asked
    replies = ask_all(asks)
    try:
        yield replies
    except PortalError:
        db().rollback()
        keep_lookups(db(), current_actor(), asks, replies, dossier=None)
        db().commit()
        raise
