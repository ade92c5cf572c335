"""What the malware scanner says, and what its silence means."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from portal.config import Settings, settings
from portal.services.vault import scanner
from portal.services.vault.scanner import ScannerUnavailable, ScanState, scan, scan_or_wait
from tests.services.vault.clamd import EICAR, Clamd, clamd


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.3)


def test_content_arrives_whole_and_its_verdict_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with clamd() as address:
        monkeypatch.setattr(settings(), "clamd", address)
        content = b"a" * 200_001
        assert scan(content) is ScanState.CLEAN
        assert Clamd.received == [content]
        assert scan(b"%PDF-" + EICAR) is ScanState.INFECTED


@pytest.mark.parametrize("mood", ["mute", "nonsense"])
def test_scanner_without_a_verdict_means_that_the_file_waits(monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    with clamd(mood) as address:
        monkeypatch.setattr(settings(), "clamd", address)
        with pytest.raises(ScannerUnavailable):
            scan(b"a")
        assert scan_or_wait(b"a") is ScanState.PENDING


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "[::1]:1"])
def test_scanner_that_is_not_there_means_that_the_file_waits(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(settings(), "clamd", address)
    assert scan_or_wait(b"a") is ScanState.PENDING


def test_installation_without_a_scanner_says_so_of_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "clamd", "")
    assert not scanner.is_set()
    assert scan_or_wait(b"a") is ScanState.NOT_SCANNED


@pytest.mark.parametrize("address", ["clamd", "clamd:port", "clamd:3310 x", "relative/clamd.sock"])
def test_address_that_cannot_be_one_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(PORTAL_CLAMD=address)
