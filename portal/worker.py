"""The background entrance: carries out the outbox (`errands`), goes its `rounds`, and takes up what was lost; no rules."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog
from procrastinate.jobs import Job
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.config import settings
from portal.db import transaction
from portal.errands import COMPLETIONS, PREPARATIONS
from portal.logs import set_up_logs
from portal.rounds import ROUNDS, nudge_overdue
from portal.services.notices.outbox import CARRY_OUT, QUEUE, take
from portal.services.vault import scanner

log = structlog.get_logger()
SLOTS = 2
LOOK_EVERY_SECONDS = 0.3  # a job behind its dossier's lock is found by looking, not by a notification
RETRY = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)
HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 6.0
PAUSE_SECONDS = 1.0


class NotYet(Exception):
    """Nothing failed, but the item is not carried out either: it is taken up again in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Patience(procrastinate.BaseRetryStrategy):
    """What is not yet carried out comes again when it asked to, however often; what failed comes again as `RETRY` says."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """When the job comes again, if it does."""
        if isinstance(exception, NotYet):
            return procrastinate.RetryDecision(retry_in={"seconds": exception.seconds})
        return RETRY.get_retry_decision(exception=exception, job=job)


def worker_app(database_url: str) -> procrastinate.App:
    """The queue's application over one database, with its tasks."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))
    app.task(name=CARRY_OUT, queue=QUEUE, retry=Patience())(carry_out)

    @app.periodic(cron="* * * * * */3")  # the sixth field is seconds
    @app.task(name="take_up_stalled", queue=QUEUE, queueing_lock="take_up_stalled")
    async def take_up_stalled(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await app.job_manager.retry_job(job)

    for name, (cron, work) in ROUNDS.items():
        app.periodic(cron=cron)(app.task(name=name, queue=QUEUE, queueing_lock=name)(_round(work)))
    return app


def _round(work: Callable[[], Any]) -> Callable[[int], None]:
    def go_round(timestamp: int) -> None:
        work()

    return go_round


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
            again_in = COMPLETIONS[kind](session, payload, prepared)
            item.done_at = clock.now() if again_in is None else None
            item.last_error = None
    except Exception as fault:
        _note_failure(item_id, fault)
        raise
    if again_in is not None:
        raise NotYet(again_in)


def _note_failure(item_id: str, fault: Exception) -> None:
    log.warning("outbox_item_failed", item_id=item_id, fault=type(fault).__name__)
    with transaction() as session:
        item = take(session, uuid.UUID(item_id))
        if item is not None:
            item.last_error = type(fault).__name__


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
