"""Root and issuing authority: made once, kept on disk, signing requests for seals and the list of revoked ones."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from portal.sandbox.state import write_whole

ORGANISATION = "MÔ PHỎNG - không có giá trị pháp lý"
ROOT_NAME = "CA GỐC MÔ PHỎNG – Một Cửa"
ISSUING_NAME = "CA MÔ PHỎNG – Một Cửa"
SEAL_YEARS = 2
CRL_DAYS = 7
_DAY = timedelta(days=1)


class RequestRefused(ValueError):
    """The certificate request is not one that this authority signs."""


@dataclass(frozen=True)
class Pair:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


class Authority:
    """The two certificates and what they have signed."""

    def __init__(self, folder: Path, base_url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._base_url = base_url
        self._lock = threading.Lock()
        self.root = self._load("root") or self._make_root()
        self.issuing = self._load("issuing") or self._make_issuing()

    def _load(self, name: str) -> Pair | None:
        path = self._folder / f"{name}.pem"
        if not path.exists():
            return None
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return Pair(key, x509.load_pem_x509_certificate(content))

    def _keep(self, name: str, pair: Pair) -> Pair:
        # Key and certificate in one file, so that a crash cannot leave one without the other.
        key = pair.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        write_whole(self._folder / f"{name}.pem", key + pair.pem.encode("ascii"))
        return pair

    def _make_root(self) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(ROOT_NAME, ORGANISATION)
        certificate = (
            _builder(name, name, key.public_key(), years=10)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return self._keep("root", Pair(key, certificate))

    def _make_issuing(self) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(ISSUING_NAME, ORGANISATION), self.root.certificate.subject, key.public_key(), years=8)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .add_extension(_issuer_key(self.root), critical=False)
            .sign(self.root.key, hashes.SHA256())
        )
        return self._keep("issuing", Pair(key, certificate))

    def sign_seal(self, csr_pem: str, office_code: str, office_name: str) -> str:
        """A two-year seal certificate for an office, from its request.

        Raises: RequestRefused, when the request is unreadable, unsigned or of a weak key.
        """
        public_key = _checked_key(csr_pem)
        subject = _name(office_name, ORGANISATION, office_code)
        certificate = (
            _builder(subject, self.issuing.certificate.subject, public_key, years=SEAL_YEARS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certificates=False), critical=True)
            .add_extension(_issuer_key(self.issuing), critical=False)
            .add_extension(self._crl_address("issuing"), critical=False)
            .sign(self.issuing.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def _crl_address(self, name: str) -> x509.CRLDistributionPoints:
        address = x509.UniformResourceIdentifier(f"{self._base_url}/trust/crl")
        return x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])

    @property
    def _revoked_path(self) -> Path:
        return self._folder / "revoked.json"

    def revoked(self) -> dict[str, str]:
        """Serial numbers of revoked certificates and when they were revoked."""
        if not self._revoked_path.exists():
            return {}
        found: dict[str, str] = json.loads(self._revoked_path.read_text(encoding="ascii"))
        return found

    def revoke(self, serial: int) -> None:
        """Puts a certificate on the list."""
        with self._lock:
            listed = self.revoked()
            listed.setdefault(str(serial), datetime.now(UTC).isoformat())
            write_whole(self._revoked_path, json.dumps(listed).encode("ascii"))

    def crl(self) -> bytes:
        """The list of revoked seals, DER."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuing.certificate.subject)
            .last_update(now)
            .next_update(now + CRL_DAYS * _DAY)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_issuer_key(self.issuing), critical=False)
        )
        for serial, at in self.revoked().items():
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial))
            builder = builder.add_revoked_certificate(entry.revocation_date(datetime.fromisoformat(at)).build())
        return builder.sign(self.issuing.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _name(common: str, organisation: str, code: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
    ]
    return x509.Name(parts + ([x509.NameAttribute(NameOID.SERIAL_NUMBER, code)] if code else []))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, *, years: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + 365 * years * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issuer_key(pair: Pair) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(pair.key.public_key())


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _checked_key(csr_pem: str) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    try:
        csr = x509.load_pem_x509_csr(csr_pem.encode("ascii"))
        key = csr.public_key()
        is_signed = csr.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestRefused("the certificate request cannot be read") from error
    if not is_signed:
        raise RequestRefused("the certificate request is not signed by its own key")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256:
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return key
    raise RequestRefused("only EC keys of 256 bits or RSA keys of 2048 bits and more are sealed")
