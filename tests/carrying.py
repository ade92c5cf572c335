"""A procedure that wants papers, made for the tests out of a shipped one, and drafts of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier, ProcedurePublication
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.versions import store
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import attachments_of
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Upload, check
from tests.filings import CODE, filled_draft
from tests.intakes import filled, visit
from tests.procedures import edited
from tests.services.vault import papers

CARRYING = "1.999001"
PAPER, PHOTOS, EARLIER, SHOWN, SOMETIMES = "birth-paper", "photos", "status", "shown", "sometimes"
COMPONENTS: list[dict[str, Any]] = [
    {
        "id": PAPER, "name": "Giấy chứng sinh", "satisfied_by": "upload", "form": "copy",
        "note": "Bản do cơ sở y tế cấp.", "legal_ground": "Luật Hộ tịch, Điều 16",
    },
    {"id": PHOTOS, "name": "Ảnh chụp nơi ở", "satisfied_by": "upload", "is_required": False, "count": 2},
    {"id": EARLIER, "name": "Giấy xác nhận tình trạng hôn nhân", "satisfied_by": "earlier_result", "result_of": [CODE]},
    {"id": SHOWN, "name": "Sổ hộ khẩu cũ", "satisfied_by": "upload", "form": "original", "must_present": True},
    {
        "id": SOMETIMES, "name": "Giấy ủy quyền", "satisfied_by": "upload",
        "when": {"element": "certificate.purpose", "equals": "other"},
    },
]  # fmt: skip


def publish_carrying(session: Session) -> str:
    """Publish the procedure beside those that ship; gives the version's hash."""

    def change(data: dict[str, Any]) -> None:
        data["code"] = CARRYING
        data["name"] = "Thủ tục thử cần giấy tờ"
        data["components"] = [*data["components"], *COMPONENTS]

    version = store(session, texts_for(edited(change)), state="shipped")
    now = clock.now()
    session.add(ProcedurePublication(code=CARRYING, version_hash=version.content_hash, starts_at=now, published_at=now))
    session.flush()
    return version.content_hash


def withdraw_carrying(owner: Engine) -> None:
    """Take it away again, when nothing is filed under it any more."""
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM procedure_publications WHERE code = :code"), {"code": CARRYING})
        connection.execute(text("DELETE FROM procedure_versions WHERE code = :code"), {"code": CARRYING})


def draft(session: Session, owner: Actor, **answers: str) -> Dossier:
    """A draft of it of which every page is answered, and to which nothing is attached."""
    return filled_draft(session, owner, answers, code=CARRYING)


def upload(name: str = "giấy.pdf", content: bytes = b"") -> Upload:
    """A sound file."""
    return check(content or papers.pdf(), name)


def attached(
    session: Session, owner: Actor, to: Dossier, component: str = PAPER, what: Upload | None = None,
    scan_state: ScanState = ScanState.NOT_SCANNED,
) -> Attachment:  # fmt: skip
    """A file put into the draft."""
    return attach(session, owner, to.id, component, what or upload(), scan_state)


def with_papers(session: Session, at: Actor, **answers: str) -> tuple[Dossier, list[Attachment]]:
    """A draft that a clerk filled at the counter for somebody, with the two papers that it wants scanned into it."""
    publish_carrying(session)
    draft = filled(session, at, visit(session, code=CARRYING), **answers)
    for component in (PAPER, EARLIER):
        attach(session, at, draft.id, component, upload(f"{component}.pdf", b""), ScanState.NOT_SCANNED)
    return draft, attachments_of(session, draft)
