"""Loading what ships with the portal: calendar, offices, procedures, and in the demonstration staff and seals."""

from __future__ import annotations

from collections.abc import Callable

from portal.config import settings
from portal.database_choice import transaction
from portal.demo import enrol_seals, load_staff
from portal.services.organisation.offices import seed_offices
from portal.services.organisation.working_days import seed_calendar
from portal.services.publishing.shipped import publish_shipped


def load_shipped(say: Callable[[str], None]) -> None:
    """Load it all; what is there already stays as it is.

    Raises:
        BadProcedure: a shipped procedure does not hold together.
        requests.RequestException: the sandbox does not answer (demonstration only).
    """
    with transaction() as session:
        seed_calendar(session)
        seed_offices(session)
        say(f"  {len(publish_shipped(session))} thủ tục (procedures)")
    if not settings().is_demo:
        return
    with transaction() as session:
        say(f"  {load_staff(session)} nhiệm vụ mới cho cán bộ (staff duties added)")
        say(f"  {enrol_seals(session)} con dấu số mới (seals made)")
