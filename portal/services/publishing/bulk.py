"""Taking many descriptions in and out at once, for the operator's commands; what an administrator does stands beside.

A description (`level: offline`, no form) is published at once: nobody can file in it, and the operator answers for it. A
procedure that citizens file becomes a draft, for two administrators to check and approve; only into an installation in
which nothing was ever filed and no administrator has published anything may the operator publish it, past the same check.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.models import Dossier, ProcedurePublication, ProcedureVersion
from portal.services.catalogue.compare import Change, changes_between
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.file_format import FILE, read, write
from portal.services.catalogue.loader import definition_in, made
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash, entries, in_force, summary_of
from portal.services.errors import GuardRefused, PortalError
from portal.services.oversight.changes import record_change
from portal.services.publishing.check import check_procedure
from portal.services.publishing.drafts import draft_of
from portal.services.publishing.importing import import_file, look_into

Fate = Literal["new", "changed", "same", "drafted", "refused", "faulty"]
OPERATOR = Actor(uuid.UUID(int=0), "Người vận hành", duties=frozenset({Duty(Role.ADMINISTRATOR, "")}), is_system=True)
WHY = "Nạp hàng loạt bằng lệnh của người vận hành"
BETWEEN = re.compile(r"^---[ \t]*\r?$\n?", re.MULTILINE)
BETWEEN_TEXTS = "---\n"
BATCH = 200


@dataclass(frozen=True)
class Told:
    """What became of one text, or would in a dry run: `where` it stood, what would change, or what is wrong with it."""

    where: str
    fate: Fate
    code: str = ""
    name: str = ""
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass
class Import:
    """One import as a whole: what it may do, and which codes it has met."""

    may_publish: bool = False
    is_dry_run: bool = False
    met: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Taken:
    """A text that makes a procedure, with the texts of the version that it would be."""

    where: str
    text: str
    files: dict[str, str]
    procedure: Procedure


def texts_in(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Every procedure's text with its place: each path a file or a folder of files, each file one procedure or many."""
    for path in paths:
        for one in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            parts = [part for part in BETWEEN.split(one.read_text(encoding="utf-8")) if part.strip()]
            for number, part in enumerate(parts, 1):
                yield (str(one) if len(parts) == 1 else f"{one} [{number}]"), part


