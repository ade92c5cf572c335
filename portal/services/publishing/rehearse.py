"""Rehearsing a procedure: its own cases, from filing to the drawn result, by the real acts and with the real registries.

Everything happens in the caller's transaction, which is meant to be rolled back: a rehearsal touches no real figure,
takes no number and leaves no trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.blind_index import personal_id_hash
from portal.db import new_id
from portal.models import Account, DataKey, Dossier
from portal.services.catalogue.answers import shown_pages
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.fill_draft import answer_facts, answer_page, asks_for, take_replies
from portal.services.dossiers.forward import forward
from portal.services.dossiers.issue import make, order_of
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.propose import prefilled_appraisal, propose
from portal.services.dossiers.queries import documents_of, latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.specimens import attach_specimens
from portal.services.dossiers.submit import submit
from portal.services.errors import PortalError
from portal.services.registries.exchange import Ask, Reply, Requester, Subject
from portal.services.results.template import paper_html

AskAll = Callable[[Mapping[str, Ask]], Mapping[str, Reply]]
HIGHEST_LEVEL = 2


@dataclass(frozen=True)
class Rehearsed:
    """How one case went: the places it passed, what the result failed to say, the size of its PDF, or why it stopped."""

    name: str
    places: tuple[str, ...]
    missing_words: tuple[str, ...]
    pdf_bytes: int
    stopped: str

    @property
    def is_right(self) -> bool:
        return not self.stopped and not self.missing_words


def rehearse(session: Session, procedure: Procedure, case: Mapping[str, Any], subject: Subject, ask_all: AskAll) -> Rehearsed:
    """Run one case of the procedure for one synthetic person; `ask_all` asks the registries."""
    places: list[str] = []
    try:
        dossier = _file(session, procedure, case, subject, ask_all, places)
        _decide(session, procedure, case, dossier, places)
        html, pdf = _draw(session, procedure, dossier)
    except PortalError as stopped:
        reason = str(getattr(stopped, "errors", "") or stopped)
        return Rehearsed(str(case["name"]), tuple(places), (), 0, reason)
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    missing = tuple(said for said in case["result_says"] if said not in words)
    return Rehearsed(str(case["name"]), tuple(places), missing, len(pdf), "")


def form_of(answers: Mapping[str, str]) -> dict[str, str]:
    """A case's answers as the browser would send them: a date in its three boxes."""
    form = dict(answers)
    for key, value in answers.items():
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            form |= dict(zip((f"{key}.{part}" for part in ("year", "month", "day")), value.split("-"), strict=True))
    return form


def _file(
    session: Session, procedure: Procedure, case: Mapping[str, Any], subject: Subject, ask_all: AskAll, places: list[str]
) -> Dossier:
    owner = _player(session, subject.full_name, subject.personal_id)
    draft = open_draft(session, owner, procedure, language="vi")
    asks = asks_for(procedure, subject, Requester("citizen", owner.id), "rehearsal")
    take_replies(session, owner, draft, procedure, ask_all(asks), vars(subject))
    form = form_of(case["answers"])
    answer_facts(session, draft, procedure, form)
    answered: set[str] = set()
    while page := next((page for page in shown_pages(procedure, draft.draft["answers"]) if page.id not in answered), None):
        answer_page(draft, procedure, page, form)
        answered.add(page.id)
    attach_specimens(session, owner, draft, procedure)
    dossier = submit(session, owner, draft.id, is_declared=True)
    places.append(dossier.state)
    return dossier


def _decide(session: Session, procedure: Procedure, case: Mapping[str, Any], dossier: Dossier, places: list[str]) -> None:
    office, code = str(dossier.office_code), str(dossier.code)
    clerk, officer, leader = (
        _player(session, role.value, office=office, role=role) for role in (Role.CLERK, Role.OFFICER, Role.LEADER)
    )
    acts: tuple[Callable[[], Dossier], ...] = (
        lambda: receive(session, clerk, code, expected_version=dossier.version),
        lambda: forward(session, clerk, code, expected_version=dossier.version),
        lambda: assign(session, officer, code, expected_version=dossier.version),
        lambda: propose(
            session, officer, code, expected_version=dossier.version, form=_proposal(session, procedure, case, dossier)
        ),
        lambda: approve(session, leader, code, expected_version=dossier.version),
    )
    for act in acts:
        act()
        places.append(f"{dossier.state}/{dossier.stage}" if dossier.stage else dossier.state)


def _proposal(session: Session, procedure: Procedure, case: Mapping[str, Any], dossier: Dossier) -> dict[str, str]:
    suggested = prefilled_appraisal(procedure, latest_answers(session, dossier).content)
    form = {key: str(answer["value"]) for key, answer in suggested.items()}
    return {**form, **case.get("appraisal", {}), "decision": case["decision"], "reason": case.get("reason", "")}


def _draw(session: Session, procedure: Procedure, dossier: Dossier) -> tuple[str, bytes]:
    result = next(paper for paper in documents_of(session, dossier) if paper.kind == "result")
    order = order_of(session, result.id)
    if order is None:
        raise PortalError("the result was made already")
    return paper_html(order.kind, order.facts, procedure.definition.result.template), make(order)


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
