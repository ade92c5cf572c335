"""Four eyes on a procedure: an administrator hands a checked draft in, another one approves it or sends it back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import ProcedureDraft, ProcedureVersion
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.loader import procedure_of, texts_for
from portal.services.catalogue.versions import store
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.oversight.changes import record_change
from portal.services.publishing.check import check, drawing_findings
from portal.services.publishing.drafts import SUBJECT, definition_in, draft_of, require


class CheckFailed(GuardRefused):
    """The check has findings, so the draft cannot be handed in."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("Bản kiểm tra còn chỗ phải sửa, nên chưa trình duyệt được.")
        self.findings = findings


def hand_in(session: Session, actor: Actor, code: str) -> ProcedureVersion:
    """Make a version of the draft, to be approved by a second administrator; the draft cannot be edited meanwhile.

    Raises:
        Forbidden: the actor may not edit the catalogue.
        NotFound: there is no draft.
        CheckFailed: the check has findings, or the result cannot be drawn within its limits.
        GuardRefused: the draft waits already, or says nothing new.
    """
    require(actor, Permission.EDIT_CATALOGUE)
    draft = draft_of(session, code, lock=True)
    if draft is None:
        raise NotFound
    if draft.waiting_hash is not None:
        raise GuardRefused("Bản này đã trình và đang chờ duyệt.")
    definition = definition_in(draft)
    found = check(session, definition) or tuple(drawing_findings(procedure_of(definition)))
    if found:
        raise CheckFailed(found)
    version = store(session, texts_for(definition), state="waiting", authors=draft.authors)
    if version.state != "waiting":
        raise GuardRefused("Bản này không khác một bản đã có. Hãy sửa trước khi trình.")
    draft.waiting_hash = version.content_hash
    _record(session, actor, version, "handed_in", draft.base_hash)
    return version


def approve(session: Session, actor: Actor, version_hash: str) -> ProcedureVersion:
    """Approve a version that waits; it may then be published.

    Raises:
        Forbidden: the actor may not approve, or wrote in the draft (four eyes).
        NotFound: no such version.
        GuardRefused: it does not wait any more.
    """
    version, draft = _waiting(session, actor, version_hash)
    version.state = "approved"
    version.decided_by, version.decided_at = actor.account_id, clock.now()
    draft.closed_at = clock.now()
    _record(session, actor, version, "approved", draft.base_hash)
    return version


def send_back(session: Session, actor: Actor, version_hash: str, note: str) -> None:
    """Give a version back to be edited, with what is to be mended.

    Raises:
        GuardRefused: nothing is said of what is to be mended.
        Forbidden, NotFound: as `approve`.
    """
    if not note.strip():
        raise GuardRefused("Hãy ghi điều cần sửa, để người soạn biết.")
    version, draft = _waiting(session, actor, version_hash)
    version.state = "sent_back"
    version.decided_by, version.decided_at = actor.account_id, clock.now()
    version.decision_note = note.strip()[:2000]
    draft.waiting_hash = None
    _record(session, actor, version, "sent_back", draft.base_hash)


def may_decide(actor: Actor, version: ProcedureVersion) -> bool:
    """Whether the actor is a second pair of eyes for the version."""
    return actor.holds_anywhere(Permission.APPROVE_PROCEDURE) and actor.account_id not in version.authors


def _waiting(session: Session, actor: Actor, version_hash: str) -> tuple[ProcedureVersion, ProcedureDraft]:
    require(actor, Permission.APPROVE_PROCEDURE)
    query = select(ProcedureVersion).where(ProcedureVersion.content_hash == version_hash).with_for_update()
    version = session.scalars(query.execution_options(populate_existing=True)).first()
    if version is None:
        raise NotFound
    if not may_decide(actor, version):
        raise Forbidden("Người đã soạn bản này không được tự duyệt. Cần một quản trị viên khác.")
    draft = draft_of(session, version.code, lock=True)
    if version.state != "waiting" or draft is None or draft.waiting_hash != version_hash:
        raise GuardRefused("Bản này không còn chờ duyệt.")
    return version, draft


def _record(session: Session, actor: Actor, version: ProcedureVersion, verb: str, base: str | None) -> None:
    record_change(
        session, actor, subject_kind=SUBJECT, subject_id=version.code, verb=verb,
        before={"version": base or ""}, after={"version": version.content_hash, "note": version.decision_note},
    )  # fmt: skip
