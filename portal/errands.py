"""What the outbox orders, kind by kind: what is prepared outside any transaction, and what completes it; no rules of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import structlog
from sqlalchemy.orm import Session

from portal.auth.session import DATABASE_FAULTS, actor_again
from portal.config import settings
from portal.db import transaction
from portal.registry_work import complete_correction, prepare_correction
from portal.services.dossiers.bulk_runs import CARRY_RUN, carry_item, end_run, give_up_item, still_waiting, whose
from portal.services.dossiers.calendar import RECALCULATE_PROMISES, promised_across
from portal.services.dossiers.consequences import RELEASE_RESULT, SEND_NOTICE
from portal.services.dossiers.corrections import SEND_CORRECTION
from portal.services.dossiers.escalations import TELL_ESCALATION, escalation_letter
from portal.services.dossiers.follow_change import change_followed, look_after, note_adjusting
from portal.services.dossiers.issue import issue, make, order_of
from portal.services.dossiers.recalculate import recalculate
from portal.services.dossiers.receipts import entry_of, note_receipt
from portal.services.dossiers.return_result import release_result
from portal.services.dossiers.tell import letter_of
from portal.services.dossiers.warn import SEND_WARNING, warning_letter
from portal.services.dossiers.write_backs import FOLLOW_CHANGE, MAKE_DOCUMENT, WRITE_BACK
from portal.services.errors import GuardRefused, IllegalMove
from portal.services.notices.messages import send
from portal.services.organisation.offices import office_of
from portal.services.registries.write_back import writer
from portal.services.results.seals import ENROL_SEAL, enrol

log = structlog.get_logger()
Payload = dict[str, Any]


def _prepare_document(payload: Payload) -> Any:
    with transaction() as session:
        order = order_of(session, uuid.UUID(payload["document_id"]))
    return (order, make(order)) if order else None


def _complete_document(session: Session, payload: Payload, prepared: Any) -> None:
    if prepared is not None:
        issue(session, *prepared)


def _prepare_notice(payload: Payload) -> Any:
    with transaction() as session:
        letter = letter_of(session, uuid.UUID(payload["notice_id"]), payload["channel"])
    send(letter)
    return None


def _prepare_warning(payload: Payload) -> Any:
    with transaction() as session:
        letter = warning_letter(session, uuid.UUID(payload["account_id"]), date.fromisoformat(payload["day"]))
    if letter is not None:
        send(letter)
    return None


def _prepare_seal(payload: Payload) -> Any:
    """In the demonstration the sandbox's authority certifies the seal; a real installation is brought its own."""
    if settings().is_demo:
        with transaction() as session:
            office = office_of(session, payload["office_code"])
        enrol(office.code, office.name)
    return None


def _prepare_write_back(payload: Payload) -> Any:
    with transaction() as session:
        entry = entry_of(session, uuid.UUID(payload["write_back_id"]))
    return writer().write(entry) if entry else None


def _complete_write_back(session: Session, payload: Payload, prepared: Any) -> int | None:
    return note_receipt(session, uuid.UUID(payload["write_back_id"]), prepared) if prepared else None


def _prepare_following(payload: Payload) -> Any:
    with transaction() as session:
        followed = change_followed(session, uuid.UUID(payload["write_back_id"]))
    return look_after(writer(), *followed) if followed else None


def _complete_following(session: Session, payload: Payload, prepared: Any) -> int | None:
    return note_adjusting(session, uuid.UUID(payload["write_back_id"]), prepared)


def _prepare_escalation(payload: Payload) -> Any:
    with transaction() as session:
        letter = escalation_letter(session, uuid.UUID(payload["write_back_id"]), uuid.UUID(payload["account_id"]))
    if letter is not None:
        send(letter)
    return None


def _recalculate_promises(payload: Payload) -> None:
    """Each dossier in a transaction of its own: one that moved on meanwhile is left as it is."""
    with transaction() as session:
        ids = promised_across(session, date.fromisoformat(payload["first"]), date.fromisoformat(payload["last"]))
    for dossier_id in ids:
        each_by_itself(recalculate, dossier_id)


def each_by_itself(act: Callable[[Session, uuid.UUID], Any], dossier_id: uuid.UUID) -> bool:
    try:
        with transaction() as session:
            act(session, dossier_id)
    except (IllegalMove, GuardRefused):
        return False
    return True


def _carry_run(payload: Payload) -> None:
    """Each dossier of a run in a transaction of its own, by the duties that whoever confirmed holds at its turn."""
    run_id = uuid.UUID(payload["run_id"])
    with transaction() as session:
        positions, account_id = still_waiting(session, run_id), whose(session, run_id)
    for position in positions:
        try:
            with transaction() as session:
                carry_item(session, actor_again(session, account_id), run_id, position)
        except DATABASE_FAULTS:
            raise
        except Exception as fault:  # one dossier's fault is not the others'
            log.exception("bulk_item_failed", run_id=str(run_id), position=position, fault=type(fault).__name__)
            with transaction() as session:
                give_up_item(session, run_id, position)


def _end_run(session: Session, payload: Payload, prepared: Any) -> None:
    end_run(session, uuid.UUID(payload["run_id"]))


def _release(session: Session, payload: Payload, prepared: Any) -> None:
    release_result(session, uuid.UUID(payload["dossier_id"]))


def _nothing_more(session: Session, payload: Payload, prepared: Any) -> None:
    """What was prepared was all there was to do."""


PREPARATIONS: dict[str, Callable[[Payload], Any]] = {
    MAKE_DOCUMENT: _prepare_document,
    SEND_NOTICE: _prepare_notice,
    SEND_WARNING: _prepare_warning,
    ENROL_SEAL: _prepare_seal,
    RECALCULATE_PROMISES: _recalculate_promises,
    CARRY_RUN: _carry_run,
    WRITE_BACK: _prepare_write_back,
    FOLLOW_CHANGE: _prepare_following,
    TELL_ESCALATION: _prepare_escalation,
    SEND_CORRECTION: prepare_correction,
}
# What is done, or in how many seconds the item is taken up again.
COMPLETIONS: dict[str, Callable[[Session, Payload, Any], int | None]] = {
    MAKE_DOCUMENT: _complete_document,
    SEND_NOTICE: _nothing_more,
    SEND_WARNING: _nothing_more,
    ENROL_SEAL: _nothing_more,
    RECALCULATE_PROMISES: _nothing_more,
    CARRY_RUN: _end_run,
    RELEASE_RESULT: _release,
    WRITE_BACK: _complete_write_back,
    FOLLOW_CHANGE: _complete_following,
    TELL_ESCALATION: _nothing_more,
    SEND_CORRECTION: complete_correction,
}
