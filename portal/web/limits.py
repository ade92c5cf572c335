"""Brakes on guessing and on heavy work: per address, answered with 429 and when to come again."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True, default_limits=[])
guesses = limiter.limit("30 per minute; 300 per hour", methods=["POST"])
looks = limiter.limit("120 per minute")
heavy = limiter.limit("20 per minute", methods=["POST"])
logins = limiter.limit("120 per minute")


def init_app(app: Flask) -> None:
    """Put the brakes on; each web process counts for itself."""
    limiter.init_app(app)
