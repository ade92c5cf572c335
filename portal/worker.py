"""The background entrance: carries out the outbox, and sweeps what was lost; it holds no rules of its own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import procrastinate
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.session import DATABASE_FAULTS, actor_again, forget_what_ended
from portal.config import settings
from portal.crypto import SealError
from portal.db import transaction
from portal.logs import set_up_logs
from portal.services.dossiers.bulk_runs import CARRY_RUN, carry_item, end_run, forget_runs, give_up_item, still_waiting, whose
from portal.services.dossiers.calendar import RECALCULATE_PROMISES, promised_across
from portal.services.dossiers.confirm_draft import take_silence_for_consent
from portal.services.dossiers.consequences import MAKE_DOCUMENT, RELEASE_RESULT, SEND_NOTICE
from portal.services.dossiers.issue import issue, make, order_of
from portal.services.dossiers.queries import silent_drafts
from portal.services.dossiers.recalculate import recalculate
from portal.services.dossiers.return_result import release_result
from portal.services.dossiers.scan_waiting import content_of, keep_verdict, waiting
from portal.services.dossiers.tallies import gather_tallies
from portal.services.dossiers.tell import letter_of
from portal.services.dossiers.warn import SEND_WARNING, warn_of_dues, warning_letter
from portal.services.errors import GuardRefused, IllegalMove
from portal.services.notices.messages import send
from portal.services.notices.outbox import CARRY_OUT, QUEUE, overdue, take
from portal.services.notices.outbox import nudge as nudge_item
from portal.services.organisation.offices import office_of
from portal.services.results.seals import ENROL_SEAL, enrol
from portal.services.vault import scanner

log = structlog.get_logger()
SLOTS = 2
LOOK_EVERY_SECONDS = 0.3  # a job behind its dossier's lock is found by looking, not by a notification
RETRY = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)
HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 6.0
PAUSE_SECONDS = 1.0
Payload = dict[str, Any]


def worker_app(database_url: str) -> procrastinate.App:
    """The queue's application over one database, with its tasks."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))
    app.task(name=CARRY_OUT, queue=QUEUE, retry=RETRY)(carry_out)

    @app.periodic(cron="* * * * * */3")  # the sixth field is seconds
    @app.task(name="take_up_stalled", queue=QUEUE, queueing_lock="take_up_stalled")
    async def take_up_stalled(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await app.job_manager.retry_job(job)

    @app.periodic(cron="* * * * *")
    @app.task(name="nudge_overdue", queue=QUEUE, queueing_lock="nudge_overdue")
    def nudge(timestamp: int) -> None:
        nudge_overdue()

    @app.periodic(cron="* * * * *")
    @app.task(name="scan_waiting", queue=QUEUE, queueing_lock="scan_waiting")
    def scan(timestamp: int) -> None:
        scan_waiting()

    @app.periodic(cron="* * * * *")
    @app.task(name="take_silence", queue=QUEUE, queueing_lock="take_silence")
    def take_silence(timestamp: int) -> None:
        take_silences_for_consent()

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="warn_of_dues", queue=QUEUE, queueing_lock="warn_of_dues")
    def warn(timestamp: int) -> None:
        with transaction() as session:
            warn_of_dues(session)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="forget_what_ended", queue=QUEUE, queueing_lock="forget_what_ended")
    def forget(timestamp: int) -> None:
        with transaction() as session:
            forget_what_ended(session, clock.now())
            forget_runs(session, clock.now())

    @app.periodic(cron="* * * * *")
    @app.task(name="gather_tallies", queue=QUEUE, queueing_lock="gather_tallies")
    def gather(timestamp: int) -> None:
        with transaction() as session:
            gather_tallies(session)

    return app


def carry_out(item_id: str) -> None:
    """Carry one outbox item out. At least once is enough: each kind is idempotent by its rows."""
    with transaction() as session:
        item = take(session, uuid.UUID(item_id))
        if item is None:
            return
        kind, payload = item.kind, dict(item.payload)
        item.attempts += 1
    try:
        prepare = PREPARATIONS.get(kind)
        prepared = prepare(payload) if prepare else None
        with transaction() as session:
            item = take(session, uuid.UUID(item_id))
            if item is None:
                return
            COMPLETIONS[kind](session, payload, prepared)
            item.done_at = clock.now()
            item.last_error = None
    except Exception as fault:
        _note_failure(item_id, fault)
        raise


def _note_failure(item_id: str, fault: Exception) -> None:
    log.warning("outbox_item_failed", item_id=item_id, fault=type(fault).__name__)
    with transaction() as session:
        item = take(session, uuid.UUID(item_id))
        if item is not None:
            item.last_error = type(fault).__name__


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


def _recalculate_promises(payload: Payload) -> None:
    """Each dossier in a transaction of its own: one that moved on meanwhile is left as it is."""
    with transaction() as session:
        ids = promised_across(session, date.fromisoformat(payload["first"]), date.fromisoformat(payload["last"]))
    for dossier_id in ids:
        _each_by_itself(recalculate, dossier_id)


def _each_by_itself(act: Callable[[Session, uuid.UUID], Any], dossier_id: uuid.UUID) -> bool:
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
}
COMPLETIONS: dict[str, Callable[[Session, Payload, Any], None]] = {
    MAKE_DOCUMENT: _complete_document,
    SEND_NOTICE: _nothing_more,
    SEND_WARNING: _nothing_more,
    ENROL_SEAL: _nothing_more,
    RECALCULATE_PROMISES: _nothing_more,
    CARRY_RUN: _end_run,
    RELEASE_RESULT: _release,
}


def nudge_overdue() -> int:
    """Nudge the outbox items whose jobs were lost; gives how many."""
    with transaction() as session:
        items = overdue(session)
        for item in items:
            nudge_item(session, item.id, item.dossier_id)
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
    return sum(_each_by_itself(take_silence_for_consent, dossier_id) for dossier_id in ids)


def run_worker() -> None:
    """Work until told to stop; jobs that a killed worker left behind are taken up at once.

    When the queue itself fails under the worker (the database went away, or another worker took this one for dead), it
    begins again: what it held is taken up like the jobs of any dead worker.
    """
    set_up_logs()
    log.info("uploads_are_scanned" if scanner.is_set() else "uploads_are_not_scanned", setting="PORTAL_CLAMD")
    while not _work_until_told_to_stop():
        time.sleep(PAUSE_SECONDS)


def _work_until_told_to_stop() -> bool:
    """Whether the worker was told to stop; it was not where the queue failed under it."""
    try:
        nudge_overdue()
        app = worker_app(settings().database_url)
        with app.open():
            app.run_worker(
                queues=[QUEUE],
                concurrency=SLOTS,
                install_signal_handlers=True,
                shutdown_graceful_timeout=20,
                delete_jobs="successful",
                fetch_job_polling_interval=LOOK_EVERY_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
            )
    except (procrastinate.exceptions.ConnectorException, OperationalError) as fault:
        log.warning("queue_failed", fault=type(fault).__name__, cause=type(fault.__cause__).__name__)
        return False
    return True


def drain() -> None:
    """Carry out everything that waits, then stop (for rehearsals and tests)."""
    app = worker_app(settings().database_url)
    with app.open():
        app.run_worker(queues=[QUEUE], concurrency=1, wait=False, install_signal_handlers=False, delete_jobs="successful")
