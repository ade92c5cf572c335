"""Whether an office lets the portal assign its dossiers by rule when they are forwarded; the rule itself is the dossiers'."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.services.errors import InvalidInput
from portal.services.organisation.offices import KIND, locked_office
from portal.services.organisation.turns import note_change, take_turn

CHOICES = {"rule": True, "people": False}


def choose_assignment(session: Session, actor: Actor, code: str, who: str, *, expected_version: int) -> None:
    """Let the rule assign the office's dossiers (`who`: rule) or the people of the office (people), from the next one on.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        NotFound, EditedMeanwhile: as `offices.locked_office`.
        InvalidInput: under `who`.

    Effects: change `assignment_chosen`, where something did change.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    office = locked_office(session, code, expected_version)
    if who not in CHOICES:
        raise InvalidInput({"who": ["Hãy chọn ai phân công hồ sơ."]})
    before = {"assigns_automatically": office.assigns_automatically}
    office.assigns_automatically = CHOICES[who]
    after = {"assigns_automatically": office.assigns_automatically}
    if after != before:
        note_change(
            session, actor, office, kind=KIND, subject_id=code, verb="assignment_chosen", before=before, after=after
        )  # fmt: skip
