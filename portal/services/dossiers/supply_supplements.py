"""The owner sends what was asked for: exactly once, and nothing else of the dossier changes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.crypto import sha256
from portal.models import AnswersDocument, Dossier, SupplementRequest
from portal.services.catalogue.answers import asked_and_shown, shown_groups, shown_questions, values_of
from portal.services.catalogue.handling import Component
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reading import Form
from portal.services.dossiers.attachments import attachments_for, attachments_of, filed_facts
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import move_for
from portal.services.dossiers.owner_word import require_word
from portal.services.dossiers.parties import follow_answers
from portal.services.dossiers.queries import facts_of, latest_answers, owned
from portal.services.dossiers.reasons import SHORTEST
from portal.services.dossiers.reopened import Reopened, chosen_for, keys_of, read_reply, reopened, typed_note
from portal.services.dossiers.supplements import QUESTION
from portal.services.dossiers.vocabulary import TO_COMPLETE, Act
from portal.services.errors import IllegalMove, InvalidInput, LevelTooLow, NotFound

Errors = dict[str, list[str]]
UNCHANGED = "Câu này vẫn như đã nộp. Hãy sửa lại, hoặc ghi lời giải thích ở cuối trang."
NO_PAPER = "Hãy chọn tệp mới của giấy tờ này."


def supply_supplements(session: Session, actor: Actor, code: str, request_id: uuid.UUID, *, form: Form) -> Dossier:
    """Send the answer to the request; one that was sent already is given back as it stands, however often it is pressed.

    State: supplement requested, before receipt -> submitted; after receipt -> supplied. `form`: the questions of
    `reopened.page`, and a note. The answers become the next round's document; the attachments that were pointed at are
    kept as replaced.

    Raises:
        NotFound: not the actor's dossier, or no such request of it.
        LevelTooLow: the session's level of assurance is below the procedure's.
        IllegalMove, GuardRefused: nothing is awaited any more, or the time is over.
        InvalidInput: with messages for each field; a paper's is `component.<id>`; at the counter also
            where the owner has not confirmed.

    Effects: event `supplements_supplied`, notice.
    Source: NĐ 118/2025/NĐ-CP (R4 of the one-stop rules).
    """
    dossier = owned(session, actor, code, lock=True)
    if _request(session, dossier, request_id).supplied_at is not None:
        return dossier
    move = move_for(Act.SUPPLY_SUPPLEMENTS, facts_of(dossier), actor)
    open_now = reopened(session, dossier)
    if open_now is None or open_now.request.id != request_id:
        raise IllegalMove("nothing is asked")
    if actor.level < open_now.procedure.definition.assurance:
        raise LevelTooLow(open_now.procedure.definition.assurance)
    taken = _checked(session, open_now, form)
    require_word(actor)
    now = clock.now()
    document = _file(session, open_now, taken, now)
    _settle(session, open_now, taken, form, now)
    open_now.request.closed_at = now if move.source == TO_COMPLETE else None
    follow_answers(dossier, open_now.procedure, document.content, actor)
    dossier.waits_until = None
    carry(
        session, dossier, move, actor, open_now.procedure,
        happened_at=now,
        facts={
            "round": open_now.request.round, "answers": document.content_hash.hex(), "level": actor.level,
            **_papers(session, open_now),
        },
        details={"content": typed_note(form)} if typed_note(form) else None,
    )  # fmt: skip
    return dossier


def _request(session: Session, dossier: Dossier, request_id: uuid.UUID) -> SupplementRequest:
    request = session.get(SupplementRequest, request_id, populate_existing=True)
    if request is None or request.dossier_id != dossier.id or request.requested_at is None:
        raise NotFound
    return request


def _checked(session: Session, open_now: Reopened, form: Form) -> Answers:
    """The answers as they will be filed; whatever is still wanted is told at once."""
    taken, errors = read_reply(open_now, form)
    if len(typed_note(form)) < SHORTEST:
        for key in _unchanged(open_now, taken):
            errors.setdefault(key, []).append(UNCHANGED)
    for component in open_now.components(taken):
        if not _is_answered(session, open_now, component):
            errors[f"component.{component.id}"] = [NO_PAPER]
    if errors:
        raise InvalidInput(errors)
    return taken


def _unchanged(open_now: Reopened, taken: Answers) -> list[str]:
    """The questions pointed at that the answers still call for, and that say what they said."""
    asked, page = open_now.asked(QUESTION), open_now.page
    shown = [question.element for question in shown_questions(page.questions, taken, open_now.on)]
    shown += [group.key for group in shown_groups(page, taken, open_now.on)]
    before, after = values_of(open_now.filed, open_now.on), values_of(taken, open_now.on)
    return [key for key in dict.fromkeys(shown) if key in asked and before.get(key) == after.get(key)]


def _is_answered(session: Session, open_now: Reopened, component: Component) -> bool:
    """Whether something new was chosen for a paper that was asked for; one that only follows may be there already."""
    if chosen_for(session, open_now, component):
        return True
    if component.id in open_now.components_named():
        return False
    is_needed = component.is_required and component.digitised_by == "citizen" and not component.must_present
    carried = {one.component_id for one in attachments_of(session, open_now.dossier)}
    return not is_needed or component.id in carried


def _file(session: Session, open_now: Reopened, taken: Answers, now: datetime) -> AnswersDocument:
    """The next round's document: all answers of the dossier, the changed ones among them."""
    filed = asked_and_shown(open_now.procedure, taken, open_now.on)
    document = AnswersDocument(
        data_key=open_now.dossier.data_key,
        dossier_id=open_now.dossier.id,
        round=latest_answers(session, open_now.dossier).round + 1,
        version_hash=open_now.procedure.content_hash,
        content=filed,
        content_hash=sha256(rfc8785.dumps(filed)),
        created_at=now,
    )
    session.add(document)
    return document


def _settle(session: Session, open_now: Reopened, taken: Answers, form: Form, now: datetime) -> None:
    """The request is answered: what was pointed at is replaced, and what was chosen for papers not called for is let go."""
    wanted = {component.id for component in open_now.components(taken)}
    for one in open_now.pointed_at:
        if one.component_id in wanted:
            one.replaced_at = now
    for one in attachments_for(session, open_now.request):
        if one.component_id not in wanted:
            one.removed_at = now
    typed = {key: answer for key, answer in taken.items() if key in keys_of(open_now.page)}
    open_now.request.reply = {"answers": typed, "note": typed_note(form)}
    open_now.request.supplied_at = now
    session.flush()


def _papers(session: Session, open_now: Reopened) -> dict[str, Any]:
    """What the history says of the papers that came, and of those that they replaced."""
    new = attachments_for(session, open_now.request)
    replaced = [str(one.id) for one in open_now.pointed_at if one.replaced_at is not None]
    return {**({"attachments": filed_facts(new)} if new else {}), **({"replaced": replaced} if replaced else {})}
