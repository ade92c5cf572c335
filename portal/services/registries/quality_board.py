"""How clean the registries are: what their owners count, kept day by day, beside figures that somebody published."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import PublishedFigure, QualityCount
from portal.services.errors import EditedMeanwhile, Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.oversight.changes import record_change
from portal.services.registries.quality import QualityReport
from portal.services.registries.sources import sources
from portal.text import clean, refused_characters

KIND = "published_figure"
LONGEST_TEXT = 200
LARGEST = 10**12
TEXTS = ("about", "about_en", "source")
NOT_FILLED = "Chỗ này cần được ghi."
Errors = dict[str, list[str]]


@dataclass
class Cleanness:
    """Counts of records, of one registry or of one place of it; `verified` holds those that were `corrected`."""

    total: int = 0
    verified: int = 0
    corrected: int = 0
    waiting: int = 0
    disagreeing: Counter[str] = field(default_factory=Counter)
    as_of: datetime | None = None

    @property
    def disagreements(self) -> int:
        """Records that disagree, of whatever kind."""
        return sum(self.disagreeing.values())

    @property
    def percent(self) -> float | None:
        """The share of records that are compared and equal, in percent with one decimal, never rounded up to all."""
        return self.verified * 1000 // self.total / 10 if self.total else None

    def add(self, row: QualityCount) -> None:
        """One place more."""
        self.total += row.total
        self.verified += row.verified
        self.corrected += row.corrected
        self.waiting += row.waiting
        self.disagreeing.update(row.disagreeing)
        self.as_of = min(self.as_of or row.as_of, row.as_of)


def keep_report(session: Session, report: QualityReport) -> None:
    """Keep an owner's count; another of the same day stands in its place, a place that is not named any more goes.

    Effects: one row for each place.
    """
    counted_on = clock.to_local(report.as_of).date()
    rows = [
        {
            "id": uuid.uuid4(),
            "registry_name": report.registry,
            "province_code": place.province_code or "",
            "counted_on": counted_on,
            "as_of": report.as_of,
            **place.model_dump(include={"total", "verified", "corrected", "waiting", "disagreeing"}),
        }
        for place in report.places
    ]
    if not rows:
        return
    told = insert(QualityCount).values(rows)
    changed = ("as_of", "total", "verified", "corrected", "waiting", "disagreeing")
    newer = told.excluded.as_of >= QualityCount.as_of
    session.execute(
        told.on_conflict_do_update(
            index_elements=["registry_name", "counted_on", "province_code"],
            set_={name: told.excluded[name] for name in changed},
            where=newer,
        )
    )


def board(session: Session) -> dict[str, Cleanness]:
    """Each registry of the catalogue with its newest count, in the catalogue's order; empty where none was told."""
    found = {name: Cleanness() for name in sources()}
    for row in _newest(session):
        if row.registry_name in found:
            found[row.registry_name].add(row)
    return found


def places(session: Session, registry: str) -> dict[str, Cleanness]:
    """The newest count of one registry, place by place (province code, empty where it is not known), the least clean first.

    Raises:
        NotFound: the catalogue has no such registry.
    """
    if registry not in sources():
        raise NotFound
    found: defaultdict[str, Cleanness] = defaultdict(Cleanness)
    for row in _newest(session, registry):
        found[row.province_code].add(row)
    return dict(sorted(found.items(), key=lambda item: (item[1].percent or 0.0, item[0])))


def _newest(session: Session, registry: str = "") -> list[QualityCount]:
    days = select(QualityCount.registry_name, func.max(QualityCount.counted_on)).group_by(QualityCount.registry_name)
    query = select(QualityCount).where(tuple_(QualityCount.registry_name, QualityCount.counted_on).in_(days))
    return list(session.scalars(query.where(QualityCount.registry_name == registry) if registry else query))


