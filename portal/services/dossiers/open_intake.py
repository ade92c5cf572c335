"""Opening a draft at the counter for somebody who stands there: who they are, what the registries say, whose it will be.

The clerk sees and fills this draft alone. The person's own drafts, dossiers and earlier results stay shut to the clerk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.blind_index import personal_id_hash
from portal.models import Account, Dossier
from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.reading import read
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.carry_over import carry_over
from portal.services.dossiers.citizen_card import SEPARATOR, read_card
from portal.services.dossiers.fill_draft import CARD, take_replies
from portal.services.dossiers.lookups import asks_for
from portal.services.dossiers.open_draft import fresh_draft
from portal.services.dossiers.owners import owner_at_counter
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester, Subject
from portal.services.registries.population import NAME as POPULATION

CARD_FIELD, NAME_FIELD, BIRTH_FIELD, PRESENT_FIELD = "card", "full_name", "date_of_birth", "is_present"
ACCEPT_FIELD = "accept_unmatched"
MISSING = "Cần điền mục này."
IDENTITY_SCOPE = ("personal_id", "full_name", "date_of_birth")


@dataclass(frozen=True)
class Visit:
    """A person at the counter who wants a procedure: who they say they are, where they stand."""

    subject: Subject
    procedure: Procedure
    office_code: str


def read_subject(form: Mapping[str, str]) -> Subject:
    """The person, from the scanned text of their card, or from the number, name and date of birth that the clerk types.

    Raises:
        InvalidInput: with messages for each field.
    """
    card = read_card(form.get(CARD_FIELD, ""))
    typed = {
        "subject.full_name": (card.full_name if card else "") or form.get(NAME_FIELD, ""),
        **_birth_parts(form, card.date_of_birth if card else ""),
    }
    errors: dict[str, list[str]] = {}
    if card is None:
        is_scan = SEPARATOR in form.get(CARD_FIELD, "")
        errors[CARD_FIELD] = [
            "Chưa đọc được mã trên thẻ. Hãy quét lại, hoặc gõ số định danh." if is_scan else "Số định danh gồm đúng 12 chữ số."
        ]
    found = {}
    for field, key in ((NAME_FIELD, "subject.full_name"), (BIRTH_FIELD, "subject.date_of_birth")):
        try:
            found[field] = read(dictionary()[key], typed)
        except Unreadable as wrong:
            errors[field] = [str(wrong)]
        else:
            if not found[field]:
                errors[field] = [MISSING]
    if errors or card is None:
        raise InvalidInput(errors)
    return Subject(card.personal_id, found[NAME_FIELD], found[BIRTH_FIELD])


def _birth_parts(form: Mapping[str, str], scanned: str) -> dict[str, str]:
    parts = ("year", "month", "day")
    known = [*scanned.split("-"), "", ""] if scanned else [form.get(f"{BIRTH_FIELD}.{part}", "") for part in parts]
    return {f"subject.date_of_birth.{part}": value for part, value in zip(parts, known, strict=False)}


def intake_asks(actor: Actor, visit: Visit, *, client_ip: str) -> dict[str, Ask]:
    """The look-ups to make for the person, in the clerk's and the office's name, on the ground of the law.

    Raises:
        NotFound: the procedure is not filed here.
        Forbidden: the actor does not serve at the counter of the office, or not for this procedure.
        GuardRefused: the actor would file for themself.
    """
    if not visit.procedure.is_filed_online:
        raise NotFound
    if actor.role_for(Permission.INTAKE, visit.office_code, visit.procedure.code) is None:
        raise Forbidden(Permission.INTAKE)
    if personal_id_hash(visit.subject.personal_id) == actor.subject_hash:
        raise GuardRefused("Ông/bà không lập hồ sơ cho chính mình tại quầy. Xin nộp trực tuyến, hoặc nhờ đồng nghiệp.")
    requester = Requester("officer", actor.id, visit.office_code, client_ip)
    asks = asks_for(visit.procedure, visit.subject, requester, visit.procedure.code)
    return {name: _by_law(ask, name) for name, ask in asks.items()}


def _by_law(ask: Ask, registry: str) -> Ask:
    scope = tuple(dict.fromkeys((*IDENTITY_SCOPE, *ask.scope))) if registry == POPULATION else ask.scope
    return replace(ask, basis="law", basis_reference=ask.legal_ground, scope=scope)


def open_intake(
    session: Session,
    actor: Actor,
    visit: Visit,
    asks: Mapping[str, Ask],
    replies: Mapping[str, Reply],
    *,
    is_present: bool,
    accepts_unmatched: bool,
    language: str,
) -> Dossier:
    """The clerk's draft for the person, made or gone on with, with what the registries answered.

    `is_present`: the clerk says that the person stands here and showed their card. `accepts_unmatched`: the clerk goes on
    by the card though the register knows nobody with all three factors; what the card says is then marked so.

    Raises:
        Forbidden, NotFound, GuardRefused: as `intake_asks`; or the register says that the person has died.
        InvalidInput: the person is not there; or nobody matches and the clerk has not looked at the card again.

    Effects: an account that can be claimed, where the person has none; as `keep_lookups` for each reply.
    """
    intake_asks(actor, visit, client_ip="")
    if not is_present:
        raise InvalidInput({PRESENT_FIELD: ["Chỉ lập hồ sơ khi người nộp có mặt và xuất trình thẻ."]})
    population = replies.get(POPULATION)
    if population is not None and population.outcome is Outcome.NOT_MATCHED and not accepts_unmatched:
        raise InvalidInput({ACCEPT_FIELD: ["Cơ sở dữ liệu dân cư không có ai khớp cả số định danh, họ tên và ngày sinh."]})
    is_matched = population is not None and population.outcome is Outcome.FOUND
    subject = _as_registered(visit.subject, population) if population and is_matched else visit.subject
    draft = _draft_for(session, actor, visit, owner_at_counter(session, subject), language)
    take_replies(session, actor, draft, visit.procedure, asks, replies, vars(subject), identity_source=CARD)
    _note(draft, present_at=clock.now().isoformat(), is_matched=is_matched, full_name=subject.full_name)
    session.flush()
    return draft


def _as_registered(subject: Subject, reply: Reply) -> Subject:
    """The person as the register writes them: a year alone may have been asked, or a name in capitals."""
    said: dict[str, Any] = {name: reply.fields.get(name) for name in ("full_name", "date_of_birth")}
    return replace(subject, **{name: value for name, value in said.items() if value})


def _draft_for(session: Session, actor: Actor, visit: Visit, owner: Account, language: str) -> Dossier:
    draft = _under_way(session, actor, visit, owner)
    if draft is None:
        draft = fresh_draft(
            visit.procedure,
            owner_id=owner.id,
            subject_hash=owner.subject_hash,
            language=language,
            channel=channel_at_counter(visit.procedure),
            filed_by=actor.account_id,
            filing_office_code=visit.office_code,
        )
        try:
            with session.begin_nested():
                session.add(draft)
                session.flush()
        except IntegrityError:
            draft = _under_way(session, actor, visit, owner)  # a second tab was faster
            if draft is None:
                raise
    carry_over(session, actor, draft)
    return draft


def _under_way(session: Session, actor: Actor, visit: Visit, owner: Account) -> Dossier | None:
    query = select(Dossier).where(Dossier.filed_by == actor.account_id, Dossier.owner_id == owner.id, Dossier.state == "draft")
    query = query.where(Dossier.procedure_code == visit.procedure.code, Dossier.filing_office_code == visit.office_code)
    return session.scalars(query).first()


def channel_at_counter(procedure: Procedure) -> str:
    """By which channel a dossier counts that a clerk files: where no paper is taken it is an electronic one, with help.

    Source: Chỉ thị 24/CT-TTg (13/09/2025): no paper for the essential services; help to file is always given (R21, R25).
    """
    reception = procedure.definition.reception
    return "counter" if reception.is_paper_allowed and "counter" in reception.channels else "online"


def _note(draft: Dossier, **facts: Any) -> None:
    """Keep what the draft knows of its making at the counter; nothing that was noted before is lost."""
    draft.draft = {**draft.draft, "at_counter": {**(draft.draft.get("at_counter") or {}), **facts}}


def agree_to_reuse(draft: Dossier) -> None:
    """The person tells the clerk to look whether earlier results of theirs spare them a paper.

    Raises:
        GuardRefused: the register has not confirmed who they are.
    """
    if not draft.draft["at_counter"]["is_matched"]:
        raise GuardRefused("Chưa xác nhận được người nộp qua cơ sở dữ liệu dân cư nên chưa mở kho giấy tờ của họ.")
    _note(draft, reuse_agreed_at=clock.now().isoformat())


def own_intakes(session: Session, actor: Actor) -> list[Dossier]:
    """The drafts that the clerk has under way at the counter, newest first."""
    offices = sorted(actor.offices(Permission.INTAKE))
    query = select(Dossier).where(Dossier.filed_by == actor.account_id, Dossier.state == "draft")
    query = query.where(Dossier.filing_office_code.in_(offices)).order_by(Dossier.updated_at.desc(), Dossier.id)
    return list(session.scalars(query.limit(50)))
