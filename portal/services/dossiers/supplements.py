"""What a request to complete a dossier may point at, how often and until when it may be made, until when it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier, SupplementRequest
from portal.services.catalogue.answers import shown_groups, shown_pages, shown_questions, unsettled_questions
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.deadlines import Calendar, Term, Unit, promise
from portal.services.dossiers.queries import filed_on, latest_answers
from portal.services.dossiers.reasons import checked_reason
from portal.services.errors import InvalidInput
from portal.text import clean, refused_characters

QUESTION, COMPONENT, PAGES = "question", "component", "pages"
ITEMS_FIELD, OVERRIDE_FIELD = "ask", "override"
LONGEST_PAGES = 60
Item = dict[str, str]  # "kind", "of", "pages", "reason", and "name": what it was called when it was asked for


@dataclass(frozen=True)
class Target:
    """One thing of a dossier that a request may point at: a question, a component, or pages of an attachment."""

    kind: str
    of: str
    name: str

    @property
    def key(self) -> str:
        """How forms name it."""
        return f"{self.kind}.{self.of}"


def targets(session: Session, dossier: Dossier, procedure: Procedure, language: str = "vi") -> tuple[Target, ...]:
    """Everything that the citizen answered, was asked or could attach; never what a registry said."""
    answers: Answers = latest_answers(session, dossier).content
    return targets_among(procedure, answers, filed_on(dossier), attachments_of(session, dossier), language)


def targets_among(
    procedure: Procedure, answers: Answers, filed: date | None, attached: Iterable[Attachment], language: str
) -> tuple[Target, ...]:
    """The same of these answers and attachments."""
    wanted = components_wanted(procedure, answers, filed)
    names = {component.id: procedure.say(component.name, language) for component in wanted}
    found = [
        *(Target(QUESTION, key, name) for key, name in _questions(procedure, answers, filed, language)),
        *(Target(COMPONENT, component_id, name) for component_id, name in names.items()),
        *(
            Target(PAGES, str(one.id), f"{names[one.component_id]}: {one.name}")
            for one in attached
            if one.file_id is not None and one.component_id in names
        ),
    ]
    return tuple({target.key: target for target in found}.values())


def _questions(procedure: Procedure, answers: Answers, filed: Any, language: str) -> Iterator[tuple[str, str]]:
    typed = [question.element for question in unsettled_questions(procedure, answers)]
    for page in shown_pages(procedure, answers, filed):
        typed += [question.element for question in shown_questions(page.questions, answers, filed)]
        for key in typed:
            yield key, label_of(procedure, key, language)
        for group in shown_groups(page, answers, filed):
            yield group.key, procedure.say(group.title, language)
        typed = []


def checked_items(known: Iterable[Target], drawn: Iterable[Mapping[str, str]]) -> list[Item]:
    """What was drawn up, in the order of the dossier and in clean text; `drawn`: each "kind", "of", "pages", "reason".

    Raises:
        InvalidInput: nothing was marked, something that the dossier does not have, or something without a readable reason.
    """
    wanted = {f"{one['kind']}.{one['of']}": one for one in drawn}
    found = {target.key: target for target in known}
    if not wanted or not wanted.keys() <= found.keys():
        raise InvalidInput({ITEMS_FIELD: ["Hãy đánh dấu ít nhất một điều cần bổ sung."]})
    items, errors = [], {}
    for key, target in found.items():
        if key in wanted:
            try:
                items.append(_checked(target.kind, target.of, target.name, wanted[key]))
            except InvalidInput as wrong:
                errors.update(wrong.errors)
    if errors:
        raise InvalidInput(errors)
    return items


def reworded(items: Iterable[Item], drawn: Iterable[Mapping[str, str]]) -> list[Item]:
    """The items as the officer drew them up, in the words that the counter gives them; none is added, none left out.

    Raises:
        InvalidInput: a reason that is none.
    """
    words = {f"{one['kind']}.{one['of']}": one for one in drawn}
    kept, errors = [], {}
    for item in items:
        try:
            kept.append(_checked(item["kind"], item["of"], item["name"], words.get(f"{item['kind']}.{item['of']}", item)))
        except InvalidInput as wrong:
            errors.update(wrong.errors)
    if errors:
        raise InvalidInput(errors)
    return kept


def _checked(kind: str, of: str, name: str, said: Mapping[str, str]) -> Item:
    pages = clean(said.get("pages", "")) if kind == PAGES else ""
    errors = {}
    if len(pages) > LONGEST_PAGES or refused_characters(pages):
        errors[f"pages.{of}"] = ["Hãy ghi ngắn những trang cần làm lại, ví dụ 2, 4-5."]
    try:
        reason = checked_reason(said.get("reason", ""), f"reason.{kind}.{of}")
    except InvalidInput as wrong:
        errors.update(wrong.errors)
    if errors:
        raise InvalidInput(errors)
    return {"kind": kind, "of": of, "name": name, "pages": pages, "reason": reason}


def draw_up(session: Session, dossier: Dossier, actor: Actor, items: list[Item], now: datetime) -> SupplementRequest:
    """The row of a new request, not sent yet."""
    there = select(func.count()).select_from(SupplementRequest).where(SupplementRequest.dossier_id == dossier.id)
    request = SupplementRequest(
        data_key=dossier.data_key,
        dossier_id=dossier.id,
        round=int(session.scalar(there) or 0) + 1,
        proposed_by=actor.account_id,
        proposed_at=now,
        items=items,
    )
    session.add(request)
    session.flush()
    return request


def open_request(session: Session, dossier: Dossier) -> SupplementRequest | None:
    """The dossier's request that is drawn up, awaits its answer, or whose answer awaits the counter."""
    query = select(SupplementRequest).where(SupplementRequest.dossier_id == dossier.id, SupplementRequest.closed_at.is_(None))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def close_open_request(session: Session, dossier: Dossier, now: datetime) -> None:
    """The dossier ends another way: nothing is awaited of its open request any more, if it has one."""
    request = open_request(session, dossier)
    if request is not None:
        request.closed_at = now


