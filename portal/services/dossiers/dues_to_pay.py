"""What is to be paid for a dossier, line by line, as the rules of its procedure make it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier
from portal.services.catalogue.fees import FeeLine
from portal.services.catalogue.reckoning import fee_of
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.queries import filed_on, latest_answers


def fee_lines(session: Session, dossier: Dossier, procedure: Procedure) -> tuple[FeeLine, ...]:
    """The lines of the fee on the day of receipt, or today where the dossier is not received yet."""
    answers = latest_answers(session, dossier).content
    province = dossier.office.province_code if dossier.office else ""
    on = clock.to_local(dossier.received_at).date() if dossier.received_at else clock.today()
    channel = dossier.channel
    return fee_of(procedure, answers, channel=channel, province_code=province, on=on, filed_on=filed_on(dossier))  # type: ignore[arg-type]
