"""JSON bodies of requests, read without trusting them."""

from __future__ import annotations

from typing import Any

from flask import request


def json_body() -> Any:
    """The body as JSON; None when it is none, or nested so deeply that it is not meant to be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def json_object() -> dict[str, Any]:
    """The body when it is an object, else an empty one."""
    body = json_body()
    return body if isinstance(body, dict) else {}
