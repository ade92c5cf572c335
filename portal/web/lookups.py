"""Asking registries from a page: no connection is held meanwhile, and that it was asked is kept even if nothing comes of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from portal.auth.session import current_actor
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.lookups import asks_about
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.other_people import take_about
from portal.services.errors import IllegalMove, PortalError
from portal.services.registries.exchange import ANSWER_WITHIN_SECONDS, Ask, Reply, Requester
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import ask_all
from portal.web.database import close_session, db

SHORTEST_WAIT_SECONDS = 0.5


@contextmanager
def asked(asks: Mapping[str, Ask], within: float = ANSWER_WITHIN_SECONDS) -> Iterator[dict[str, Reply]]:
    """The replies to these look-ups, for a block that keeps them; if it refuses, the ledger alone is told of them."""
    close_session()  # no connection is held while the registries are asked
    replies = ask_all(asks, within=within)
    try:
        yield replies
    except PortalError:
        db().rollback()
        keep_lookups(db(), current_actor(), asks, replies, dossier=None)
        db().commit()
        raise


def look_further(draft_id: uuid.UUID, requester: Requester, since: float | None = None) -> None:
    """Ask about the others whom a registry or the person named; `since`: when this page began to ask, so that it ends in time.

    Raises:
        NotFound, IllegalMove: the draft is not the actor's any more, or was filed meanwhile.
    """
    draft = draft_for(db(), current_actor(), draft_id)
    procedure = by_hash(db(), draft.version_hash)
    asks = asks_about(procedure, draft.draft["answers"], requester) if draft.draft else {}
    if not asks:
        return
    taken = time.monotonic() - since if since is not None else 0.0
    with asked(asks, max(SHORTEST_WAIT_SECONDS, ANSWER_WITHIN_SECONDS - taken)) as replies:
        draft = draft_for(db(), current_actor(), draft_id, lock=True)
        if draft.draft is None:
            raise IllegalMove("it was filed meanwhile")
        take_about(db(), current_actor(), draft, by_hash(db(), draft.version_hash), asks, replies)
        db().commit()
