"""The word of a person in whose name a clerk writes at the counter: nothing is sent that they have not heard or read."""

from __future__ import annotations

from portal.auth.permissions import Actor
from portal.services.errors import InvalidInput

CONFIRMATIONS = ("read_back", "signed")
CONFIRM_FIELD = "confirmed"
NOT_CONFIRMED = "Cần ghi người nộp đã xác nhận bằng cách nào."


def require_word(actor: Actor) -> None:
    """Refuse an act at somebody's side that they have not confirmed.

    Raises:
        InvalidInput: beside `CONFIRM_FIELD`.
    """
    if actor.assists is not None and actor.assists.confirmed not in CONFIRMATIONS:
        raise InvalidInput({CONFIRM_FIELD: [NOT_CONFIRMED]})
