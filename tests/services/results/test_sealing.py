"""Sealing and checking: what is signed holds, and whatever was done to it afterwards is found out."""

from __future__ import annotations

import io
import json
import subprocess
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy.orm import Session

from portal.services.results.finish import finish
from portal.services.results.render import draw
from portal.services.results.seals import SealMissing
from portal.services.results.sign import sign
from portal.services.results.template import paper_html
from portal.services.results.verify import names_a_seal_of_ours, signature_holds, verify_by_code, verify_pdf
from tests.procedures import the_procedure
from tests.services.results.papers import AUTHORITY, DRAWING, certified_seal, facts_of, signed_paper

pytestmark = [pytest.mark.usefixtures("sealed_office"), DRAWING]
JUNK = {
    "nothing": b"",
    "words": "Giấy này có thật".encode(),
    "only a head": b"%PDF-1.7\n",
    "a broken table": b"%PDF-1.7\n" + b"\x00\xff" * 5_000 + b"\nstartxref\n99999999999\n%%EOF",
    "a table that leads to itself": b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer << /Prev 9 >>\nstartxref\n9\n%%EOF",
    "ten megabytes": b"%PDF-1.7\n" + b"7" * 10_000_000,
    "nested without end": b"%PDF-1.7\n1 0 obj\n" + b"[" * 50_000 + b"\nendobj\nstartxref\n9\n%%EOF",
}


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    facts = facts_of("result")
    html = paper_html("result", facts, the_procedure().definition.result.template)
    return finish(draw(html, {}, title=facts["title"], made_at=datetime.fromisoformat(facts["issued_at"])))


def sealed(pdf: bytes, office_code: str = "H26.31") -> bytes:
    return sign(pdf, office_code, office_name="Ủy ban", signer_name="Trần Đình Phong", reason="Cấp giấy", place="Ba Đình")


@pytest.fixture
def paper(sealed_office: object, unsigned: bytes) -> bytes:
    return sealed(unsigned)


def test_a_signed_paper_holds(paper: bytes) -> None:
    assert signature_holds(paper)
    assert names_a_seal_of_ours(paper)


def test_another_reader_agrees(paper: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper)
    said = subprocess.run(["pdfsig", "-nocert", str(path)], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("where", [0.1, 0.5, 0.95])
def test_one_changed_byte_is_found_out(paper: bytes, where: float) -> None:
    place = int(len(paper) * where)
    changed = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
    assert not signature_holds(changed)


def test_what_is_added_after_the_signature_is_found_out(paper: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    added = out.getvalue()
    assert added.startswith(paper)
    assert len(added) > len(paper)
    assert not signature_holds(added)
    assert names_a_seal_of_ours(added), "it is still known as one of ours, altered"
    assert not signature_holds(paper + b"\n% more")


def test_a_paper_written_anew_is_found_out(paper: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as document:
        document.save(out)
    assert not signature_holds(out.getvalue())
    assert names_a_seal_of_ours(out.getvalue())


def keep_seal(folder: Path, office_code: str, authority: str) -> None:
    kept, _root = certified_seal(authority)
    (folder / f"{office_code}.json").write_text(json.dumps(kept), encoding="ascii")


def test_the_seal_of_a_stranger_is_no_offices(unsigned: bytes, tmp_path: Path) -> None:
    keep_seal(tmp_path, "KE-LA", "Cơ quan chứng thực của kẻ lạ")
    forged = sealed(unsigned, "KE-LA")
    assert not signature_holds(forged)
    assert not names_a_seal_of_ours(forged)


def test_a_stranger_who_calls_their_authority_by_our_name_does_not_hold(unsigned: bytes, tmp_path: Path) -> None:
    keep_seal(tmp_path, "KE-GIAN", AUTHORITY)
    assert not signature_holds(sealed(unsigned, "KE-GIAN"))


def test_an_office_without_a_seal_signs_nothing(unsigned: bytes) -> None:
    with pytest.raises(SealMissing):
        sealed(unsigned, "H26.99")


def test_a_paper_that_was_never_issued_here_is_not_vouched_for(session: Session, paper: bytes, unsigned: bytes) -> None:
    assert verify_pdf(session, paper).state == "altered", "sealed by an office, yet not what the portal issued"
    assert verify_pdf(session, unsigned).state == "foreign"
    assert verify_by_code(session, "8XV7Z64ZNVEZTAK6").state == "unknown"


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_no_file_however_broken_is_more_than_foreign(session: Session, junk: bytes) -> None:
    assert verify_pdf(session, junk).state == "foreign"
    assert not signature_holds(junk)


def test_a_locked_file_is_foreign(session: Session, unsigned: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(unsigned)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="chủ", user="khoá"))
    assert verify_pdf(session, out.getvalue()).state == "foreign"


def test_every_kind_of_paper_is_sealed_in_one_signature(sealed_office: object) -> None:
    for kind in ("acknowledgement", "form_01", "form_03", "refusal_result"):
        pdf = signed_paper(kind)
        assert signature_holds(pdf), kind
        assert pdf.count(b"/ByteRange") == 1, kind
