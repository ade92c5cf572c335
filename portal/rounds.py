"""What the worker does again and again, and how often; no rules of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import structlog

from portal import clock
from portal.auth.permissions import SYSTEM
from portal.auth.session import DATABASE_FAULTS, forget_what_ended
from portal.crypto import SealError
from portal.db import transaction
from portal.errands import each_by_itself
from portal.registry_work import ask_silent_again, follow_corrections
from portal.services.dossiers.bulk_runs import forget_runs
from portal.services.dossiers.confirm_draft import take_silence_for_consent
from portal.services.dossiers.queries import silent_drafts
from portal.services.dossiers.scan_waiting import content_of, keep_verdict, waiting
from portal.services.dossiers.suggestions import due_agreements, keep_suggestions, looks_ahead_itself
from portal.services.dossiers.tallies import gather_tallies
from portal.services.dossiers.warn import warn_of_dues
from portal.services.notices.outbox import nudge, overdue
from portal.services.registries.prefill import ask_all, connected
from portal.services.registries.quality import qualities_of
from portal.services.registries.quality_board import keep_report
from portal.services.vault import scanner

LOOKED_AHEAD_AT_ONCE = 20
log = structlog.get_logger()


def nudge_overdue() -> int:
    """Nudge the outbox items whose jobs were lost; gives how many."""
    with transaction() as session:
        items = overdue(session)
        for item in items:
            nudge(session, item.id, item.dossier_id)
    return len(items)


def scan_waiting() -> int:
    """Scan the files that wait for it, until the scanner falls silent again; gives how many have their verdict now."""
    if not scanner.is_set():
        return 0
    with transaction() as session:
        ids = waiting(session)
    for count, attachment_id in enumerate(ids):
        try:
            with transaction() as session:
                content = content_of(session, attachment_id)
            verdict = scanner.scan(content)
        except (scanner.ScannerUnavailable, OSError, SealError) as fault:
            log.warning("file_not_scanned", attachment_id=str(attachment_id), fault=type(fault).__name__)
            if isinstance(fault, scanner.ScannerUnavailable):
                return count
            continue
        with transaction() as session:
            keep_verdict(session, attachment_id, verdict)
    return len(ids)


def take_silences_for_consent() -> int:
    """Go on with the drafts to which nobody objected within their day; gives how many."""
    with transaction() as session:
        ids = silent_drafts(session)
    return sum(each_by_itself(take_silence_for_consent, dossier_id) for dossier_id in ids)


def forget() -> None:
    """Forget logins and runs that are over."""
    with transaction() as session:
        forget_what_ended(session, clock.now())
        forget_runs(session, clock.now())


def count_quality() -> None:
    """Keep what the registries' owners count of their records."""
    for report in qualities_of(connected()).values():
        if report is not None:
            with transaction() as session:
                keep_report(session, report)


def warn() -> None:
    """Warn of terms and steps that run out."""
    with transaction() as session:
        warn_of_dues(session)


def gather() -> None:
    """Put the tallies of where dossiers stand together."""
    with transaction() as session:
        gather_tallies(session)


def look_ahead() -> None:
    """Ask the registries for some of those who agreed to be told what is due, each in a transaction of its own."""
    with transaction() as session:
        due = due_agreements(session, LOOKED_AHEAD_AT_ONCE)
    for agreement_id in due:
        try:
            _look_ahead_for(agreement_id)
        except DATABASE_FAULTS:
            raise
        except Exception as fault:  # what is wrong with one person's rows keeps nobody else waiting
            log.exception("not_looked_ahead", agreement_id=str(agreement_id), fault=type(fault).__name__)


def _look_ahead_for(agreement_id: uuid.UUID) -> None:
    """Ask for one person, unless they have ended it by the time their turn comes."""
    with transaction() as session:
        asks = looks_ahead_itself(session, agreement_id)
    if not asks:
        return
    replies = ask_all(asks)
    with transaction() as session:
        keep_suggestions(session, SYSTEM, agreement_id, asks, replies)


# Name -> when, as cron says it, and what.
ROUNDS: dict[str, tuple[str, Callable[[], Any]]] = {
    "nudge_overdue": ("* * * * *", nudge_overdue),
    "scan_waiting": ("* * * * *", scan_waiting),
    "take_silence": ("* * * * *", take_silences_for_consent),
    "gather_tallies": ("* * * * *", gather),
    "warn_of_dues": ("*/10 * * * *", warn),
    "forget_what_ended": ("*/10 * * * *", forget),
    "follow_corrections": ("* * * * * */5", follow_corrections),  # the sixth field is seconds
    "ask_silent_again": ("* * * * *", ask_silent_again),
    "count_quality": ("23 * * * *", count_quality),
    "look_ahead": ("* * * * *", look_ahead),
}
