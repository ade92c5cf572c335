"""Taking a paper out of a draft again; never after filing."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.services.dossiers.attachments import attachment_of
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.vocabulary import State
from portal.services.errors import IllegalMove


def detach(session: Session, actor: Actor, draft_id: uuid.UUID, attachment_id: uuid.UUID) -> None:
    """Take an attachment out of the actor's draft.

    Raises:
        NotFound: not the actor's draft, or nothing of it.
        IllegalMove: it was filed meanwhile.
    """
    draft = draft_for(session, actor, draft_id, lock=True)
    if draft.state != State.DRAFT:
        raise IllegalMove("attachments stay as they were filed")
    attachment_of(session, draft, attachment_id).removed_at = clock.now()
    draft.updated_at = clock.now()
    session.flush()
