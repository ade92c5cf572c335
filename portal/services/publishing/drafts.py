"""The draft of a procedure: started from a version or from nothing, then edited part by part; every change is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import ProcedureDraft
from portal.services.catalogue.file_format import definition_of, read, write
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.places import (
    Data,
    NoSuchPlace,
    part_at,
    seen,
    whole,
    with_item,
    with_moved,
    with_part,
    without_part,
)
from portal.services.catalogue.schema import Definition
from portal.services.catalogue.versions import by_hash, current
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.oversight.changes import record_change

SUBJECT = "procedure"


class SomebodyElseChanged(GuardRefused):
    """The part was changed since it was shown; `theirs` is what stands there now, None where it is gone."""

    def __init__(self, theirs: Any) -> None:
        super().__init__("Người khác vừa sửa phần này. Nội dung ông/bà gõ còn nguyên ở dưới.")
        self.theirs = theirs


def require(actor: Actor, permission: Permission) -> None:
    """Refuse whoever does not hold the permission.

    Raises:
        Forbidden: the actor does not.
    """
    if not actor.holds_anywhere(permission):
        raise Forbidden


def draft_of(session: Session, code: str, *, lock: bool = False) -> ProcedureDraft | None:
    """The draft under way of a procedure, if there is one."""
    query = select(ProcedureDraft).where(ProcedureDraft.code == code, ProcedureDraft.closed_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def drafts_under_way(session: Session) -> list[ProcedureDraft]:
    """Every draft under way, the last edited first."""
    query = select(ProcedureDraft).where(ProcedureDraft.closed_at.is_(None))
    return list(session.scalars(query.order_by(ProcedureDraft.updated_at.desc(), ProcedureDraft.code)))


def definition_in(draft: ProcedureDraft) -> Definition:
    """What the draft says."""
    return read(draft.text)


def start(session: Session, actor: Actor, code: str, *, from_hash: str | None = None) -> ProcedureDraft:
    """Start a draft from a version (the one in force where none is named); a draft under way is given back as it stands.

    Raises:
        Forbidden: the actor may not edit the catalogue.
        NotFound: no such procedure, or no such version of it.
    """
    require(actor, Permission.EDIT_CATALOGUE)
    under_way = draft_of(session, code)
    if under_way is not None:
        return under_way
    base = by_hash(session, from_hash) if from_hash else current(session, code)
    if base.code != code:
        raise NotFound
    return _add(session, actor, base.definition, base_hash=base.content_hash)


def start_new(session: Session, actor: Actor, definition: Definition) -> ProcedureDraft:
    """Start the draft of a procedure that the catalogue does not have yet.

    Raises:
        Forbidden: the actor may not edit the catalogue.
        GuardRefused: the catalogue, or a draft, has the code already.
    """
    require(actor, Permission.EDIT_CATALOGUE)
    if draft_of(session, definition.code) is not None or _is_known(session, definition.code):
        raise GuardRefused("Danh mục đã có thủ tục mang mã này.")
    return _add(session, actor, definition, base_hash=None)


def _is_known(session: Session, code: str) -> bool:
    try:
        current(session, code)
    except NotFound:
        return False
    return True


def _add(session: Session, actor: Actor, definition: Definition, *, base_hash: str | None) -> ProcedureDraft:
    """The row of a new draft; whoever brings a whole new procedure is its first author."""
    if actor.account_id is None:
        raise Forbidden
    now = clock.now()
    draft = ProcedureDraft(
        code=definition.code, text=write(definition), base_hash=base_hash, authors=[] if base_hash else [actor.account_id],
        revision=1, created_at=now, updated_at=now, updated_by=actor.account_id,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()
    except IntegrityError:
        other = draft_of(session, definition.code)  # somebody was faster
        if other is None:
            raise
        return other
    _record(session, actor, draft.code, "draft_started", None, {"base": base_hash or "", "name": definition.name})
    return draft


def save_part(session: Session, actor: Actor, code: str, place: str, part: Any, *, mark: str, english: dict[str, str]) -> None:
    """Put another part in a place of the draft; `mark` is `seen()` of the part as it was shown.

    `english`: the English of texts in the part, by their Vietnamese.

    Raises:
        BadProcedure: the draft would not hold together.
        SomebodyElseChanged: the part was changed since it was shown.
        Forbidden, NotFound, GuardRefused: as `_edit`.
    """

    def change(data: Data) -> Data:
        return _with_english(with_part(data, place, part), english)

    _edit(session, actor, code, place, change, mark=mark)


def add_item(session: Session, actor: Actor, code: str, place: str, item: Any, *, english: dict[str, str]) -> None:
    """Put one item more at the end of a list of the draft.

    Raises: as `save_part`.
    """
    _edit(session, actor, code, place, lambda data: _with_english(with_item(data, place, item), english))


def remove_part(session: Session, actor: Actor, code: str, place: str, *, mark: str) -> None:
    """Take a part out of the draft.

    Raises: as `save_part`.
    """
    _edit(session, actor, code, place, lambda data: without_part(data, place), mark=mark)


def move_item(session: Session, actor: Actor, code: str, place: str, by: int) -> None:
    """Move an item of a list of the draft up (-1) or down (1).

    Raises: as `save_part`.
    """
    above = place.rpartition("/")[0]
    _edit(session, actor, code, above, lambda data: with_moved(data, place, by))


def replace_all(session: Session, actor: Actor, code: str, definition: Definition, *, mark: str) -> None:
    """Put a whole other definition of the same procedure in place of the draft's.

    Raises: as `save_part`.
    """
    if definition.code != code:
        raise GuardRefused("Tệp này là của thủ tục khác.")
    _edit(session, actor, code, "", lambda _data: whole(definition), mark=mark)


def drop(session: Session, actor: Actor, code: str) -> None:
    """Give the draft up; what it said stays in the record of changes.

    Raises: as `save_part`.
    """
    draft = _open(session, actor, code)
    draft.closed_at = clock.now()
    _record(session, actor, code, "draft_dropped", {"text": draft.text}, None)


def _open(session: Session, actor: Actor, code: str) -> ProcedureDraft:
    """The draft, locked, if the actor may write in it now.

    Raises:
        Forbidden: the actor may not edit the catalogue.
        NotFound: there is no draft.
        GuardRefused: it waits for a second administrator.
    """
    require(actor, Permission.EDIT_CATALOGUE)
    draft = draft_of(session, code, lock=True)
    if draft is None:
        raise NotFound
    if draft.waiting_hash is not None:
        raise GuardRefused("Bản này đang chờ người thứ hai duyệt, nên chưa sửa được.")
    return draft


def _edit(
    session: Session, actor: Actor, code: str, place: str, change: Callable[[Data], Data], *, mark: str | None = None
) -> None:
    draft = _open(session, actor, code)
    data = whole(definition_in(draft))
    before = _part(data, place)
    if mark is not None and seen(before) != mark:
        raise SomebodyElseChanged(before)
    try:
        definition = definition_of(change(data))
    except NoSuchPlace as gone:
        raise SomebodyElseChanged(None) from gone
    procedure_of(definition)
    if definition.code != code:
        raise GuardRefused("Mã thủ tục không đổi được. Hãy lập thủ tục mới, hoặc ghi mã kia vào mã gọi khác.")
    after = _part(whole(definition), place)
    if after == before and write(definition) == draft.text:
        return
    draft.text = write(definition)
    draft.revision += 1
    draft.updated_at = clock.now()
    if actor.account_id is not None:
        draft.updated_by = actor.account_id
        draft.authors = sorted({*draft.authors, actor.account_id})
    _record(session, actor, code, f"edited:{place or 'all'}", _as_json(before), _as_json(after))


def _part(data: Data, place: str) -> Any:
    try:
        return part_at(data, place)
    except NoSuchPlace:
        return None


def _with_english(data: Data, english: dict[str, str]) -> Data:
    known = {**data["english"], **{text: words for text, words in english.items() if text and words}}
    emptied = {text for text, words in english.items() if not words}
    return {**data, "english": {text: words for text, words in known.items() if text not in emptied}}


def _as_json(part: Any) -> dict[str, Any] | None:
    if part is None or isinstance(part, dict):
        return part
    return {"value": part}


def _record(session: Session, actor: Actor, code: str, verb: str, before: Any, after: Any) -> None:
    record_change(session, actor, subject_kind=SUBJECT, subject_id=code, verb=verb, before=before, after=after)
