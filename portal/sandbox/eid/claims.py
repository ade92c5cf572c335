"""What a client learns of a person: the pairwise subject, the levels, and the claims of each consented scope."""

from __future__ import annotations

import base64
import hashlib
import hmac

from portal.sandbox.people.model import Person

LEVELS = {1: "urn:sandbox:eid:level-1", 2: "urn:sandbox:eid:level-2"}
LEVEL_OF = {urn: level for level, urn in LEVELS.items()}
AMR = {1: ("pwd",), 2: ("pwd", "otp")}

SCOPE_CLAIMS: dict[str, tuple[str, ...]] = {
    "profile": ("name", "LoaiTaiKhoan", "loginIdp"),
    "personal_id": ("SoDinhDanh", "HoVaTen", "NgayThangNamSinh"),
}
CLAIM_NAMES = {
    "name": "Họ và tên hiển thị",
    "LoaiTaiKhoan": "Loại tài khoản",
    "loginIdp": "Nơi xác thực",
    "SoDinhDanh": "Số định danh cá nhân",
    "HoVaTen": "Họ, chữ đệm và tên",
    "NgayThangNamSinh": "Ngày, tháng, năm sinh",
}


def pairwise_subject(secret: bytes, client_id: str, person: Person) -> str:
    """The same person is another `sub` at every client, and always the same at one."""
    digest = hmac.new(secret, f"{client_id}|{person.personal_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def claims_for(person: Person, scope: str) -> dict[str, str]:
    """The claims of the consented scopes."""
    name = person.eid_full_name or person.full_name
    known = {
        "name": name,
        "LoaiTaiKhoan": "1",
        "loginIdp": "MO-PHONG",
        "SoDinhDanh": person.personal_id,
        "HoVaTen": name,
        "NgayThangNamSinh": person.birth.replace("-", ""),
    }
    wanted = {claim for part in scope.split() for claim in SCOPE_CLAIMS.get(part, ())}
    return {claim: value for claim, value in known.items() if claim in wanted}


def wanted_levels(acr_values: str | None) -> tuple[int, int]:
    """The level a client would like (named first) and the lowest it accepts; both 1 when it asks for nothing."""
    levels = [LEVEL_OF[value] for value in (acr_values or "").split() if value in LEVEL_OF]
    return (levels[0], min(levels)) if levels else (1, 1)
