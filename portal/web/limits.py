"""Brakes on guessing and on heavy work: per address, answered with 429 and when to come again."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.auth.session import current_actor

UNPROCESSABLE = 422
NOT_FOUND = 404  # only a guess that missed counts, so that an office behind one address is not locked out by using the portal
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True, default_limits=[])
guesses = limiter.limit(
    "30 per minute; 300 per hour", methods=["POST"], deduct_when=lambda answer: answer.status_code == NOT_FOUND
)
looks = limiter.limit("120 per minute")
heavy = limiter.limit("20 per minute", methods=["POST"])
logins = limiter.limit("120 per minute")
uploading = limiter.limit("60 per minute", key_func=lambda: current_actor().id, methods=["POST"])
previews = limiter.limit("60 per minute", key_func=lambda: current_actor().id)
asking_registries = limiter.limit("20 per minute", key_func=lambda: current_actor().id, methods=["POST"])
helping = limiter.limit(
    "10 per 10 minutes; 60 per day",
    key_func=lambda: current_actor().id,
    methods=["POST"],
    deduct_when=lambda answer: answer.status_code == UNPROCESSABLE,  # codes and cards that do not belong together
)
downloading = limiter.limit("6 per hour", key_func=lambda: current_actor().id, methods=["POST"])  # everything, or a paper to draw
rehearsing = limiter.limit("20 per minute", key_func=lambda: current_actor().id)  # each takes seconds of a processor


def init_app(app: Flask) -> None:
    """Put the brakes on; each web process counts for itself."""
    limiter.init_app(app)
