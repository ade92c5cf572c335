"""A draft that a clerk fills for somebody: the addresses of its steps, and for whom it is."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal.auth.permissions import Role
from portal.auth.session import current_actor
from portal.counter.opened import note_opened
from portal.models import Dossier, Office
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.open_draft import draft_for
from portal.services.errors import NotFound
from portal.services.registries.exchange import Requester
from portal.services.registries.ledger import FILING_FOR, Seat
from portal.web.database import db
from portal.web.filing import Desk, Filing
from portal.web.language import current_language


def intake_for(draft_id: uuid.UUID) -> Dossier:
    """The dossier that the clerk files or filed at the counter, whatever has become of it.

    Raises:
        NotFound: somebody else's, or none.
    """
    found = draft_for(db(), current_actor(), draft_id)
    if found.filed_by is None:
        raise NotFound
    note_opened(found, purpose=FILING_FOR, seat=Seat(Role.CLERK.value, found.filing_office_code or ""))
    return found


def requester_for(office_code: str | None) -> Requester:
    """The clerk who asks for the person, in the name of the office where they stand."""
    return Requester("officer", current_actor().id, office_code, request.remote_addr or "")


def filing_for(draft_id: uuid.UUID) -> Filing | None:
    """The clerk's draft under way; None where it was filed already.

    Raises:
        NotFound: somebody else's, or none.
    """
    draft = intake_for(draft_id)
    return intake_of(draft, by_hash(db(), draft.version_hash)) if draft.draft is not None else None


def intake_of(draft: Dossier, procedure: Procedure) -> Filing:
    """The draft at the counter's desk."""
    desk = Desk(
        "counter",
        step_url=lambda step: _step_url(draft.id, step),
        before_url=url_for("counter.intake"),
        attachment_url=lambda attachment_id: _attachment_url(draft.id, attachment_id),
        dispute_url=lambda key, step: url_for("counter.intake_dispute", draft_id=draft.id, element=key, back=step),
        first_steps=("facts",),
        extra={"assisted": _assisted(draft, procedure)},
    )
    return Filing(procedure, draft, desk)


def _step_url(draft_id: uuid.UUID, step: str) -> str:
    if step in ("whom", "facts", "attachments", "review"):
        return url_for(f"counter.intake_{step}", draft_id=draft_id)
    return url_for("counter.intake_page", draft_id=draft_id, page_id=step)


def _attachment_url(draft_id: uuid.UUID, attachment_id: str) -> tuple[str, str]:
    names = ("counter.intake_attachment", "counter.intake_attachment_preview")
    kept, preview = (url_for(name, draft_id=draft_id, attachment_id=attachment_id) for name in names)
    return kept, preview


def _assisted(draft: Dossier, procedure: Procedure) -> dict[str, Any]:
    """For whom and where the draft is filled, and whether paper may be taken."""
    reception = procedure.definition.reception
    rule = procedure.say(reception.paper_rule, current_language()) or _("Thủ tục này không nhận hồ sơ giấy; cán bộ nộp giúp.")
    centre = db().get_one(Office, draft.filing_office_code)
    return {
        "name": draft.draft["at_counter"]["full_name"],
        "is_matched": draft.draft["at_counter"]["is_matched"],
        "centre": centre.name_en if current_language() == "en" else centre.name,
        "paper_rule": "" if reception.is_paper_allowed else rule,
    }
