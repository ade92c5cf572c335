from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.auth.provider_answers import iso_date_of_birth, reason_of


@pytest.mark.parametrize(
    ("claim", "born"),
    [
        ("19650512", "1965-05-12"), ("196505", "1965-05"), ("1965", "1965"), ("19650000", "1965"), ("196500", "1965"),
        ("19650500", "1965-05"), ("20000229", "2000-02-29"), ("19000101", "1900-01-01"),
    ],
)  # fmt: skip
def test_birth_is_taken_as_far_as_it_is_known(claim: str, born: str) -> None:
    assert iso_date_of_birth(claim) == born


@pytest.mark.parametrize(
    "claim",
    [
        "", "0", "00000000", "0000", "19651301", "19650532", "20010229", "196513", "1965-05-12", "12/05/1965", "1965051",
        "196505123", "１９６５０５１２", "abcd", " 1965", "1965\n",
    ],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_not_taken(claim: str) -> None:
    assert iso_date_of_birth(claim) is None


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{4,8}", fullmatch=True)))
def test_no_claim_breaks_the_reading_and_what_is_read_is_iso(claim: str) -> None:
    born = iso_date_of_birth(claim)
    assert born is None or born.replace("-", "") == claim[: len(born.replace("-", ""))]


@given(st.text(max_size=30), st.text(max_size=30))
def test_every_error_has_one_of_our_reasons(error: str, description: str) -> None:
    assert reason_of(error, description) == "refused"


def test_refusal_of_a_closed_account_is_told_from_a_refused_consent() -> None:
    assert reason_of("access_denied", "account_locked") == "account_closed"
    assert reason_of("access_denied", "the person said no") == "denied"
    assert reason_of("server_error", "account_locked") == "unavailable"