def batches(texts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The texts, so many at a time that one transaction takes them."""
    batch: list[tuple[str, str]] = []
    for one in texts:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def begin(session: Session, *, publish: bool = False, dry_run: bool = False) -> Import:
    """Begin an import.

    Raises:
        GuardRefused: procedures that citizens file should be published at once, but people work here already.
    """
    if publish and not _is_untouched(session):
        raise GuardRefused("Ở đây đã có hồ sơ, hoặc quản trị viên đã công bố thủ tục: thủ tục nộp được phải qua hai người duyệt.")
    return Import(may_publish=publish, is_dry_run=dry_run)


def _is_untouched(session: Session) -> bool:
    by_hand = select(ProcedurePublication.id).where(ProcedurePublication.published_by.is_not(None)).limit(1)
    return session.scalar(select(Dossier.id).limit(1)) is None and session.scalar(by_hand) is None


def take_in(session: Session, doing: Import, texts: Sequence[tuple[str, str]]) -> list[Told]:
    """Take one batch of texts in, each as far as it goes: a fault in one keeps none of the others back.

    Effects: versions and publications of descriptions, drafts of procedures, one change in the record; none in a dry run.
    """
    taken, told = _read_all(doing, texts)
    standing = _standing(session, taken)
    theirs = _decided_by_hand(session, taken)
    put: list[_Taken] = []
    for one in taken:
        what = _decide(session, doing, one, standing.get(one.procedure.code), is_theirs=one.procedure.code in theirs)
        told.append(what)
        if what.fate in ("new", "changed"):
            put.append(one)
    if put and not doing.is_dry_run:
        _publish(session, put)
    place = {where: number for number, (where, _text) in enumerate(texts)}
    return sorted(told, key=lambda one: place[one.where])


def _read_all(doing: Import, texts: Sequence[tuple[str, str]]) -> tuple[list[_Taken], list[Told]]:
    taken, told = [], []
    for where, text in texts:
        try:
            files, procedure = _made(text)
        except BadProcedure as wrong:
            told.append(Told(where, "faulty", faults=tuple(str(fault) for fault in wrong.faults)))
            continue
        if procedure.code in doing.met:
            twice = ("Mã này đã đứng ở một chỗ trước trong lần nạp này.",)
            told.append(Told(where, "faulty", procedure.code, procedure.definition.name, faults=twice))
            continue
        doing.met.add(procedure.code)
        taken.append(_Taken(where, text, files, procedure))
    return taken, told


def _made(text: str) -> tuple[dict[str, str], Procedure]:
    """The version that a text makes; one not written canonically is read again as it will be kept."""
    files, procedure = made(read(text))
    return (files, procedure) if files[FILE] == text else made(read(files[FILE]))


def _standing(session: Session, taken: Sequence[_Taken]) -> dict[str, str]:
    """The hash of the version in force, by code."""
    codes = [one.procedure.code for one in taken]
    query = in_force(clock.now()).where(ProcedurePublication.code.in_(codes))
    return {publication.code: publication.version_hash for publication in session.scalars(query)}


def _decided_by_hand(session: Session, taken: Sequence[_Taken]) -> frozenset[str]:
    """The codes of which an administrator has published or ended anything."""
    codes = [one.procedure.code for one in taken]
    by_hand = ProcedurePublication.published_by.is_not(None) | ProcedurePublication.ends_at.is_not(None)
    return frozenset(session.scalars(select(ProcedurePublication.code).where(ProcedurePublication.code.in_(codes), by_hand)))


def _decide(session: Session, doing: Import, one: _Taken, standing: str | None, *, is_theirs: bool) -> Told:
    """What becomes of one procedure; a draft is laid down here, a version is only decided on."""
    procedure = one.procedure
    if standing == procedure.content_hash:
        return _told(one, "same")
    before = by_hash(session, standing) if standing else None
    if procedure.is_filed_online and not doing.may_publish:
        return _into_draft(session, doing, one)
    if is_theirs or (before is not None and before.is_filed_online and not procedure.is_filed_online):
        return _told(one, "refused", faults=("Quản trị viên trông coi thủ tục này. Hãy sửa ở bàn quản trị.",))
    if procedure.is_filed_online and (findings := check_procedure(session, procedure)):
        return _told(one, "refused", faults=tuple(str(finding) for finding in findings))
    if before is None:
        return _told(one, "new")
    return _told(one, "changed", changes=changes_between(before, procedure))


def _told(one: _Taken, fate: Fate, *, changes: tuple[Change, ...] = (), faults: tuple[str, ...] = ()) -> Told:
    return Told(one.where, fate, one.procedure.code, one.procedure.definition.name, changes, faults)


def _into_draft(session: Session, doing: Import, one: _Taken) -> Told:
    under_way = draft_of(session, one.procedure.code)
    if under_way is not None and under_way.text == one.files[FILE]:
        return _told(one, "same")
    looked = look_into(session, one.text)
    if not doing.is_dry_run:
        try:
            with session.begin_nested():
                import_file(session, OPERATOR, one.text)
        except PortalError as refused:
            return _told(one, "refused", faults=(str(refused),))
    return _told(one, "drafted", changes=looked.changes)


def _publish(session: Session, put: Sequence[_Taken]) -> None:
    now = clock.now()
    versions = [
        {
            "content_hash": one.procedure.content_hash, "code": one.procedure.code, "files": one.files,
            "summary": summary_of(one.procedure), "state": "shipped", "authors": [], "created_at": now, "decision_note": "",
        }
        for one in put
    ]  # fmt: skip
    session.execute(upsert(ProcedureVersion).on_conflict_do_nothing(), versions)
    publications = [
        {
            "code": one.procedure.code,
            "version_hash": one.procedure.content_hash,
            "starts_at": now,
            "published_at": now,
            "why": WHY,
        }
        for one in put
    ]
    session.execute(insert(ProcedurePublication), publications)
    hashes = {one.procedure.code: one.procedure.content_hash for one in put}
    record_change(
        session, OPERATOR, subject_kind="catalogue", subject_id="procedures", verb="taken_in", before=None, after=hashes
    )


def export(session: Session, codes: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """The file of every procedure in force (or of those with these codes), by code: (its name, its text)."""
    for entry in entries(session):
        if not codes or entry.code in codes:
            files = session.scalars(select(ProcedureVersion.files).where(ProcedureVersion.content_hash == entry.version_hash))
            yield f"{entry.code}.yaml", write(definition_in(files.one()))
