"""Rehearsing a procedure: its own cases, from filing to the papers, by the real acts and with the real registries.

Everything happens in the caller's transaction, which is meant to be rolled back: a rehearsal touches no real figure,
takes no number and leaves no trace. Papers are drawn afterwards, when nothing is locked any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.blind_index import personal_id_hash
from portal.db import new_id
from portal.models import Account, DataKey, Dossier, ProcedurePublication
from portal.services.catalogue.answers import shown_groups, shown_pages, shown_questions
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.others import OTHER, SELF, choosable, whom_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import case_of, fee_of, term_rule
from portal.services.catalogue.schema import Definition, Procedure, Rehearsal
from portal.services.catalogue.versions import by_hash, store
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.confirm_draft import confirm_draft
from portal.services.dossiers.fill_draft import answer_facts, answer_page, take_replies
from portal.services.dossiers.forward import forward
from portal.services.dossiers.issue import order_of
from portal.services.dossiers.lookups import asks_about, asks_for
from portal.services.dossiers.offices import handling_office
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.other_people import choose_whom, is_whom_open, take_about
from portal.services.dossiers.proposals import prefilled_appraisal
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import documents_of, latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.send_draft import send_draft
from portal.services.dossiers.specimens import attach_specimens
from portal.services.dossiers.submit import submit
from portal.services.errors import InvalidInput, PortalError
from portal.services.registries.exchange import Ask, Reply, Requester, Subject
from portal.services.results.draw_apart import draw_apart
from portal.services.results.template import paper_html

AskAll = Callable[[Mapping[str, Ask]], Mapping[str, Reply]]
HIGHEST_LEVEL = 2
LETTER = "form_03"


@dataclass(frozen=True)
class Paper:
    """One paper that the rehearsal ordered; `draw()` makes its PDF."""

    kind: str
    title: str
    html: str

    def draw(self) -> bytes:
        """The paper as a PDF that nobody has signed, marked as simulated.

        Raises:
            GuardRefused: it could not be drawn within its memory and time.
        """
        return draw_apart(self.html, title=self.title)


@dataclass
class Rehearsed:
    """How one case went: the places it passed, what was asked, what came of it, what was not as expected."""

    name: str
    places: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    answers: Answers = field(default_factory=dict)
    case: str = ""
    fee_vnd: int = 0
    term: str = ""
    promised_at: datetime | None = None
    papers: list[Paper] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def is_right(self) -> bool:
        return not self.stopped and not self.faults


def put_on(session: Session, definition: Definition) -> Procedure:
    """Let a definition that nobody has published be the one in force, until the caller rolls back."""
    row = store(session, texts_for(definition), state="waiting")
    now = clock.now()
    session.add(ProcedurePublication(code=row.code, version_hash=row.content_hash, starts_at=now, published_at=now))
    session.flush()
    return by_hash(session, row.content_hash)


def rehearse(session: Session, procedure: Procedure, case: Rehearsal, ask_all: AskAll) -> Rehearsed:
    """Run one case of the procedure in force for its synthetic person; `ask_all` asks the registries."""
    went = Rehearsed(case.name)
    try:
        with _clock_of(case):
            dossier = _file(session, procedure, case, ask_all, went)
            _decide(session, procedure, case, dossier, went)
            went.promised_at = dossier.promised_at
            _gather_papers(session, procedure, dossier, went)
    except PortalError as stopped:
        went.stopped = _why(procedure, stopped)
        return went
    went.faults += _unexpected(case, went)
    return went


def _why(procedure: Procedure, stopped: PortalError) -> str:
    """Why a case went no further, in words; what was wrong with which box, if it was that."""
    if not isinstance(stopped, InvalidInput):
        return str(stopped)
    return " ".join(f"{label_of(procedure, key)} ({key}): {' '.join(said)}" for key, said in stopped.errors.items())


def _clock_of(case: Rehearsal) -> AbstractContextManager[None]:
    if not case.at:
        return nullcontext()
    return clock.standing_at(datetime.fromisoformat(case.at).replace(tzinfo=clock.LOCAL))


def form_of(answers: Mapping[str, str]) -> dict[str, str]:
    """A case's answers as the browser would send them: a date in its three boxes."""
    form = dict(answers)
    for key, value in answers.items():
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            form |= dict(zip((f"{key}.{part}" for part in ("year", "month", "day")), value.split("-"), strict=True))
    return form


def _file(session: Session, procedure: Procedure, case: Rehearsal, ask_all: AskAll, went: Rehearsed) -> Dossier:
    subject = Subject(case.person, case.full_name, case.date_of_birth)
    owner = _player(session, subject.full_name, subject.personal_id)
    draft = open_draft(session, owner, procedure, language="vi")
    asks = asks_for(procedure, subject, Requester("citizen", owner.id), "rehearsal")
    take_replies(session, owner, draft, procedure, asks, ask_all(asks), vars(subject))
    _say_whom(procedure, case, draft)
    others = asks_about(procedure, draft.draft["answers"], Requester("citizen", owner.id))
    take_about(session, owner, draft, procedure, others, ask_all(others) if others else {})
    form = form_of(case.answers)
    answer_facts(session, draft, procedure, form)
    while page := next((one for one in shown_pages(procedure, draft.draft["answers"]) if one.id not in went.pages), None):
        answer_page(draft, procedure, page, form)
        went.pages.append(page.id)
        answers = draft.draft["answers"]
        went.asked |= {question.element for question in shown_questions(page.questions, answers)}
        went.asked |= {group.key for group in shown_groups(page, answers)}
    attach_specimens(session, owner, draft, procedure)
    dossier = submit(session, owner, draft.id, is_declared=True)
    went.places.append(dossier.state)
    _reckon(session, procedure, dossier, went)
    return dossier