def figures(session: Session) -> dict[str, list[PublishedFigure]]:
    """The published figures that stand, by registry, the newest first."""
    query = select(PublishedFigure).where(PublishedFigure.taken_back_at.is_(None))
    found: defaultdict[str, list[PublishedFigure]] = defaultdict(list)
    for figure in session.scalars(query.order_by(PublishedFigure.published_on.desc(), PublishedFigure.id)):
        found[figure.registry_name].append(figure)
    return dict(found)


def figure_of(session: Session, figure_id: uuid.UUID) -> PublishedFigure:
    """The published figure.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(PublishedFigure, figure_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def enter_figure(session: Session, actor: Actor, form: Mapping[str, str]) -> PublishedFigure:
    """Write down what somebody published about a registry.

    `form`: `registry`, `about`, `about_en` (what was counted), `value` (whole, dots between thousands allowed), `source`,
    `published_on` (ISO day).

    Raises:
        Forbidden: no duty of the actor carries the permission.
        InvalidInput: with messages for each field.

    Effects: change `entered`.
    """
    _require(actor)
    errors: Errors = {}
    told: dict[str, Any] = {name: _text(form, name, errors) for name in TEXTS}
    told |= {"registry_name": form.get("registry", ""), "value": _number(form, errors), "published_on": _day(form, errors)}
    if told["registry_name"] not in sources():
        errors["registry"] = ["Hãy chọn một cơ sở dữ liệu."]
    if errors:
        raise InvalidInput(errors)
    figure = PublishedFigure(**told, created_at=clock.now(), version=1)
    session.add(figure)
    session.flush()
    _note(session, actor, figure, "entered", None)
    return figure


def take_figure_back(session: Session, actor: Actor, figure_id: uuid.UUID, *, expected_version: int) -> None:
    """Show a published figure no more; it stays on record.

    Raises:
        Forbidden: no duty of the actor carries the permission.
        NotFound, EditedMeanwhile: there is none of this id; somebody was quicker.
        GuardRefused: it is taken back already.

    Effects: change `taken_back`.
    """
    _require(actor)
    figure = figure_of(session, figure_id)
    if figure.taken_back_at is not None:
        raise GuardRefused("Số liệu này đã được gỡ.")
    if figure.version != expected_version:
        raise EditedMeanwhile
    before = _on_record(figure)
    figure.taken_back_at = clock.now()
    figure.version += 1
    _note(session, actor, figure, "taken_back", before)


def _require(actor: Actor) -> None:
    if not actor.holds_anywhere(Permission.EDIT_FIGURES):
        raise Forbidden(Permission.EDIT_FIGURES)


def _text(form: Mapping[str, str], name: str, errors: Errors) -> str:
    text = clean(form.get(name, ""))
    if not text:
        errors[name] = [NOT_FILLED]
    elif len(text) > LONGEST_TEXT or refused_characters(text):
        errors[name] = ["Chỗ này dài quá, hoặc có ký tự không dùng được."]
    return text


def _number(form: Mapping[str, str], errors: Errors) -> int:
    text = form.get("value", "").strip().replace(".", "").replace(" ", "")
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > LARGEST:
        errors["value"] = ["Hãy ghi một số nguyên, ví dụ 34.900.000."]
        return 0
    return int(text)


def _day(form: Mapping[str, str], errors: Errors) -> date:
    try:
        day = date.fromisoformat(form.get("published_on", ""))
    except ValueError:
        day = date.max
    if day > clock.today():
        errors["published_on"] = ["Hãy ghi một ngày có thật, không sau hôm nay."]
    return day


def _on_record(figure: PublishedFigure) -> dict[str, Any]:
    moments = {"published_on": figure.published_on.isoformat(), "is_taken_back": figure.taken_back_at is not None}
    return {name: getattr(figure, name) for name in ("registry_name", "value", *TEXTS)} | moments


def _note(session: Session, actor: Actor, figure: PublishedFigure, verb: str, before: dict[str, Any] | None) -> None:
    session.flush()
    record_change(
        session, actor, subject_kind=KIND, subject_id=str(figure.id), verb=verb, before=before, after=_on_record(figure)
    )  # fmt: skip
