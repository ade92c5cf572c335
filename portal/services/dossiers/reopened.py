"""What a request re-opens for the citizen, and nothing else: questions, papers, and what was typed so far."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier, SupplementRequest
from portal.services.catalogue.answers import read_what_can_be, shown_groups, shown_pages, shown_questions, unsettled_questions
from portal.services.catalogue.conditions import ALWAYS, AllOf, Condition
from portal.services.catalogue.form import Group, Page
from portal.services.catalogue.handling import Component
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reading import Form
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attachments import attachments_for, attachments_of
from portal.services.dossiers.lifecycle import move_for
from portal.services.dossiers.queries import facts_of, filed_on, latest_answers, owned
from portal.services.dossiers.supplements import COMPONENT, PAGES, QUESTION, Item, open_request
from portal.services.dossiers.vocabulary import Act, Stage, State
from portal.services.errors import IllegalMove
from portal.text import clean, is_hidden

PAGE_ID, NOTE_FIELD, LONGEST_NOTE = "supplements", "note", 1000
AWAITED = frozenset({Stage.BEFORE_RECEIPT, Stage.AFTER_RECEIPT})


@dataclass(frozen=True)
class Reopened:
    """A dossier that awaits its owner's answer to a request.

    `page`: the questions that were pointed at and, of those that the dossier did not call for, whichever a changed answer
    now calls up. `filed`: the answers as they stand in the dossier. `pointed_at`: the attachments to be replaced.
    """

    dossier: Dossier
    request: SupplementRequest
    procedure: Procedure
    filed: Answers
    on: date | None
    page: Page
    pointed_at: tuple[Attachment, ...]

    @property
    def answers(self) -> Answers:
        """The answers with what was typed so far laid over them."""
        reply: dict[str, Any] | None = self.request.reply
        if reply is None:
            return self.filed
        typed: Answers = reply["answers"]
        closed = {key: answer for key, answer in self.filed.items() if key not in keys_of(self.page)}
        said = closed | typed
        return {key: said[key] for key in self.filed if key in said} | said  # in the order in which they were filed

    @property
    def note(self) -> str:
        """What the citizen wants to say besides."""
        return str((self.request.reply or {}).get("note", ""))

    def asked(self, kind: str) -> set[str]:
        """What the request points at, of one kind."""
        return {item["of"] for item in self.request.items if item["kind"] == kind}

    def components(self, answers: Answers) -> tuple[Component, ...]:
        """The papers that may be attached now: those pointed at, and those that only the changed answers call for."""
        named = self.components_named()
        before = {component.id for component in components_wanted(self.procedure, self.filed, self.on)}
        wanted = components_wanted(self.procedure, answers, self.on)
        return tuple(component for component in wanted if component.id in named or component.id not in before)

    def components_named(self) -> set[str]:
        """The ids of the components that the request points at, by name or by a file of theirs."""
        return self.asked(COMPONENT) | {one.component_id for one in self.pointed_at}

    def items_for(self, component: Component) -> list[Item]:
        """What the request says of one component and of its files."""
        files = {str(one.id) for one in self.pointed_at if one.component_id == component.id}
        return [
            item for item in self.request.items
            if (item["kind"] == COMPONENT and item["of"] == component.id) or (item["kind"] == PAGES and item["of"] in files)
        ]  # fmt: skip

    def reason_for(self, key: str) -> str:
        """Why a question was pointed at; empty where it only followed from another answer."""
        return next((item["reason"] for item in self.request.items if item["kind"] == QUESTION and item["of"] == key), "")


def reopened(session: Session, dossier: Dossier) -> Reopened | None:
    """What the dossier's open request re-opens; None where nothing is awaited from the owner."""
    if dossier.state != State.SUPPLEMENT_REQUESTED or dossier.stage not in AWAITED:
        return None
    request = open_request(session, dossier)
    if request is None:
        return None
    procedure, on = by_hash(session, dossier.version_hash), filed_on(dossier)
    filed: Answers = latest_answers(session, dossier).content
    asked = {item["of"] for item in request.items if item["kind"] == QUESTION}
    files = {item["of"] for item in request.items if item["kind"] == PAGES}
    pointed_at = tuple(one for one in attachments_of(session, dossier) if str(one.id) in files)
    return Reopened(dossier, request, procedure, filed, on, _page(procedure, filed, asked, on), pointed_at)


