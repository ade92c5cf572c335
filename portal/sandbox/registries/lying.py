"""What the registries do when a fault is on: silence, noise, lies; the honest answer is made elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Response, request

from portal.sandbox.faults import Fault
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries.exchange import UNAVAILABLE, answer
from portal.sandbox.serve import reset_connection

FAULTS = {
    "down": "trả lời 503, trạng thái 99",
    "slow": "trả lời đúng nhưng chậm",
    "reset": "ngắt kết nối giữa chừng",
    "malformed": "JSON cụt",
    "html": "trang HTML thay cho JSON",
    "huge": "trả lời rất lớn",
    "trickle": "nhỏ giọt từng byte",
    "error": "lỗi 500 không có JSON",
    "other_person": "trả dữ liệu của người khác",
    "stale": "dữ liệu cũ nhiều năm",
    "future_birth": "ngày sinh ở tương lai",
    "deceased": "báo người đã mất",
    "quota": "trả lời 429: đã hỏi quá nhiều trong phút này",
}
TRANSPORT = ("down", "slow", "reset", "malformed", "html", "huge", "trickle", "error", "quota")
LIES = ("other_person", "stale", "future_birth", "deceased")
HUGE_BYTES = 64 * 1024 * 1024


def broken_transport(fault: Fault, name: str = "") -> Response | None:
    """The broken answer of a transport fault, or of the one of that name; None for `slow`, which answers in the end."""
    name = name or fault.name
    if name == "slow":
        time.sleep(fault.seconds)
        return None
    answers: dict[str, Callable[[Fault], Response]] = {
        "down": _down,
        "reset": _reset,
        "malformed": lambda _: Response('{"status": "00", "fields": {"full_name": "Nguy', mimetype="application/json"),
        "html": lambda _: Response("<!doctype html><title>Bảo trì</title><h1>Hệ thống bảo trì</h1>", mimetype="text/html"),
        "huge": lambda _: Response(_huge(), mimetype="application/json"),
        "trickle": lambda fault: Response(_trickle(fault.seconds), mimetype="application/json"),
        "quota": lambda fault: too_many(max(1, int(fault.seconds))),
        "error": lambda _: Response("Internal Server Error", 500, mimetype="text/plain"),
    }
    return answers[name](fault)


def _down(_: Fault) -> Response:
    return Response(json.dumps(answer(UNAVAILABLE, None), ensure_ascii=False), 503, mimetype="application/json")


def too_many(seconds: int) -> Response:
    """The answer to a client that has asked too often: unavailable to it for so many seconds."""
    body = answer(UNAVAILABLE, None, text="Đã hỏi quá nhiều trong phút này", flags=["quota"])
    return Response(json.dumps(body, ensure_ascii=False), 429, headers={"Retry-After": str(seconds)}, mimetype="application/json")


def _reset(_: Fault) -> Response:
    reset_connection(request.environ)
    return Response(map(_break_off, [b""]), mimetype="application/json")


def _break_off(_: bytes) -> bytes:
    # Raised before the first byte is written, so that not even the status line is sent.
    raise ConnectionResetError


def _huge() -> Iterator[bytes]:
    yield b'{"status": "00", "padding": "'
    block = b"x" * 65_536
    for _ in range(HUGE_BYTES // len(block)):
        yield block
    yield b'"}'


def _trickle(seconds: float) -> Iterator[bytes]:
    text = b'{"status": "00", "status_text": "...."}'
    for position in range(len(text)):
        time.sleep(seconds / len(text))
        yield text[position : position + 1]


def told_as(fault: Fault | None, person: Person, population: Population) -> Person:
    """Of whom the registry tells: with `other_person`, of somebody else."""
    if fault is None or fault.name != "other_person":
        return person
    return population.further(person, 7)


def distorted(fault: Fault | None, reply: dict[str, Any], stale: Mapping[str, Any]) -> dict[str, Any]:
    """The reply with the lie of the fault in it; `stale` is what the registry said years ago."""
    if fault is None:
        return reply
    fields = dict(reply["fields"])
    if fault.name == "stale":
        reply = reply | {"as_of": "2019-03-01T08:00:00+07:00", "record_version": 1}
        fields |= {name: value for name, value in stale.items() if name in fields}
    elif fault.name == "future_birth" and "date_of_birth" in fields:
        fields["date_of_birth"] = "2099-12-31"
    elif fault.name == "deceased":
        reply = reply | {"flags": ["deceased"]}
        if "death" in fields:
            fields["death"] = {"date": "2024-02-29", "kind": "dead"}
    return reply | {"fields": fields}
