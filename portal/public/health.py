"""What machines ask: is the process up, can it serve, and its figures."""

from __future__ import annotations

from alembic.script import ScriptDirectory
from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

from portal.db import migration_config
from portal.public import blueprint
from portal.services.vault import scanner
from portal.web.access import public
from portal.web.database import db

SERVICE_UNAVAILABLE = 503
LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")  # a front on this machine adds one


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    try:
        found = db().execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), SERVICE_UNAVAILABLE, {"Retry-After": "5"}
    head = ScriptDirectory.from_config(migration_config("")).get_current_head()
    if found != head:
        return jsonify(status="unavailable", database="not migrated"), SERVICE_UNAVAILABLE, {"Retry-After": "30"}
    return jsonify(status="ok", uploads="scanned" if scanner.is_set() else "not scanned")


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if request.remote_addr not in LOOPBACK or any(name in request.headers for name in FORWARDED):
        raise NotFound
    return Response(generate_latest(_all_processes()), content_type=CONTENT_TYPE_LATEST)


def _all_processes() -> CollectorRegistry:
    """The figures of every web process where they share a folder, else of this one."""
    shared = CollectorRegistry()
    try:
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    except ValueError:
        return REGISTRY
    return shared
