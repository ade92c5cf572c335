"""The simulated authority seals requests with certificates that chain to its root and say that they are simulated."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from .process import Running

OFFICE = {"office_code": "H26.31", "office_name": "UBND phường Ba Đình"}


def csr(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bat-ky")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def pem_of(der: bytes) -> str:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


def ask(sandbox: Running, **body: str) -> requests.Response:
    return requests.post(f"{sandbox.base}/trust/certificates", json=body, timeout=5)


def sealed(sandbox: Running) -> tuple[ec.EllipticCurvePrivateKey, list[x509.Certificate]]:
    key = ec.generate_private_key(ec.SECP256R1())
    answer = ask(sandbox, csr_pem=csr(key), **OFFICE)
    assert answer.status_code == 201
    body = answer.json()
    return key, [x509.load_pem_x509_certificate(pem.encode()) for pem in (body["certificate_pem"], *body["chain_pem"])]


def test_a_seal_chains_to_the_root_and_is_for_signing_alone(sandbox: Running) -> None:
    key, (seal, issuing, root) = sealed(sandbox)
    seal.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    published = requests.get(f"{sandbox.base}/trust/root.pem", timeout=5).content
    assert x509.load_pem_x509_certificate(published) == root
    assert seal.public_key() == key.public_key()
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not seal.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    lifetime = seal.not_valid_after_utc - seal.not_valid_before_utc
    assert timedelta(days=729) < lifetime < timedelta(days=732)


def test_every_name_says_that_it_is_simulated(sandbox: Running) -> None:
    _, certificates = sealed(sandbox)
    assert all("MÔ PHỎNG" in certificate.subject.rfc4514_string() for certificate in certificates)
    subject = certificates[0].subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "UBND phường Ba Đình"
    assert subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == "H26.31"


def test_weak_unsigned_and_unreadable_requests_are_refused(sandbox: Running) -> None:
    good = csr(ec.generate_private_key(ec.SECP256R1()))
    der = x509.load_pem_x509_csr(good.encode()).public_bytes(serialization.Encoding.DER)
    forged = pem_of(der.replace(b"bat-ky", b"ke-gia"))
    weak = csr(rsa.generate_private_key(65537, 1024))  # noqa: S505 - weak on purpose
    for pem in ("", "rac", "é", weak, forged):
        assert ask(sandbox, csr_pem=pem, **OFFICE).status_code == 400
    assert ask(sandbox, csr_pem=good, office_code="", office_name="x").status_code == 400
    assert ask(sandbox, csr_pem=good, office_code="h26", office_name="x").status_code == 400


@pytest.mark.parametrize("body", [[], "x", None])
def test_a_body_that_is_no_object_is_refused(sandbox: Running, body: object) -> None:
    assert requests.post(f"{sandbox.base}/trust/certificates", json=body, timeout=5).status_code == 400


def test_the_revocation_list_is_signed_and_names_what_was_revoked(sandbox: Running) -> None:
    _, (seal, issuing, _) = sealed(sandbox)
    address = seal.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name
    assert address is not None
    assert address[0].value == f"{sandbox.base}/trust/crl"
    before = x509.load_der_x509_crl(requests.get(address[0].value, timeout=5).content)
    assert before.get_revoked_certificate_by_serial_number(seal.serial_number) is None
    body = {"serial": str(seal.serial_number)}
    assert requests.post(f"{sandbox.base}/trust/revocations", json=body, timeout=5).status_code == 201
    after = x509.load_der_x509_crl(requests.get(address[0].value, timeout=5).content)
    assert after.get_revoked_certificate_by_serial_number(seal.serial_number) is not None
    issuing_key = issuing.public_key()
    assert isinstance(issuing_key, ec.EllipticCurvePublicKey)
    assert after.is_signature_valid(issuing_key)
