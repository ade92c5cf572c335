"""A check on the spot, with the citizen present, is written down and signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.text import clean, refused_characters

LONGEST = 300


def record_verification(
    session: Session, actor: Actor, code: str, *, expected_version: int, held_at: str, place: str, participants: str, content: str
) -> Dossier:
    """Record a verification: when (`2026-11-25T09:30`, local), where, who took part, what was found. State: as before.

    Raises:
        InvalidInput: with messages for each field.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `verification_recorded`; the record as a paper.
    Source: NĐ 118/2025/NĐ-CP (R30 of the one-stop rules: time, place, participants and content of a check on the spot).
    """
    dossier, move = for_act(session, actor, Act.RECORD_VERIFICATION, code, expected_version=expected_version)
    record = _checked(held_at, place, participants, content)
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=clock.now(),
        paper=lambda: {**record, "signed_by": {"name": actor.display_name, "title": "NGƯỜI LẬP BIÊN BẢN"}},
        details=record,
    )  # fmt: skip
    return dossier


def _checked(held_at: str, place: str, participants: str, content: str) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    moment = _moment(held_at, errors)
    words = {"place": clean(place), "participants": clean(participants)}
    for name, text in words.items():
        if not 0 < len(text) <= LONGEST:
            errors[name] = ["Hãy ghi phần này, không quá 300 ký tự."]
        elif refused_characters(text):
            errors[name] = ["Có ký tự không dùng được ở đây."]
    try:
        content = checked_reason(content, "content")
    except InvalidInput as wrong:
        errors |= wrong.errors
    if errors:
        raise InvalidInput(errors)
    return {"held_at": moment, **words, "content": content}


def _moment(text: str, errors: dict[str, list[str]]) -> str:
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=clock.LOCAL)
    except ValueError:
        errors["held_at"] = ["Hãy ghi ngày giờ xác minh."]
        return ""
    if moment > clock.now():
        errors["held_at"] = ["Giờ xác minh không thể ở sau lúc này."]
    return moment.isoformat()
