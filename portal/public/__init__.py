"""The open desk: verify a paper, look a dossier up by its code, and what machines ask of the process."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from portal.public import board, health, language, styleguide, track, verify  # noqa: E402, F401 (their routes stand on the blueprint above)
