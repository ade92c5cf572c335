"""An administrator's forms as a browser fills them in: the version that the page carries, days in their three boxes."""

from __future__ import annotations

import re
import uuid
from html import unescape

from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock, db
from portal.blind_index import personal_id_hash
from portal.models import StaffDuty, StaffMember
from tests.visitors import Visitor

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def day_boxes(name: str, iso: str) -> dict[str, str]:
    """A day as its three boxes."""
    return dict(zip((f"{name}.year", f"{name}.month", f"{name}.day"), iso.split("-"), strict=True))


def today_boxes(name: str) -> dict[str, str]:
    """Today in its three boxes."""
    return day_boxes(name, clock.today().isoformat())


def carried(page: TestResponse) -> dict[str, str]:
    """What the page's forms carry unseen."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page.text) if name != "csrf_token"}


def typed(page: TestResponse) -> dict[str, str]:
    """What stands in the page's boxes, areas and lists."""
    boxes = dict(re.findall(r'<input class="govuk-input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text))
    areas = dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL))
    lists = re.findall(r'<select[^>]* name="([^"]+)".*?</select>', page.text, re.DOTALL)
    chosen = {name: _chosen(name, page.text) for name in lists}
    return {name: unescape(value) for name, value in (boxes | areas | chosen).items()}


def _chosen(name: str, text: str) -> str:
    found = re.search(rf'<select[^>]* name="{name}"(.*?)</select>', text, re.DOTALL)
    option = re.search(r'<option value="([^"]*)" selected', found[1] if found else "")
    return option[1] if option else ""


def fill(browser: Visitor, path: str, form: dict[str, str]) -> TestResponse:
    """Open the form's page, fill it in over what stands there, and send it with the version that it carries."""
    page = browser.get(path)
    assert page.status_code == 200, page.text[:1000]
    return browser.post(path, {**carried(page), **typed(page), **form})


def member_of(personal_id: str) -> uuid.UUID:
    """The member of staff."""
    with db.transaction() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.subject_hash == personal_id_hash(personal_id))).one()


def duty_of(personal_id: str) -> uuid.UUID:
    """The member's one duty that has not ended."""
    with db.transaction() as session:
        query = select(StaffDuty.id).where(StaffDuty.member_id == member_of(personal_id), StaffDuty.ended_at.is_(None))
        return session.scalars(query).one()
