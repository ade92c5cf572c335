"""An office gets its seal from the authority once; an authority that lies or keeps silent gives none."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.config import settings
from portal.services.results import seals
from portal.services.results.seals import SealMissing, enrol, seal_of, seal_path, trusted_roots
from tests.services.results.papers import certified_seal

OFFICE = ("H26.98", "Ủy ban nhân dân phường Thử")


class Authority(BaseHTTPRequestHandler):
    """An authority that answers what the test wants."""

    certify: Callable[[dict[str, str]], tuple[int, bytes]]
    root = b""
    asked: list[dict[str, str]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self._send(*type(self).certify(body))

    def do_GET(self) -> None:
        self._send(200 if self.root else 503, self.root)

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def authority(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Authority]]:
    monkeypatch.setattr(seals, "_folder", lambda: tmp_path)
    seal_of.cache_clear()
    kept, Authority.root = certified_seal("Cơ quan chứng thực của bài thử")
    answer = json.dumps({"certificate_pem": kept["certificate"], "chain_pem": []}).encode()
    Authority.certify, Authority.asked = staticmethod(lambda body: (200, answer)), []
    server = HTTPServer(("127.0.0.1", 0), Authority)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setattr(settings(), "trust_url", f"http://127.0.0.1:{server.server_port}")
    yield Authority
    server.shutdown()
    thread.join(5)
    server.server_close()
    seal_of.cache_clear()


def no_seal_was_kept(folder: Path) -> bool:
    with pytest.raises(SealMissing):
        seal_of(OFFICE[0])
    return not list(folder.glob(f"{OFFICE[0]}*"))


def test_request_names_the_office_and_is_signed_by_the_key_that_it_asks_for(authority: type[Authority], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another key"):
        enrol(*OFFICE)
    (asked,) = authority.asked
    request = x509.load_pem_x509_csr(asked["csr_pem"].encode())
    assert request.is_signature_valid
    assert (asked["office_code"], asked["office_name"]) == OFFICE
    named = {attribute.value for attribute in request.subject}
    assert named == {"VN", OFFICE[1], OFFICE[0]}
    assert "PRIVATE" not in json.dumps(asked)


def test_certificate_of_another_key_is_no_seal(authority: type[Authority], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another key"):
        enrol(*OFFICE)
    assert no_seal_was_kept(tmp_path)


ANSWERS = {
    "an error": (500, b""),
    "a refusal": (403, b"{}"),
    "a redirection": (307, b""),
    "a page": (200, b"<html>"),
    "an empty object": (200, b"{}"),
    "no certificate": (200, b'{"certificate_pem": "", "chain_pem": []}'),
    "a number": (200, b'{"certificate_pem": "7", "chain_pem": []}'),
    "a megabyte": (200, b'{"certificate_pem": "' + b"x" * 1_000_000 + b'"}'),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_authority_that_gives_no_certificate_gives_no_seal(authority: type[Authority], tmp_path: Path, answer: str) -> None:
    authority.certify = staticmethod(lambda body: ANSWERS[answer])
    with pytest.raises((requests.RequestException, ValueError, KeyError)):
        enrol(*OFFICE)
    assert no_seal_was_kept(tmp_path)
    assert trusted_roots() == ()


def test_authority_whose_root_cannot_be_had_gives_no_seal(authority: type[Authority], tmp_path: Path) -> None:
    authority.root = b""
    with pytest.raises(requests.RequestException):
        enrol(*OFFICE)
    assert no_seal_was_kept(tmp_path)


def test_authority_that_is_away_gives_no_seal(
    authority: type[Authority], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "trust_url", "http://127.0.0.1:9")
    with pytest.raises(requests.RequestException):
        enrol(*OFFICE)
    assert no_seal_was_kept(tmp_path)


def test_office_that_has_a_seal_asks_for_no_other(authority: type[Authority], tmp_path: Path) -> None:
    kept, _root = certified_seal("Cơ quan chứng thực của bài thử")
    seal_path(OFFICE[0]).write_text(json.dumps(kept), encoding="ascii")
    assert not enrol(*OFFICE)
    assert authority.asked == []
    assert seal_of(OFFICE[0]).certificate_pem == kept["certificate"].encode()


def test_roots_of_older_authorities_stay_trusted_beside_the_newest(authority: type[Authority], tmp_path: Path) -> None:
    roots = [certified_seal(f"Cơ quan thứ {number}")[1] for number in range(3)]
    for number, root in enumerate(roots):
        (tmp_path / f"root-{number}.pem").write_bytes(root)
    assert set(trusted_roots()) == set(roots)
    assert all(x509.load_pem_x509_certificate(root).public_bytes(Encoding.PEM) == root for root in trusted_roots())
