"""The offices' seals: a key and a certificate each, made and certified once, kept among the installation's keys."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.config import settings
from portal.crypto import sha256
from portal.outbound import bounded

ENROL_SEAL = "enrol_seal"  # the outbox kind by which a new office is brought its seal
WITHIN_SECONDS = 10.0
LARGEST_ANSWER_BYTES = 200_000
Key = ec.EllipticCurvePrivateKey


class SealMissing(RuntimeError):
    """The office has no seal here, so nothing of it can be signed; the paper waits."""


@dataclass(frozen=True)
class Seal:
    """An office's key with its certificate and the certificates above it, as PEM."""

    key: Key
    certificate_pem: bytes
    chain_pem: tuple[bytes, ...]


def _folder() -> Path:
    folder = settings().keys / "seals"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def seal_path(office_code: str) -> Path:
    """Where the office's seal is kept."""
    return _folder() / f"{office_code}.json"


def _root_path(root_pem: bytes) -> Path:
    """Each root under its own name: a new authority does not end the trust in papers sealed under an older one."""
    return _folder() / f"root-{sha256(root_pem).hex()[:16]}.pem"


@lru_cache(maxsize=256)
def seal_of(office_code: str) -> Seal:
    """The office's seal, its key loaded once a process.

    Raises:
        SealMissing: there is none.
    """
    try:
        kept = json.loads(seal_path(office_code).read_text(encoding="ascii"))
    except FileNotFoundError as missing:
        raise SealMissing(office_code) from missing
    key = serialization.load_pem_private_key(kept["key"].encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Seal(key, kept["certificate"].encode(), tuple(pem.encode() for pem in kept["chain"]))


def trusted_roots() -> tuple[bytes, ...]:
    """The root certificates that this portal trusts for the seals of its own papers, as PEM."""
    return tuple(path.read_bytes() for path in sorted(_folder().glob("root-*.pem")))


def enrol(office_code: str, office_name: str) -> bool:
    """Make a key for the office and have it certified by the authority, unless it has a seal; gives whether one was made.

    Raises:
        requests.RequestException: the authority does not answer.
        ValueError: its answer is no certificate of this key.
    """
    if seal_path(office_code).exists():
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    with bounded(requests.Session(), WITHIN_SECONDS, LARGEST_ANSWER_BYTES) as http:
        body = {"csr_pem": _request_pem(key, office_code, office_name), "office_code": office_code, "office_name": office_name}
        answer = http.post(f"{settings().trust_url}/certificates", json=body)
        answer.raise_for_status()
        root = http.get(f"{settings().trust_url}/root.pem")
        root.raise_for_status()
    certified = answer.json()
    _check_belongs(certified["certificate_pem"], key)
    _keep(_root_path(root.content), root.content)
    kept = {"key": _key_pem(key), "certificate": certified["certificate_pem"], "chain": certified["chain_pem"]}
    _keep(seal_path(office_code), json.dumps(kept).encode("ascii"))
    seal_of.cache_clear()
    return True


def _request_pem(key: Key, office_code: str, office_name: str) -> str:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, office_name[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, office_code),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _check_belongs(certificate_pem: str, key: Key) -> None:
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    if certificate.public_key() != key.public_key():
        raise ValueError("the authority certified another key")


def _key_pem(key: Key) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode("ascii")


def _keep(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
