"""When versions are in force: publishing now or from a day, retiring, rolling back; what was filed keeps its version."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import ProcedurePublication, ProcedureVersion
from portal.services.catalogue.versions import by_hash
from portal.services.errors import GuardRefused, NotFound
from portal.services.oversight.changes import record_change
from portal.services.publishing.drafts import SUBJECT, require

PUBLISHABLE = frozenset({"approved", "shipped"})


def publish(
    session: Session, actor: Actor, version_hash: str, *, starts_at: datetime | None = None, why: str = ""
) -> ProcedurePublication:
    """Put a version in force from a moment (now where none is named); an earlier version comes back the same way.

    Raises:
        Forbidden: the actor may not publish.
        NotFound: no such version.
        GuardRefused: nobody has approved it, the moment has passed, or the procedure is not valid then.
    """
    require(actor, Permission.PUBLISH_PROCEDURE)
    version = session.get(ProcedureVersion, version_hash)
    if version is None:
        raise NotFound
    if version.state not in PUBLISHABLE:
        raise GuardRefused("Chỉ công bố được bản đã có người thứ hai duyệt.")
    _lock(session, version.code)
    now = clock.now()
    starts_at = starts_at or now
    _check_moment(session, version, starts_at, now)
    before = standing_at(session, version.code, starts_at)
    publication = ProcedurePublication(
        code=version.code,
        version_hash=version_hash,
        starts_at=starts_at,
        published_at=now,
        published_by=actor.account_id,
        why=why,
    )
    session.add(publication)
    session.flush()
    _record(session, actor, version.code, "published", before.version_hash if before else "", version_hash, starts_at)
    return publication


def _check_moment(session: Session, version: ProcedureVersion, starts_at: datetime, now: datetime) -> None:
    if starts_at < now:
        raise GuardRefused("Không công bố lùi ngày: hồ sơ đã nộp giữ bản lúc nộp.")
    definition = by_hash(session, version.content_hash).definition
    day = clock.to_local(starts_at).date()
    if day < definition.valid_from or (definition.valid_to and day > definition.valid_to):
        raise GuardRefused("Ngày công bố nằm ngoài thời gian thủ tục có hiệu lực.")
    standing = standing_at(session, version.code, starts_at)
    if standing is not None and standing.version_hash == version.content_hash:
        raise GuardRefused("Lúc ấy chính bản này đang có hiệu lực.")


def retire(session: Session, actor: Actor, code: str, *, ends_at: datetime | None = None, why: str) -> None:
    """End a procedure from a moment: nobody files it any more; dossiers under way go on.

    Raises:
        Forbidden: the actor may not publish.
        NotFound: nothing of the procedure is in force or to come.
        GuardRefused: the moment has passed, or nothing is said of why.
    """
    require(actor, Permission.PUBLISH_PROCEDURE)
    if not why.strip():
        raise GuardRefused("Hãy ghi lý do, ví dụ văn bản bãi bỏ thủ tục.")
    _lock(session, code)
    now = clock.now()
    ends_at = ends_at or now
    if ends_at < now:
        raise GuardRefused("Không bãi bỏ lùi ngày.")
    later = and_(ProcedurePublication.ends_at > ends_at, ProcedurePublication.ends_at > ProcedurePublication.starts_at)
    not_ended = or_(ProcedurePublication.ends_at.is_(None), later)
    still_open = session.scalars(select(ProcedurePublication).where(ProcedurePublication.code == code, not_ended)).all()
    if not still_open:
        raise NotFound
    before = standing_at(session, code, ends_at)
    for publication in still_open:
        publication.ends_at = max(ends_at, publication.starts_at)
    _record(session, actor, code, "retired", before.version_hash if before else "", "", ends_at)


def call_off(session: Session, actor: Actor, publication_id: uuid.UUID) -> ProcedurePublication:
    """Call off a publication that has not started yet; what stands before it goes on.

    Raises:
        Forbidden: the actor may not publish.
        NotFound: no such publication.
        GuardRefused: it has started, or was called off already.
    """
    require(actor, Permission.PUBLISH_PROCEDURE)
    publication = session.get(ProcedurePublication, publication_id)
    if publication is None:
        raise NotFound
    _lock(session, publication.code)
    session.refresh(publication)
    if publication.starts_at <= clock.now() or publication.ends_at == publication.starts_at:
        raise GuardRefused("Bản này đã có hiệu lực hoặc đã được hủy lịch. Muốn thay, hãy công bố bản khác.")
    publication.ends_at = publication.starts_at
    _record(session, actor, publication.code, "called_off", publication.version_hash, "", publication.starts_at)
    return publication


def standing_at(session: Session, code: str, moment: datetime) -> ProcedurePublication | None:
    """The publication of a procedure that stands at a moment, as far as is known now."""
    query = (
        select(ProcedurePublication)
        .where(ProcedurePublication.code == code, ProcedurePublication.starts_at <= moment)
        .where(or_(ProcedurePublication.ends_at.is_(None), ProcedurePublication.ends_at > moment))
        .order_by(ProcedurePublication.starts_at.desc(), ProcedurePublication.published_at.desc(), ProcedurePublication.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def publications_of(session: Session, code: str) -> list[ProcedurePublication]:
    """Every publication of a procedure, the latest to start first."""
    query = select(ProcedurePublication).where(ProcedurePublication.code == code)
    return list(session.scalars(query.order_by(ProcedurePublication.starts_at.desc(), ProcedurePublication.published_at.desc())))


def versions_of(session: Session, code: str) -> list[ProcedureVersion]:
    """Every version of a procedure, the newest first."""
    query = select(ProcedureVersion).where(ProcedureVersion.code == code)
    return list(session.scalars(query.order_by(ProcedureVersion.created_at.desc(), ProcedureVersion.content_hash)))


def _lock(session: Session, code: str) -> None:
    """Two administrators publish one procedure one after the other."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"procedure {code}"})


def _record(session: Session, actor: Actor, code: str, verb: str, before: str, after: str, moment: datetime) -> None:
    record_change(
        session, actor, subject_kind=SUBJECT, subject_id=code, verb=verb,
        before={"version": before}, after={"version": after, "from": moment.isoformat()},
    )  # fmt: skip
