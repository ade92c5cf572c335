"""The provider's misdeeds, for trying a client: forged ID tokens and broken answers, each only when switched on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Response
from joserfc import jwt
from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from portal.sandbox.eid.provider import Provider

TOKEN_FAULTS = {
    "wrong_nonce": "nonce khác",
    "no_nonce": "không có nonce",
    "wrong_iss": "iss trong mã định danh sai",
    "iss_trailing_slash": "iss thừa dấu gạch chéo",
    "wrong_aud": "aud của bên khác",
    "aud_azp": "aud của bên khác, azp là bên này",
    "aud_list_no_azp": "aud nhiều bên, không có azp",
    "azp_other": "aud nhiều bên, azp của bên khác",
    "lowered_acr": "acr thấp hơn mức đã hỏi",
    "no_acr": "không có acr",
    "stale_auth_time": "auth_time từ hôm qua",
    "no_auth_time": "không có auth_time",
    "expired": "đã hết hạn",
    "iat_future": "iat ở tương lai",
    "nbf_future": "nbf ở tương lai",
    "no_exp": "không có exp",
    "no_sub": "không có sub",
    "no_sid": "không có sid",
    "alg_none": "không ký",
    "hs256_public_key": "ký HS256 bằng khóa công khai",
    "bad_signature": "chữ ký hỏng",
    "empty_signature": "chữ ký rỗng",
    "unknown_kid": "kid lạ",
    "kid_path": "kid là đường dẫn",
    "own_jwk": "tự mang khóa trong phần đầu",
}
FAULTS = TOKEN_FAULTS | {
    "wrong_iss_parameter": "tham số iss của trả lời sai",
    "missing_iss_parameter": "trả lời không có tham số iss",
    "missing_id_token": "không có id_token",
    "access_token_as_id_token": "id_token là một chuỗi vô nghĩa",
    "userinfo_sub_mismatch": "userinfo có sub khác",
    "metadata_issuer": "siêu dữ liệu ghi bên phát hành khác",
    "error_html": "trả lỗi có HTML trong error_description",
    "slow": "chậm",
    "error_500": "lỗi 500",
    "garbage": "trả lời vô nghĩa",
    "huge": "trả lời rất lớn",
    "jwks_down": "không lấy được khóa",
    "jwks_garbage": "bộ khóa vô nghĩa",
    "down": "503 ở mọi nơi",
}
WIRE_FAULTS = ("slow", "error_500", "garbage", "huge", "down")
HUGE_BYTES = 64 * 1024 * 1024


def has_fault(provider: Provider, name: str) -> bool:
    """Whether this fault is on; spends one of its count."""
    return provider.faults.take(name) is not None


def broken_answer(provider: Provider) -> Response | None:
    """The broken answer that a wire fault gives in place of any answer of the provider."""
    fault = provider.faults.take(*WIRE_FAULTS)
    if fault is None:
        return None
    if fault.name == "slow":
        time.sleep(fault.seconds)
        return None
    return {
        "error_500": lambda: Response("Internal Server Error", 500, mimetype="text/plain"),
        "garbage": lambda: Response(b'{"access_token": \xff\xfe<<<', mimetype="application/json"),
        "huge": lambda: Response(_huge(), mimetype="application/json"),
        "down": lambda: Response("Tạm dừng phục vụ", 503, {"Retry-After": "30"}, mimetype="text/plain"),
    }[fault.name]()


def _huge() -> Iterator[bytes]:
    yield b'{"padding": "'
    for _ in range(HUGE_BYTES // 65_536):
        yield b"x" * 65_536
    yield b'"}'


def forged_token(provider: Provider, honest: str) -> str:
    """The honest token, or what a fault makes of it."""
    if has_fault(provider, "access_token_as_id_token"):
        return base64.urlsafe_b64encode(hashlib.sha256(honest.encode()).digest()).decode()
    fault = provider.faults.take(*TOKEN_FAULTS)
    if fault is None:
        return honest
    head, claims = (_decoded(part) for part in honest.split(".")[:2])
    if fault.name in _CLAIMS:
        _CLAIMS[fault.name](claims)
        return _signed(provider.keys.signing, head, claims)
    return _SIGNATURES[fault.name](provider, head, claims, honest)


def _decoded(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signed(key: ECKey, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(head, claims, key, ["ES256"])


_ELSEWHERE = "ben-khac"
_DAY = 86_400
_CLAIMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "wrong_nonce": lambda claims: claims.update(nonce="khong-phai-nonce-cua-ban"),
    "no_nonce": lambda claims: claims.pop("nonce", None),
    "wrong_iss": lambda claims: claims.update(iss="https://ke-gian.example/eid"),
    "iss_trailing_slash": lambda claims: claims.update(iss=claims["iss"] + "/"),
    "wrong_aud": lambda claims: claims.update(aud=_ELSEWHERE),
    "aud_azp": lambda claims: claims.update(azp=claims["aud"], aud=_ELSEWHERE),
    "aud_list_no_azp": lambda claims: claims.update(aud=[claims["aud"], _ELSEWHERE]),
    "azp_other": lambda claims: claims.update(aud=[claims["aud"], _ELSEWHERE], azp=_ELSEWHERE),
    "lowered_acr": lambda claims: claims.update(acr="urn:sandbox:eid:level-1", amr=["pwd"]),
    "no_acr": lambda claims: claims.pop("acr", None),
    "stale_auth_time": lambda claims: claims.update(auth_time=claims["auth_time"] - _DAY),
    "no_auth_time": lambda claims: claims.pop("auth_time", None),
    "expired": lambda claims: claims.update(iat=claims["iat"] - _DAY, exp=claims["exp"] - _DAY),
    "iat_future": lambda claims: claims.update(iat=claims["iat"] + _DAY, exp=claims["exp"] + _DAY),
    "nbf_future": lambda claims: claims.update(nbf=claims["iat"] + _DAY),
    "no_exp": lambda claims: claims.pop("exp", None),
    "no_sub": lambda claims: claims.pop("sub", None),
    "no_sid": lambda claims: claims.pop("sid", None),
}


def _hs256(provider: Provider, head: dict[str, Any], claims: dict[str, Any], _: str) -> str:
    key = provider.keys.signing.as_pem(private=False)
    signed = f"{_encoded(head | {'alg': 'HS256'})}.{_encoded(claims)}"
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _bad_signature(_: Provider, head: dict[str, Any], claims: dict[str, Any], honest: str) -> str:
    first, second, signature = honest.split(".")
    return f"{first}.{second}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def _stranger(head: dict[str, Any], claims: dict[str, Any], **more: Any) -> str:
    return _signed(ECKey.generate_key("P-256"), head | more, claims)


def _own_jwk(_: Provider, head: dict[str, Any], claims: dict[str, Any], honest: str) -> str:
    key = ECKey.generate_key("P-256")
    return _signed(key, head | {"jwk": key.as_dict(private=False)}, claims)


_SIGNATURES: dict[str, Callable[[Provider, dict[str, Any], dict[str, Any], str], str]] = {
    "alg_none": lambda _, head, claims, __: f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(claims)}.",
    "hs256_public_key": _hs256,
    "bad_signature": _bad_signature,
    "empty_signature": lambda _, head, claims, honest: honest.rsplit(".", 1)[0] + ".",
    "unknown_kid": lambda _, head, claims, __: _stranger(head, claims, kid="khong-co-khoa-nay"),
    "kid_path": lambda _, head, claims, __: _stranger(head, claims, kid="../../etc/passwd' OR 1=1 --"),
    "own_jwk": _own_jwk,
}
