"""One result of an invented person, and a seal that nobody trusts, to measure drawing and signing."""

from __future__ import annotations

import datetime
import json
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.services.catalogue.loader import parse, read_folder, shipped_folders
from portal.services.dossiers.offices import SEED
from portal.services.results import seals
from portal.services.results.issue import make_signed_pdf
from portal.services.results.template import paper_html

PEM = serialization.Encoding.PEM


def facts_and_html() -> tuple[dict[str, Any], str, str]:
    """A paper's facts, its HTML and the procedure's template; its office has a seal afterwards."""
    procedure = parse(read_folder(shipped_folders()[0]))
    office = yaml.safe_load(SEED.read_text(encoding="utf-8"))[0]
    _self_signed_seal(office["code"])
    facts = {
        "title": procedure.definition.result.title, "office": office, "issued_at": "2026-11-25T02:00:00+00:00",
        "dossier_code": "H26.31-20261125-0000001", "procedure_code": procedure.code,
        "procedure_name": procedure.definition.name, "number": 1, "symbol": "UBND-XNTTHN",
        "submitter": {"full_name": "Nguyễn Thị Mẫu"}, "subject": {"full_name": "Nguyễn Thị Mẫu"},
        "verification_code": "ABCDEFGH23456789", "is_refusal": False, "reason": "",
        "legal_bases": [f"{basis.name}: {basis.title}" for basis in procedure.definition.legal_basis],
        "signed_by": {"name": "Trần Văn Ký", "title": ""},
        "fields": {name: {"value": "x", "text": f"Nội dung {name}"} for name in procedure.definition.result.fields},
    }  # fmt: skip
    return facts, paper_html("result", facts, procedure.result_template), procedure.result_template


def signed(facts: dict[str, Any], template: str) -> bytes:
    """The paper, drawn, finished and sealed."""
    return make_signed_pdf("result", facts, template)


def _self_signed_seal(office_code: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Seal of a measurement")])
    begun = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(begun).not_valid_after(begun.replace(year=2036))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    kept = {"key": private.decode(), "certificate": certificate.public_bytes(PEM).decode(), "chain": []}
    seals.seal_path(office_code).write_text(json.dumps(kept), encoding="ascii")