def _say_whom(procedure: Procedure, case: Rehearsal, draft: Dossier) -> None:
    """Choose whom the case is about; a case that names nobody is about who files, or about somebody whom no registry names.

    Raises:
        InvalidInput: the registry names nobody of that personal ID.
    """
    whom = whom_of(procedure)
    if whom is None or not is_whom_open(draft, procedure):
        return
    relatives = choosable(procedure, draft.draft["answers"], clock.today())
    numbers = {one.personal_id: str(number) for number, one in enumerate(relatives, 1)}
    nobody = SELF if whom.may_be_self else OTHER
    choose_whom(draft, procedure, numbers.get(case.whom, "") if case.whom else nobody)


def _reckon(session: Session, procedure: Procedure, dossier: Dossier, went: Rehearsed) -> None:
    went.answers = latest_answers(session, dossier).content
    went.case = case_of(procedure, went.answers)
    province = dossier.office.province_code if dossier.office else ""
    went.fee_vnd = total_vnd(fee_of(procedure, went.answers, channel="online", province_code=province, on=clock.today()))
    rule = term_rule(procedure.definition, "online", went.case)
    went.term = rule.term if rule else ""


def _decide(session: Session, procedure: Procedure, case: Rehearsal, dossier: Dossier, went: Rehearsed) -> None:
    office, code = str(dossier.office_code), str(dossier.code)
    handling_office(session, dossier).assigns_automatically = False  # the case's own officer appraises, none of the office's
    clerk, officer, leader = (
        _player(session, role.value, office=office, role=role) for role in (Role.CLERK, Role.OFFICER, Role.LEADER)
    )
    owner = Actor(dossier.owner_id, case.full_name, level=2)
    suggest = send_draft if dossier.confirms_draft else propose
    answers_draft = (lambda: confirm_draft(session, owner, code, expected_version=dossier.version),)
    acts: tuple[Callable[[], Dossier], ...] = (
        lambda: receive(session, clerk, code, expected_version=dossier.version),
        lambda: forward(session, clerk, code, expected_version=dossier.version),
        lambda: assign(session, officer, code, expected_version=dossier.version),
        lambda: suggest(
            session, officer, code, expected_version=dossier.version, form=_proposal(session, procedure, case, dossier)
        ),
        *(answers_draft if dossier.confirms_draft else ()),
        lambda: approve(session, leader, code, expected_version=dossier.version),
    )
    if case.decision == "refuse_at_reception":
        ground = _ground(procedure, case)
        acts = (lambda: refuse(session, clerk, code, expected_version=dossier.version, reason=case.reason, ground=ground),)
    for act in acts:
        act()
        went.places.append(f"{dossier.state}/{dossier.stage}" if dossier.stage else dossier.state)


def _ground(procedure: Procedure, case: Rehearsal) -> str:
    grounds = procedure.definition.refusal_grounds
    return grounds[case.ground - 1] if case.ground <= len(grounds) else ""


def _proposal(session: Session, procedure: Procedure, case: Rehearsal, dossier: Dossier) -> dict[str, str]:
    suggested = prefilled_appraisal(procedure, latest_answers(session, dossier).content)
    form = {key: str(answer["value"]) for key, answer in suggested.items()}
    return {**form_of(form), **form_of(case.appraisal), "decision": case.decision, "reason": case.reason}


def _gather_papers(session: Session, procedure: Procedure, dossier: Dossier, went: Rehearsed) -> None:
    for document in documents_of(session, dossier):
        order = order_of(session, document.id)
        if order is not None:
            html = paper_html(order.kind, order.facts, procedure.definition.result.template, is_rehearsal=True)
            went.papers.append(Paper(document.kind, document.title, html))


def _unexpected(case: Rehearsal, went: Rehearsed) -> list[str]:
    """What did not come as the case expects it, in words."""
    told = [
        *_missing(went, "result", case.result_says, "Kết quả không ghi «{}»."),
        *_missing(went, LETTER, case.letter_says, "Phiếu từ chối không ghi «{}»."),
    ]
    for expected, came, words in (
        (case.expects_case, went.case, "Trường hợp là «{}», không phải «{}»."),
        (case.expects_term, went.term, "Thời hạn là {}, không phải {}."),
    ):
        if expected and expected != came:
            told.append(words.format(came, expected))
    if case.expects_fee_vnd is not None and case.expects_fee_vnd != went.fee_vnd:
        told.append(f"Lệ phí là {went.fee_vnd} đồng, không phải {case.expects_fee_vnd} đồng.")
    return told


def _missing(went: Rehearsed, kind: str, said: tuple[str, ...], words: str) -> list[str]:
    html = next((paper.html for paper in went.papers if paper.kind == kind), "")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    return [words.format(one) for one in said if one not in text]


def _player(session: Session, name: str, personal_id: str = "", *, office: str = "", role: Role | None = None) -> Actor:
    """Somebody who plays a part, with an account that goes when the rehearsal is rolled back."""
    account_id = new_id()
    subject_hash = personal_id_hash(personal_id or str(account_id))
    account = Account(
        id=account_id,
        data_key=DataKey.fresh(),
        issuer="rehearsal",
        subject=str(account_id),
        subject_hash=subject_hash,
        profile={"personal_id": personal_id, "full_name": name, "date_of_birth": ""},
        created_at=clock.now(),
        last_login_at=clock.now(),
    )
    session.add(account)
    session.flush()
    duties = frozenset({Duty(role, office)}) if role else frozenset()
    return Actor(account_id, name, HIGHEST_LEVEL, subject_hash, duties)
