"""Papers for rehearsals and tests: a blank page, marked as a specimen, where a procedure wants a paper that nobody has."""

from __future__ import annotations

import io

import pikepdf
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import missing, standings
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Upload

NAME = "MẪU.pdf"


def specimen() -> Upload:
    """A paper of one blank page."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.save(out)
    return Upload(out.getvalue(), NAME, "application/pdf", 1, is_signed=False)


def attach_specimens(session: Session, actor: Actor, draft: Dossier, procedure: Procedure) -> list[Attachment]:
    """Attach a specimen to each component that the draft still lacks."""
    lacking = missing(standings(session, draft, procedure, draft.draft["answers"]))
    return [attach(session, actor, draft.id, component.id, specimen(), ScanState.NOT_SCANNED) for component in lacking]
