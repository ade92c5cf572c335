"""Figures of the web process: how many requests, how they ended, how long they took; by endpoint, never by person."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Counter("portal_requests_total", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram("portal_request_seconds", "Time to answer", ["endpoint"])
log = structlog.get_logger()


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    took = time.perf_counter() - g.get("started", time.perf_counter())
    method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
    REQUESTS.labels(endpoint, method, response.status_code).inc()
    SECONDS.labels(endpoint).observe(took)
    log.info("request", endpoint=endpoint, status=response.status_code, milliseconds=round(took * 1000, 1))
    return response


def init_app(app: Flask) -> None:
    """Measure every request."""
    app.before_request(_start)
    app.after_request(_finish)