def newest_request(session: Session, dossier: Dossier) -> SupplementRequest | None:
    """The dossier's last request, open or not."""
    query = select(SupplementRequest).where(SupplementRequest.dossier_id == dossier.id)
    return session.scalars(query.order_by(SupplementRequest.round.desc()).limit(1)).first()


def beyond_limits(session: Session, dossier: Dossier, procedure: Procedure, now: datetime) -> tuple[str, ...]:
    """Which limits a request sent now would exceed: "count", how often one may ask; "late", how long after receipt.

    Source: NĐ 118/2025/NĐ-CP, kept from NĐ 61/2018/NĐ-CP, Điều 17 (once) and Điều 19.4 (three working days); both are
    parameters of the procedure.
    """
    reception = procedure.definition.reception
    found = ["count"] if dossier.supplement_requests >= reception.supplement_requests else []
    if dossier.received_at is not None:
        until = last_moment(dossier.received_at, Term.parse(reception.supplement_within), working_calendar(session))
        found += ["late"] if now > until else []
    return tuple(found)


def window_end(session: Session, procedure: Procedure, now: datetime) -> datetime | None:
    """Until when a request sent now is to be answered; None where the sector sets no time."""
    window = procedure.definition.reception.supplement_window
    return last_moment(now, Term.parse(window), working_calendar(session)) if window else None


def last_moment(start: datetime, term: Term, calendar: Calendar) -> datetime:
    """The last moment of a term given to somebody: of a term in days the end of its last day, of hours the hour itself.

    Source: Bộ luật Dân sự 2015, Điều 148.5 (a term ends at 24:00 of its last day).
    """
    ends = promise(clock.to_local(start), term, calendar).promised_at
    return ends if term.unit is Unit.OFFICE_HOURS else datetime.combine(ends.date(), time.max, tzinfo=ends.tzinfo)


def is_end_of_day(moment: datetime) -> bool:
    """Whether the moment is the end of a day, so that the day alone need be named."""
    return clock.to_local(moment).time() == time.max