def awaiting(session: Session, actor: Actor, dossier_id: uuid.UUID) -> Reopened | None:
    """The actor's own dossier by its id, locked, and what is re-opened of it; None where nothing of theirs awaits them.

    Raises:
        GuardRefused: the time to answer is over.
    """
    query = select(Dossier).where(
        Dossier.id == dossier_id, Dossier.owner_id == actor.owner_id, Dossier.state == State.SUPPLEMENT_REQUESTED
    )
    if actor.assists:
        query = query.where(Dossier.id == actor.assists.dossier_id)
    dossier = session.scalars(query.with_for_update(of=Dossier).execution_options(populate_existing=True)).first()
    open_now = reopened(session, dossier) if dossier else None
    if open_now is not None:
        move_for(Act.SUPPLY_SUPPLEMENTS, facts_of(open_now.dossier), actor)
    return open_now


def _page(procedure: Procedure, filed: Answers, asked: set[str], on: date | None) -> Page:
    called_for = _called_for(procedure, filed, on)
    questions = [question for question in unsettled_questions(procedure, filed) if question.element in asked]
    groups: list[Group] = []
    for page in procedure.definition.pages:
        questions += [
            question.model_copy(update={"when": _both(page.when, question.when)})
            for question in page.questions
            if question.element in asked or question.element not in called_for
        ]
        groups += [
            group.model_copy(update={"when": _both(page.when, group.when)})
            for group in page.groups
            if group.key in asked or group.key not in called_for
        ]
    return Page(id=PAGE_ID, title="", questions=tuple(questions), groups=tuple(groups))


def _called_for(procedure: Procedure, filed: Answers, on: date | None) -> set[str]:
    """What the dossier as it stands calls for, answered or not."""
    keys = set(filed)
    for page in shown_pages(procedure, filed, on):
        keys |= {question.element for question in shown_questions(page.questions, filed, on)}
        keys |= {group.key for group in shown_groups(page, filed, on)}
    return keys


def _both(outer: Condition, inner: Condition) -> Condition:
    return inner if outer == ALWAYS else AllOf(all=(outer, inner))


def keys_of(page: Page) -> set[str]:
    """The names under which the page answers."""
    return {question.element for question in page.questions} | {group.key for group in page.groups}


def read_reply(open_now: Reopened, form: Form) -> tuple[Answers, dict[str, list[str]]]:
    """The answers with whatever can be read of the form laid over them, and what is wrong with the rest; a registry's
    value is never among what is read.
    """
    return read_what_can_be(open_now.procedure, open_now.page, form, open_now.answers, open_now.on)


def keep_reply(session: Session, actor: Actor, code: str, form: Form) -> None:
    """Keep what the owner has typed so far, to go on with on any device. State: as before, supplement requested.

    Raises:
        NotFound: not the actor's dossier.
        IllegalMove, GuardRefused: nothing is awaited any more, or the time is over.
    """
    dossier = owned(session, actor, code, lock=True)
    move_for(Act.SUPPLY_SUPPLEMENTS, facts_of(dossier), actor)
    open_now = reopened(session, dossier)
    if open_now is None:
        raise IllegalMove("nothing is asked")
    answers = read_reply(open_now, form)[0]
    typed = {key: answer for key, answer in answers.items() if key in keys_of(open_now.page)}
    open_now.request.reply = {"answers": typed, "note": typed_note(form)}


def typed_note(form: Form) -> str:
    """What the citizen wants to say besides, in clean text without hidden signs, no longer than fits."""
    text = clean(str(form.get(NOTE_FIELD, "")))
    return "".join(sign for sign in text if not is_hidden(sign))[:LONGEST_NOTE]


def chosen_for(session: Session, open_now: Reopened, component: Component) -> list[Attachment]:
    """What was chosen so far to answer for one component."""
    return [one for one in attachments_for(session, open_now.request) if one.component_id == component.id]
