"""Papers of invented people as the dossiers order them, sealed by an authority made for the tests."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.services.organisation.offices import SEED
from portal.services.results import seals
from portal.services.results.issue import make_signed_pdf
from tests.procedures import the_procedure

DRAWING = pytest.mark.filterwarnings(r"ignore:unclosed file .*sRGB2014\.icc:ResourceWarning")  # left open by WeasyPrint
PEM = serialization.Encoding.PEM
KINDS = (
    "acknowledgement", "form_01", "form_02", "form_03", "form_04", "payment_notice", "stop_notice", "withdrawal_record",
    "verification_record", "result", "refusal_result",
)  # fmt: skip
AUTHORITY = "Cơ quan chứng thực của bài thử"
REASON = "Thông tin khai không khớp với cơ sở dữ liệu hộ tịch."


def the_office() -> dict[str, Any]:
    """Phường Ba Đình."""
    offices: list[dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    return offices[0]


def _shown(text: str, value: Any = None) -> dict[str, Any]:
    return {"value": text if value is None else value, "text": text}


def facts_of(kind: str, full_name: str = "Phạm Thị Bích Ngọc", **changes: Any) -> dict[str, Any]:
    """Everything that a paper of the kind says."""
    common = {
        "office": the_office(),
        "issued_at": "2026-11-25T01:56:02+00:00",
        "dossier_code": "H26.31-20261125-0000001",
        "procedure_code": "1.004873",
        "procedure_name": "Cấp Giấy xác nhận tình trạng hôn nhân",
        "submitter": {
            "full_name": full_name,
            "address": "Số 41, phố Tò He, Phường Ba Đình, Thành phố Hà Nội",
            "phone": "0900000004",
            "email": "mau@thu.example",
        },
        "subject": {"full_name": full_name},
        "verification_code": "8XV7Z64ZNVEZTAK6",
        "number": 105,
        "symbol": "TTPVHCC",
        "signed_by": {"name": "Nguyễn Thị Thanh Tâm", "title": ""},
        "is_refusal": False,
        "reason": "",
        "fields": {},
    }
    return {**common, **_OWN[kind](full_name), **changes}


def _acknowledgement(_full_name: str) -> dict[str, Any]:
    sent = {"title": "Xác nhận đã nộp hồ sơ trực tuyến", "submitted_at": "2026-11-25T01:55:00+00:00"}
    return {**sent, "number": None, "symbol": None, "signed_by": {"name": "", "title": ""}}


def _form_01(_full_name: str) -> dict[str, Any]:
    return {
        "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "components": [{"name": c.name, "form": "bản điện tử", "count": 1} for c in the_procedure().definition.components],
        "sets": 1,
        "term": "3wd",
        "received_at": "2026-11-25T01:55:00+00:00",
        "promised_at": "2026-11-30T01:55:00+00:00",
        "delivery": "electronic",
        "fee_total_vnd": 6000,
        "register_year": 2026,
        "register_number": 1,
    }


def _form_03(_full_name: str) -> dict[str, Any]:
    ground = the_procedure().definition.refusal_grounds[0]
    return {"title": "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "reason": REASON, "ground": ground, "symbol": "TTPVHCC"}


def _form_02(_full_name: str) -> dict[str, Any]:
    return {
        "title": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "items": [
            {"name": "Giấy tờ chứng minh nơi cư trú", "pages": "2", "reason": "Trang hai mờ, không đọc được."},
            {"name": "Mục đích sử dụng", "pages": "", "reason": "Chưa ghi rõ dùng vào việc gì."},
        ],
        "override": "",
        "until": "2026-12-04T10:00:00+00:00",
        "is_until_midnight": False,
    }


def _form_04(_full_name: str) -> dict[str, Any]:
    return {
        "title": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
        "received_at": "2026-11-16T02:00:00+00:00",
        "promised_before": "2026-11-19T02:00:00+00:00",
        "promised_at": "2026-11-23T10:00:00+00:00",
        "reason": "Phải chờ nơi cư trú cũ trả lời xác minh.",
    }


def _payment_notice(_full_name: str) -> dict[str, Any]:
    fees = [{"label": "Lệ phí cấp Giấy xác nhận tình trạng hôn nhân", "amount_vnd": 6000}]
    signer = {"name": "Lê Thị Một Cửa", "title": "NGƯỜI LẬP THÔNG BÁO"}
    return {"title": "Thông báo nộp phí, lệ phí", "fees": fees, "fee_total_vnd": 6000, "signed_by": signer}


def _stop_notice(_full_name: str) -> dict[str, Any]:
    return {"title": "Thông báo dừng giải quyết hồ sơ", "reason": REASON, "is_final": False}


def _withdrawal_record(_full_name: str) -> dict[str, Any]:
    papers = [{"name": "ban-an-ly-hon.pdf", "pages": 3}]
    signer = {"name": "Lê Thị Một Cửa", "title": "NGƯỜI TRẢ HỒ SƠ"}
    return {"title": "Biên bản trả lại hồ sơ theo đề nghị rút", "papers": papers, "signed_by": signer}


def _verification_record(_full_name: str) -> dict[str, Any]:
    return {
        "title": "Biên bản xác minh",
        "held_at": "2026-11-13T02:30:00+00:00",
        "place": "Số 41, phố Tò He",
        "participants": "Người nộp hồ sơ; công chức hộ tịch",
        "content": "Đã xem nơi ở, đúng như lời khai.",
        "signed_by": {"name": "Phạm Văn Thụ Lý", "title": "NGƯỜI LẬP BIÊN BẢN"},
    }


def _result(full_name: str) -> dict[str, Any]:
    return {
        "title": "Giấy xác nhận tình trạng hôn nhân",
        "symbol": "UBND-XNTTHN",
        "legal_bases": ["Luật Hộ tịch 60/2014/QH13", "Nghị định số 123/2015/NĐ-CP quy định chi tiết Luật Hộ tịch"],
        "signed_by": {"name": "Trần Đình Phong", "title": ""},
        "fields": {
            "full_name": _shown(full_name),
            "date_of_birth": _shown("19/05/1985"),
            "sex": _shown("Nữ", "female"),
            "ethnicity": _shown("Ê-đê"),
            "nationality": _shown("Việt Nam"),
            "personal_id": _shown("034185900004"),
            "identity_card": _shown("số 034185900004, cấp ngày 19/05/2025, tại Bộ Công an"),
            "residence": _shown("Số 41, phố Tò He, Phường Ba Đình, Thành phố Hà Nội"),
            "residence_from": _shown("01/04/2010"),
            "purpose": _shown("Kết hôn ở nước ngoài hoặc với người nước ngoài", "marriage_abroad"),
            "period": _shown("Từ khi cư trú tại đây đến nay", "until_now"),
            "partner_name": _shown("Anna Maria Kowalska"),
            "partner_date_of_birth": _shown("14/03/1990"),
            "partner_nationality": _shown("Ba Lan"),
            "partner_document": _shown("EX0000012"),
            "partner_place": _shown("Vác-sa-va, Ba Lan"),
            "marriages": _shown(
                "với Vũ Đức Thịnh, ngày 12/03/2010; đã ly hôn ngày 15/06/2023 (Quyết định số 339/2023/QĐST-HNGĐ)"
            ),
            "conclusion": _shown("Đã ly hôn", "divorced"),
        },
    }


def _refusal_result(full_name: str) -> dict[str, Any]:
    refused = {"title": "Thông báo từ chối giải quyết hồ sơ", "is_refusal": True, "reason": REASON, "fields": {}}
    return {**_result(full_name), **refused}


_OWN = {
    "acknowledgement": _acknowledgement,
    "form_01": _form_01,
    "form_02": _form_02,
    "form_03": _form_03,
    "form_04": _form_04,
    "payment_notice": _payment_notice,
    "stop_notice": _stop_notice,
    "withdrawal_record": _withdrawal_record,
    "verification_record": _verification_record,
    "result": _result,
    "refusal_result": _refusal_result,
}


def signed_paper(kind: str, full_name: str = "Phạm Thị Bích Ngọc", **changes: Any) -> bytes:
    """The paper, drawn, finished and sealed."""
    kept_kind = "result" if kind == "refusal_result" else kind
    return make_signed_pdf(kept_kind, facts_of(kind, full_name, **changes), the_procedure().definition.result.template)


@pytest.fixture
def sealed_office(installation: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """The office with a seal that an authority of the tests vouches for, in a folder of seals of its own."""
    monkeypatch.setattr(seals, "_folder", lambda: tmp_path)
    seals.seal_of.cache_clear()
    office = the_office()
    kept, root_pem = certified_seal(AUTHORITY)
    (tmp_path / f"{office['code']}.json").write_text(json.dumps(kept), encoding="ascii")
    (tmp_path / "root-tests.pem").write_bytes(root_pem)
    yield office
    seals.seal_of.cache_clear()


def certified_seal(authority: str) -> tuple[dict[str, Any], bytes]:
    """A seal as the installation keeps it, and the root above it."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(authority, authority, root_key, root_key, is_root=True)
    certificate = _certificate("Ủy ban nhân dân phường Ba Đình", authority, key, root_key, is_root=False)
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    kept = {"key": private.decode(), "certificate": certificate.decode(), "chain": []}
    return kept, root


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, signing_key: ec.EllipticCurvePrivateKey, *, is_root: bool
) -> bytes:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text), x509.NameAttribute(NameOID.COMMON_NAME, text)])

    begun = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if is_root else {"digital_signature": True, "content_commitment": True}
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun.replace(year=2046))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(signing_key, hashes.SHA256())
        .public_bytes(PEM)
    )
