"""A check on the spot: its signed record says only what can be read."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.services.dossiers.record_verification import record_verification
from portal.services.errors import InvalidInput
from tests.filings import appraising
from tests.people import citizen, clerk, officer

SAID = {
    "held_at": "2026-11-13T09:30", "place": "Số 9 phố Mẫu", "participants": "Người nộp, công chức hộ tịch",
    "content": "Đã xem nơi ở, đúng như lời khai.",
}  # fmt: skip


@pytest.mark.parametrize("field", ["place", "participants", "content"])
@pytest.mark.parametrize("hidden", ["\u202e", "\x00", "\u200b"], ids=["turns the line round", "null", "no width"])
def test_signs_that_hide_or_turn_words_round_enter_no_signed_record(session: Session, field: str, hidden: str) -> None:
    appraiser = officer(session)
    dossier = appraising(session, citizen(session), clerk(session), appraiser)
    said = {**SAID, field: f"{SAID[field][:5]}{hidden}{SAID[field][5:]}"}
    with pytest.raises(InvalidInput) as told:
        record_verification(session, appraiser, str(dossier.code), expected_version=dossier.version, **said)
    assert set(told.value.errors) == {field}
