"""What was typed into a form after its session had ended: sealed for the same account, given back after its next login."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session

from portal import clock
from portal.auth.session import DATABASE_FAULTS, UNSENT, current_actor, session_of_request
from portal.config import settings
from portal.crypto import SealError, seal, unseal
from portal.db import transaction
from portal.models import Account

CONTEXT = "login_sessions.unsent"
LARGEST_BYTES = 60_000


@dataclass(frozen=True)
class Unsent:
    """A form that waits to be sent again."""

    path: str
    fields: list[tuple[str, str]]


def keep_unsent(form: Unsent) -> bool:
    """Keep the form with this browser, for the account whose session has just run out or must step up; whether it could be."""
    account_id = session_of_request().former_account_id or current_actor().account_id
    content = json.dumps([form.path, form.fields]).encode()
    if account_id is None or not form.fields or len(content) > LARGEST_BYTES:
        return False
    try:
        with transaction() as database:
            sealed = seal(database.get_one(Account, account_id).open_data_key(), content, CONTEXT)
    except DATABASE_FAULTS:
        return False
    kept = {"account": str(account_id), "at": clock.now().isoformat(), "form": b64encode(sealed).decode()}
    session[UNSENT] = kept
    return True


def unsent_form() -> Unsent | None:
    """The form that waits for whoever is logged in, for as long as an unused session would have lived."""
    kept = session.get(UNSENT)
    actor = current_actor()
    if kept is None or kept["account"] != str(actor.account_id):
        return None
    if clock.now() - datetime.fromisoformat(kept["at"]) > timedelta(minutes=settings().session_idle_minutes):
        return None
    with transaction() as database:
        key = database.get_one(Account, actor.account_id).open_data_key()
    try:
        path, fields = json.loads(unseal(key, b64decode(kept["form"]), CONTEXT))
    except SealError:
        return None
    return Unsent(path, [(name, value) for name, value in fields])
