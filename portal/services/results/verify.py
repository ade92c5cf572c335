"""Is a paper genuine? By its code, or by the file itself: what is said of it is no more than the paper shows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator.context import ValidationContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.crypto import sha256
from portal.models import IssuedDocument
from portal.services.results.seals import trusted_roots
from portal.services.results.sign import certificate_of

UNREADABLE = (PdfError, SigningError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError)
DEEPEST = 200


@dataclass(frozen=True)
class PaperVerdict:
    """What is known: valid, expired, revoked, replaced, altered, foreign or unknown; and of a known paper its heading."""

    state: str
    title: str = ""
    number: str = ""
    office_name: str = ""
    issued_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether this portal issued a paper of this code or content."""
        return self.state in ("valid", "expired", "revoked", "replaced")

    def to_json(self) -> dict[str, Any]:
        """The verdict for machines."""
        if not self.is_known:
            return {"state": self.state}
        return {
            "state": self.state,
            "title": self.title,
            "number": self.number,
            "office": self.office_name,
            "issued_on": clock.to_local(self.issued_at).date().isoformat() if self.issued_at else None,
        }


def verify_by_code(session: Session, code: str) -> PaperVerdict:
    """What is known of the paper with this verification code."""
    query = select(IssuedDocument).where(IssuedDocument.verification_code == code, IssuedDocument.issued_at.is_not(None))
    return _verdict_of(session.scalars(query).first())


def verify_pdf(session: Session, pdf: bytes) -> PaperVerdict:
    """What is known of this very file: issued here as it is, once issued here and altered since, or not of this portal."""
    query = select(IssuedDocument).where(IssuedDocument.sha256 == sha256(pdf))
    issued = session.scalars(query).first()
    if issued is not None:
        return _verdict_of(issued)
    return PaperVerdict("altered" if names_a_seal_of_ours(pdf) else "foreign")


def _verdict_of(document: IssuedDocument | None) -> PaperVerdict:
    if document is None:
        return PaperVerdict("unknown")
    return PaperVerdict(
        _state_of(document),
        document.title,
        f"{document.number:02d}/{document.symbol}" if document.number else "",
        document.office.name,
        document.issued_at,
    )


def _state_of(document: IssuedDocument) -> str:
    if document.replaced_by_id is not None:
        return "replaced"
    if document.revoked_at is not None:
        return "revoked"
    if document.expires_on is not None and document.expires_on < clock.today():
        return "expired"
    return "valid"


def names_a_seal_of_ours(pdf: bytes) -> bool:
    """Whether the file carries a signature by a seal that our trusted roots vouch for, intact or not.

    A file that cannot be read at all, but that once held such a seal's name, cannot be told from a foreign one.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return any(_is_ours(signature.signer_cert) for signature in reader.embedded_signatures)
    except UNREADABLE:
        return False


def _is_ours(certificate: asn1_x509.Certificate) -> bool:
    issuers = {certificate_of(pem).subject.hashable for pem in trusted_roots()}
    return certificate.issuer.hashable in issuers or _shares_organisation(certificate)


def _shares_organisation(certificate: asn1_x509.Certificate) -> bool:
    roots = [certificate_of(pem) for pem in trusted_roots()]
    own = certificate.issuer.native.get("organization_name")
    return own is not None and any(root.subject.native.get("organization_name") == own for root in roots)


def signature_holds(pdf: bytes) -> bool:
    """Whether the file's signature is intact, covers all of it, and leads to a root that this portal trusts.

    This is the check that anybody can make offline, with the root certificate alone.
    """
    roots = [certificate_of(pem) for pem in trusted_roots()]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        return bool(signatures) and all(
            validate_pdf_signature(one, context).bottom_line and _covers(one, len(pdf)) for one in signatures
        )
    except UNREADABLE:
        return False


def _covers(signature: EmbeddedPdfSignature, size_bytes: int) -> bool:
    """Whether the signed ranges reach the last byte, so that nothing stands behind them."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3]) == size_bytes
