"""Structured logs: one JSON line an event, with ids and codes, never with names, numbers or what was typed."""

from __future__ import annotations

import json
import logging
import sys

import structlog


def set_up_logs() -> None:
    """JSON lines on standard error, in UTC; line breaks and control characters are escaped by JSON itself."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_messages_of_errors,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_KindOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _KindOnly(logging.Formatter):
    """Of a library's own log line, only who says it, how loudly, and the kind of error: its words may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        return json.dumps({"logger": record.name, "level": record.levelname.lower(), "error": error})


def _without_messages_of_errors(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep where an error arose and its kind; its message may quote what a person typed."""
    if event.pop("exc_info", None):
        kind, _value, trace = sys.exc_info()
        if kind is not None:
            event["error"] = kind.__name__
        frames = []
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-8:]
    return event
