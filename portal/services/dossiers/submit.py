"""Filing a draft: exactly once, however often the button is pressed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace

import rfc8785
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.blind_index import name_tokens, tracking_hash
from portal.crypto import sha256
from portal.models import AnswersDocument, Dossier, Office
from portal.services.catalogue.answers import asked_and_shown, first_incomplete_page, unsettled_questions
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.at_counter import take_originals
from portal.services.dossiers.attach import settle
from portal.services.dossiers.attachments import Standing, filed_facts, missing, standings
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.corrections import open_corrections
from portal.services.dossiers.lifecycle import move_for
from portal.services.dossiers.newer_version import refuse_outdated
from portal.services.dossiers.numbering import next_dossier_code
from portal.services.dossiers.offices import competent_office
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.other_people import is_whom_open
from portal.services.dossiers.owner_word import CONFIRM_FIELD, CONFIRMATIONS, NOT_CONFIRMED
from portal.services.dossiers.papers import CODE_ALPHABET, acknowledgement_facts
from portal.services.dossiers.parties import household_hashes_of, parties_of
from portal.services.dossiers.queries import facts_of
from portal.services.dossiers.silent_registries import note_silent
from portal.services.dossiers.vocabulary import Act, Facts, State
from portal.services.errors import GuardRefused, InvalidInput, LevelTooLow

DECLARE_FIELD = "declare"
TRACKING_LENGTH = 8


def submit(session: Session, actor: Actor, draft_id: uuid.UUID, *, is_declared: bool, confirmed: str = "") -> Dossier:
    """File the actor's draft, or at the counter the person's; a draft that was filed already is given back as it stands.

    `confirmed`: at the counter, how the person confirmed what was written for them (`owner_word.CONFIRMATIONS`).

    State: draft -> submitted. The answers become an immutable document, and the draft's own are emptied; the papers stay
    as they are, and the history names their hashes.

    Raises:
        NotFound: not the actor's draft.
        LevelTooLow: the session's level of assurance is below the procedure's.
        InvalidInput: the declaration is not made, or at the counter the person has not confirmed.
        GuardRefused: the procedure has a newer version; a required answer, a paper or the office is missing.

    Effects: event `submitted`, acknowledgement, notice; a correction case for each value that the person disputes;
        what a silent registry did not give is to be asked for again.
    """
    dossier = draft_for(session, actor, draft_id, lock=True)
    if dossier.state != State.DRAFT:
        return dossier
    refuse_outdated(session, dossier)
    procedure = by_hash(session, dossier.version_hash)
    if actor.level < procedure.definition.assurance:
        raise LevelTooLow(procedure.definition.assurance)
    _require_word(dossier, is_declared, confirmed)
    answers: Answers = dossier.draft["answers"]
    standing = standings(session, dossier, procedure, answers)
    move = move_for(Act.SUBMIT, _facts_of_draft(dossier, procedure, answers, standing), actor)
    filed = asked_and_shown(procedure, answers)
    papers = settle(session, actor, dossier, standing)
    assisted = take_originals(actor, dossier, papers, confirmed) if dossier.filed_by is not None else {}
    open_corrections(session, dossier, procedure, filed)
    note_silent(session, dossier, procedure, filed, dossier.draft["replies"])
    _file(session, dossier, procedure, filed, actor)
    carry(
        session, dossier, move, actor, procedure,
        happened_at=dossier.submitted_at or clock.now(),
        paper=lambda: acknowledgement_facts(dossier),
        facts={
            "version": procedure.content_hash, "answers": sha256(rfc8785.dumps(filed)).hex(), "level": actor.level,
            **({"attachments": filed_facts(papers)} if papers else {}), **assisted,
        },
    )  # fmt: skip
    return dossier


def _require_word(draft: Dossier, is_declared: bool, confirmed: str) -> None:
    """The declaration, and at the counter the person's confirmation.

    Raises:
        InvalidInput: either is wanting.
    """
    errors = {} if is_declared else {DECLARE_FIELD: ["Ông/bà cần đánh dấu vào lời cam đoan trước khi nộp."]}
    if draft.filed_by is not None and confirmed not in CONFIRMATIONS:
        errors[CONFIRM_FIELD] = [NOT_CONFIRMED]
    if errors:
        raise InvalidInput(errors)


def _facts_of_draft(dossier: Dossier, procedure: Procedure, answers: Answers, standing: tuple[Standing, ...]) -> Facts:
    is_complete = (
        dossier.draft["office_code"] is not None
        and not is_whom_open(dossier, procedure)
        and not any(question.element not in answers for question in unsettled_questions(procedure, answers))
        and first_incomplete_page(procedure, answers) is None
    )
    return replace(facts_of(dossier), answers_are_complete=is_complete, papers_are_attached=not missing(standing))


def _file(session: Session, dossier: Dossier, procedure: Procedure, filed: Answers, actor: Actor) -> None:
    now = clock.now()
    definition = procedure.definition
    dossier.office = _office_today(session, procedure, filed, dossier.draft["office_code"])
    dossier.office_code = dossier.office.code
    dossier.code = next_dossier_code(session, dossier.office.code, clock.to_local(now).date())
    dossier.submitted_at = now
    dossier.confirms_draft = definition.appraisal.draft_is_confirmed and dossier.filed_by is None
    dossier.delivery = str(filed[definition.delivery_element]["value"])
    secret = "".join(secrets.choice(CODE_ALPHABET) for _ in range(TRACKING_LENGTH))
    dossier.tracking_hash = tracking_hash(dossier.code, secret)
    dossier.parties = parties_of(procedure, filed, actor, secret)
    dossier.name_tokens = name_tokens(dossier.parties["subject"]["full_name"])
    dossier.household_hashes = household_hashes_of(filed)
    document = AnswersDocument(
        data_key=dossier.data_key,
        dossier_id=dossier.id,
        round=1,
        version_hash=procedure.content_hash,
        content=filed,
        content_hash=sha256(rfc8785.dumps(filed)),
        created_at=now,
    )
    session.add(document)
    dossier.draft = None


def _office_today(session: Session, procedure: Procedure, filed: Answers, chosen: str) -> Office:
    """The office that decides on the day of filing, held as it is until the commit: it may have changed since the draft."""
    office = competent_office(session, procedure, filed, chosen)
    if office is not None:
        session.refresh(office, with_for_update={"read": True})
        office = competent_office(session, procedure, filed, chosen)
    if office is None:
        raise GuardRefused("Cơ quan đã chọn nay không giải quyết thủ tục này nữa. Mời ông/bà mở lại bước đầu để chọn lại.")
    return office
