"""The citizen's own draft under way, and the addresses of its steps."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.models import Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash, current
from portal.services.dossiers.open_draft import draft_of
from portal.services.errors import NotFound
from portal.web.database import db
from portal.web.filing import Desk, Filing


def procedure_level(code: str, **_others: str) -> int:
    """The level of assurance that filing the procedure needs; one that is only described here has no such pages."""
    procedure = current(db(), code)
    if not procedure.is_filed_online:
        raise NotFound
    return procedure.definition.assurance


def filing_of(code: str) -> Filing | None:
    """The person's draft of the procedure, if there is one."""
    draft = draft_of(db(), current_actor(), code)
    if draft is None:
        return None
    return own_filing(by_hash(db(), draft.version_hash), draft)


def own_filing(procedure: Procedure, draft: Dossier) -> Filing:
    """The person's draft at their own desk."""
    before = url_for("citizen.procedure", code=procedure.code)
    desk = Desk(
        "citizen",
        step_url=lambda step: _step_url(procedure.code, step),
        before_url=before,
        attachment_url=_attachment_url,
        dispute_url=lambda key, step: url_for("citizen.dispute", code=procedure.code, element=key, back=step),
    )
    return Filing(procedure, draft, desk)


def _step_url(code: str, step: str) -> str:
    if step in ("consent", "whom", "facts", "attachments", "review"):
        return url_for(f"citizen.{step}", code=code)
    return url_for("citizen.page", code=code, page_id=step)


def _attachment_url(attachment_id: str) -> tuple[str, str]:
    kept = url_for("citizen.attachment", attachment_id=attachment_id)
    return kept, url_for("citizen.attachment_preview", attachment_id=attachment_id)


def to_consent(code: str) -> ResponseReturnValue:
    """Back to the first step."""
    return redirect(url_for("citizen.consent", code=code))
