"""Asking the malware scanner (clamd) about content, by its INSTREAM command; what follows from its answer is not said here."""

from __future__ import annotations

import socket
import struct
from enum import StrEnum

from portal.config import settings

CHUNK_BYTES = 64 * 1024
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 8.0
LONGEST_ANSWER = 4_096


class ScanState(StrEnum):
    """What is known of a file's harmlessness; `NOT_SCANNED` where this installation has no scanner."""

    CLEAN = "clean"
    PENDING = "pending"
    NOT_SCANNED = "not_scanned"
    INFECTED = "infected"


class ScannerUnavailable(Exception):
    """The scanner did not say; the file must be asked about again."""


def is_set() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings().clamd)


def scan_or_wait(content: bytes) -> ScanState:
    """What to write down about new content: the scanner's word, `PENDING` where it keeps silent."""
    if not is_set():
        return ScanState.NOT_SCANNED
    try:
        return scan(content)
    except ScannerUnavailable:
        return ScanState.PENDING


def scan(content: bytes) -> ScanState:
    """The scanner's word on the content: `CLEAN` or `INFECTED`.

    Raises:
        ScannerUnavailable: nobody answers in time, or not with a verdict.
    """
    try:
        with _connected(settings().clamd) as line:
            line.settimeout(ANSWER_SECONDS)
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK_BYTES):
                chunk = content[start : start + CHUNK_BYTES]
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            answer = _read(line)
    except OSError as silent:
        raise ScannerUnavailable(type(silent).__name__) from silent
    if answer.endswith(b" FOUND"):
        return ScanState.INFECTED
    if answer.endswith(b": OK"):
        return ScanState.CLEAN
    raise ScannerUnavailable("no verdict")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


def _read(line: socket.socket) -> bytes:
    answer = b""
    while len(answer) < LONGEST_ANSWER and not answer.endswith(b"\0"):
        part = line.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n")
