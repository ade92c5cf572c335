"""What the worker does with registries by itself: no database is held while one is asked, and no rule is here."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.services.dossiers.ask_again import keep_answer, let_ended_go, next_silent
from portal.services.dossiers.follow_corrections import (
    Question,
    escalate_late,
    keep_renewal,
    keep_verdict,
    next_question,
)
from portal.services.dossiers.send_correction import correction_order, keep_receipt
from portal.services.registries.corrections import NoAnswer, Receipt, correction_desk
from portal.services.registries.exchange import Outcome
from portal.services.registries.patience import CORRECTIONS, SILENT, patience
from portal.services.registries.prefill import connected, registries

log = structlog.get_logger()
Payload = dict[str, Any]


def prepare_correction(payload: Payload) -> Receipt | None:
    """Send the case; None where nothing is to be sent any more.

    Raises:
        NoAnswer: the register did not confirm it; the outbox tries again, under the same number.
    """
    with transaction() as session:
        order = correction_order(session, uuid.UUID(payload["case_id"]), payload["round"])
    return correction_desk().send(order) if order else None


def complete_correction(session: Session, payload: Payload, receipt: Receipt | None) -> None:
    """Write down that the register has it."""
    if receipt is not None:
        keep_receipt(session, uuid.UUID(payload["case_id"]), payload["round"], receipt)


def follow_corrections() -> int:
    """Ask what became of the cases whose time has come, so many in a minute; gives how many were asked for."""
    with transaction() as session:
        escalate_late(session)
    for count in range(patience()[CORRECTIONS].per_minute):
        with transaction() as session:
            question = next_question(session)
        if question is None:
            return count
        _follow(question)
    return patience()[CORRECTIONS].per_minute


def _follow(question: Question) -> None:
    if question.ask is not None:
        client = registries().get(question.registry)
        reply = client.look_up(question.ask) if client else None
        if reply is not None:
            with transaction() as session:
                keep_renewal(session, question.case_id, question.ask, reply)
        return
    try:
        verdict = correction_desk().look(question.registry, question.reference, question.personal_id, question.path)
    except NoAnswer:
        return  # it is asked again when its time comes
    with transaction() as session:
        keep_verdict(session, question.case_id, verdict)


def ask_silent_again() -> int:
    """Ask the registries again that gave nothing while a dossier was filled in, so many in a minute; one that keeps silent is
    left alone until the next time. Gives how many were asked.
    """
    silent: set[str] = set()
    with transaction() as session:
        let_ended_go(session)
    for count in range(patience()[SILENT].per_minute):
        with transaction() as session:
            one = next_silent(session, connected(), silent)
        if one is None:
            return count
        reply = registries()[one.registry].look_up(one.ask)
        with transaction() as session:
            keep_answer(session, one.row_id, one.ask, reply)
        if reply.outcome is Outcome.UNAVAILABLE:
            silent.add(one.registry)
    return patience()[SILENT].per_minute
