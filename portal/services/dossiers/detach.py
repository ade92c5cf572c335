"""Taking a paper out of a draft again, or out of an answer that is not sent yet; never what was filed."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.services.dossiers.attachments import attachment_of, attachments_for
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.reopened import awaiting
from portal.services.dossiers.vocabulary import State
from portal.services.errors import IllegalMove, NotFound


def detach(session: Session, actor: Actor, draft_id: uuid.UUID, attachment_id: uuid.UUID) -> None:
    """Take an attachment out of the actor's draft, or out of what they chose so far in answer to a request.

    Raises:
        NotFound: not the actor's draft, or nothing of it that can be taken out.
        IllegalMove: it was filed meanwhile, and nothing is asked for.
        GuardRefused: the time to answer the request is over.
    """
    open_now = awaiting(session, actor, draft_id)
    if open_now is not None:
        chosen = next((one for one in attachments_for(session, open_now.request) if one.id == attachment_id), None)
        if chosen is None:
            raise NotFound
        chosen.removed_at = clock.now()
        return
    draft = draft_for(session, actor, draft_id, lock=True)
    if draft.state != State.DRAFT:
        raise IllegalMove("attachments stay as they were filed")
    attachment_of(session, draft, attachment_id).removed_at = clock.now()
    draft.updated_at = clock.now()
    session.flush()
