"""Whether a draft was begun in a version of its procedure that is not in force any more."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.models import Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.errors import GuardRefused, NotFound


def newer_version(session: Session, draft: Dossier) -> Procedure | None:
    """The version in force now, if the draft was begun in another one."""
    try:
        now = current(session, draft.procedure_code)
    except NotFound:
        return None
    return None if now.content_hash == draft.version_hash else now


def refuse_outdated(session: Session, draft: Dossier) -> None:
    """Refuse to file a draft of an earlier version: it would ask what the law asks no more, or leave out what it asks.

    Raises:
        GuardRefused: the draft must be carried over first.
    """
    if newer_version(session, draft) is not None:
        raise GuardRefused("Thủ tục vừa có bản mới. Xin xem thay đổi rồi nộp; những gì ông/bà đã ghi vẫn còn.")
