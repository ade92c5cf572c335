"""What is said of an issued paper, by its code or by its file, for as long as it may be shown to somebody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.models import IssuedDocument
from portal.services.dossiers.issue import Order, issue
from portal.services.dossiers.papers import new_verification_code
from portal.services.dossiers.queries import documents_of
from portal.services.results.verify import signature_holds, verify_by_code, verify_pdf
from portal.services.vault.keys import destroy
from tests.filings import approved
from tests.people import citizen
from tests.services.dossiers.doings import hands, result_of
from tests.services.results.papers import DRAWING, signed_paper

pytestmark = [DRAWING, pytest.mark.usefixtures("sealed_office")]
ISSUED = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def pdf(sealed_office: object) -> bytes:
    """A paper under the seal of its office."""
    return signed_paper("result")


@pytest.fixture
def paper(session: Session, pdf: bytes) -> IssuedDocument:
    """A certificate of Ba Đình, issued on 25 November 2026 and good for six months."""
    with time_machine.travel(ISSUED, tick=False):
        who = hands(session, citizen(session))
        dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
        result = result_of(session, dossier)
        issue(session, Order(result.id, result.kind, result.facts, ""), pdf)
    return result


def verdicts(session: Session, paper: IssuedDocument, pdf: bytes, moment: datetime = ISSUED) -> tuple[str, str]:
    """The verdict by the code and the verdict by the file."""
    with time_machine.travel(moment, tick=False):
        return verify_by_code(session, paper.verification_code).state, verify_pdf(session, pdf).state


def test_paper_is_valid_by_its_code_and_by_its_file(session: Session, paper: IssuedDocument, pdf: bytes) -> None:
    assert verdicts(session, paper, pdf) == ("valid", "valid")


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2027, 5, 25, 3, 0, tzinfo=UTC), "valid"),
        (datetime(2027, 5, 25, 16, 59, 59, tzinfo=UTC), "valid"),  # 23:59:59 of the last day in Vietnam
        (datetime(2027, 5, 25, 17, 0, tzinfo=UTC), "expired"),  # midnight in Vietnam, the last day at Greenwich
        (datetime(2046, 1, 1, tzinfo=UTC), "expired"),
    ],
)
def test_paper_expires_at_midnight_in_vietnam(
    session: Session, paper: IssuedDocument, pdf: bytes, moment: datetime, state: str
) -> None:
    assert verdicts(session, paper, pdf, moment) == (state, state)


def test_revoked_paper_is_revoked_at_once_and_stays_so_after_it_would_have_expired(
    session: Session, paper: IssuedDocument, pdf: bytes
) -> None:
    paper.revoked_at, paper.revocation_ground = ISSUED, "Cấp nhầm người."
    session.flush()
    assert verdicts(session, paper, pdf) == ("revoked", "revoked")
    assert verdicts(session, paper, pdf, datetime(2030, 1, 1, tzinfo=UTC)) == ("revoked", "revoked")


def test_replaced_paper_says_so_and_its_replacement_is_valid(session: Session, paper: IssuedDocument, pdf: bytes) -> None:
    slip = next(one for one in documents_of(session, paper.dossier) if one.kind == "form_01")
    issue(session, Order(slip.id, slip.kind, slip.facts, ""), pdf + b"\n")
    paper.replaced_by_id = slip.id
    paper.revoked_at, paper.revocation_ground = ISSUED, "Sai họ đệm."
    session.flush()
    assert verdicts(session, paper, pdf) == ("replaced", "replaced")
    assert verify_by_code(session, slip.verification_code).state == "valid"


def test_verdict_names_the_office_the_heading_and_the_number_and_nobody(session: Session, paper: IssuedDocument) -> None:
    said = verify_by_code(session, paper.verification_code).to_json()
    assert said == {
        "state": "valid",
        "title": "Giấy xác nhận tình trạng hôn nhân",
        "number": "01/UBND-XNTTHN",
        "office": "Ủy ban nhân dân phường Ba Đình",
        "issued_on": "2026-11-25",
    }


def test_ground_of_a_revocation_is_not_told_to_the_public(session: Session, paper: IssuedDocument) -> None:
    paper.revoked_at, paper.revocation_ground = ISSUED, "Người này đã kết hôn."
    session.flush()
    assert "kết hôn." not in json.dumps(verify_by_code(session, paper.verification_code).to_json(), ensure_ascii=False)


@pytest.mark.parametrize("state", ["unknown", "altered", "foreign"])
def test_of_a_paper_that_is_not_known_nothing_is_said(session: Session, paper: IssuedDocument, pdf: bytes, state: str) -> None:
    said = {
        "unknown": lambda: verify_by_code(session, new_verification_code()),
        "altered": lambda: verify_pdf(session, pdf + b"\n"),
        "foreign": lambda: verify_pdf(session, b"%PDF-1.7"),
    }[state]()
    assert said.to_json() == {"state": state}
    assert not said.is_known


def test_paper_that_is_ordered_and_not_yet_made_is_unknown(session: Session, pdf: bytes) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    for ordered in documents_of(session, dossier):
        assert verify_by_code(session, ordered.verification_code).state == "unknown"


@pytest.mark.parametrize("change", ["lower", "first half", "with a space", "twice"])
def test_code_that_is_nearly_right_is_unknown(session: Session, paper: IssuedDocument, change: str) -> None:
    code = paper.verification_code
    near = {"lower": code.lower() + "x", "first half": code[:8], "with a space": f"{code} ", "twice": code * 2}[change]
    assert verify_by_code(session, near).state == "unknown"


def test_paper_stays_verifiable_after_the_dossiers_content_was_destroyed(
    session: Session, paper: IssuedDocument, pdf: bytes
) -> None:
    destroy(session, paper.data_key_id)
    session.expire_all()
    assert verdicts(session, paper, pdf) == ("valid", "valid")


@tried(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_never_valid_and_its_signature_never_holds(
    session: Session, paper: IssuedDocument, pdf: bytes, where: float, how: int
) -> None:
    place = int(len(pdf) * where)
    changed = pdf[:place] + bytes([pdf[place] ^ how]) + pdf[place + 1 :]
    assert verify_pdf(session, changed).state in ("altered", "foreign")


@tried(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_signature_of_a_cut_a_lengthened_or_a_patched_paper_never_holds(pdf: bytes, data: st.DataObject) -> None:
    where = data.draw(st.integers(1, len(pdf) - 1))
    more = data.draw(st.binary(min_size=1, max_size=20))
    for changed in (pdf[:where], pdf[:where] + more + pdf[where:], pdf + more):
        assert not signature_holds(changed)
