"""Signing a finished PDF with an office's seal: PAdES baseline B-B, into the field that is already there."""

from __future__ import annotations

import io

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.services.results.finish import SIGNATURE_FIELD
from portal.services.results.seals import Key, Seal, seal_of

LONGEST_P256_SIGNATURE = 72

# pyHanko re-writes the XMP at every increment and thereby breaks the PDF/UA extension schema; the increment of a
# signature changes nothing that the metadata says, so they stay as they were finished.
IncrementalPdfFileWriter._update_meta = lambda self: None  # type: ignore[method-assign]


class SealSigner(Signer):
    """Signs with a key that stays loaded."""

    def __init__(self, seal: Seal) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(certificate_of(text) for text in seal.chain_pem)
        super().__init__(signing_cert=certificate_of(seal.certificate_pem), cert_registry=store, embed_roots=False)
        self._key: Key = seal.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The raw signature of the data; a dry run only tells how long one may be."""
        return bytes(LONGEST_P256_SIGNATURE) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def certificate_of(text: bytes) -> asn1_x509.Certificate:
    """The certificate in a PEM text."""
    _kind, _headers, content = pem.unarmor(text)
    return asn1_x509.Certificate.load(content)


def sign(pdf: bytes, office_code: str, *, office_name: str, signer_name: str, reason: str, place: str) -> bytes:
    """The signed PDF.

    Raises:
        SealMissing: the office has no seal here.
    """
    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        name=f"{signer_name} – {office_name}" if signer_name else office_name,
        reason=reason,
        location=place,
    )
    signer = PdfSigner(metadata, signer=SealSigner(seal_of(office_code)), stamp_style=NoOpStampStyle())
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out, existing_fields_only=True)
    return out.getvalue()
