"""The counter records that the fee was paid, with the number of its receipt."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.dues_to_pay import fee_lines
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.text import clean

LONGEST = 40


def record_payment(session: Session, actor: Actor, code: str, *, expected_version: int, receipt: str) -> Dossier:
    """Record the payment of the whole fee; `receipt` is the number of the receipt that was given for it.

    State: payment requested -> submitted (paid before receipt) or appraising. Raises:
        InvalidInput: no number, or not one.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `payment_recorded`, notice; after receipt the clock runs on.
    """
    dossier, move = for_act(session, actor, Act.RECORD_PAYMENT, code, expected_version=expected_version)
    number = clean(receipt)
    if not 0 < len(number) <= LONGEST or not all(letter.isalnum() or letter in "-/." for letter in number):
        raise InvalidInput({"receipt": ["Hãy ghi số biên lai: chữ, số, dấu gạch, dấu chấm; không quá 40 ký tự."]})
    procedure = by_hash(session, dossier.version_hash)
    dossier.paid_vnd = total_vnd(fee_lines(session, dossier, procedure))
    facts = {"amount_vnd": dossier.paid_vnd, "receipt": number}
    carry(session, dossier, move, actor, procedure, happened_at=clock.now(), facts=facts)
    return dossier
