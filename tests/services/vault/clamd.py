"""A stand-in for the malware scanner: speaks the real protocol on a real port, and can be slow, mute or talk nonsense."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        Clamd.received.append(content)
        if Clamd.mood == "mute":
            Clamd.leave.wait(30)
            return
        if Clamd.mood == "nonsense":
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


class Clamd:
    """How the stand-in behaves, and what it was sent."""

    mood: ClassVar[str] = "well"
    received: ClassVar[list[bytes]] = []
    leave: ClassVar[threading.Event] = threading.Event()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def clamd(mood: str = "well") -> Iterator[str]:
    """The stand-in at work; gives its address."""
    Clamd.mood, Clamd.received = mood, []
    Clamd.leave.clear()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        Clamd.leave.set()
        server.shutdown()
        thread.join(5)
