from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from portal.outbound import TooLarge, bounded

SECONDS = 0.5
LARGEST = 1_000


class Outside(BaseHTTPRequestHandler):
    """A place outside that misbehaves as its address says."""

    asked: list[str]
    over: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(307)
            self.send_header("Location", "/target")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/silent":
            self.over.wait(3 * SECONDS)
        self.send_response(200)
        if self.path in ("/cut", "/stalled"):
            self.send_header("Content-Length", "1000")
        if self.path == "/unreadable":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path == "/stalled":
            self.over.wait(5 * SECONDS)
        for _ in range({"/large": 400, "/trickle": 40}.get(self.path, 1)):
            self.wfile.write(b"x" * 10)
            self.wfile.flush()
            if self.path == "/trickle":
                self.over.wait(SECONDS / 5)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def outside_place() -> Iterator[str]:
    Outside.asked, Outside.over = [], threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    server.handle_error = lambda *_: None  # whoever hangs up on it is what is tried here
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Outside.over.set()
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def caller() -> Iterator[requests.Session]:
    with bounded(requests.Session(), SECONDS, LARGEST) as session:
        yield session


def test_plain_answer_is_read(outside_place: str, caller: requests.Session) -> None:
    assert caller.get(f"{outside_place}/plain").content == b"x" * 10


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_led_elsewhere_and_no_secret_with_them(outside_place: str, caller: requests.Session, method: str) -> None:
    with pytest.raises(requests.TooManyRedirects):
        caller.request(method, f"{outside_place}/elsewhere", data={"code": "secret"} if method == "POST" else None)
    assert Outside.asked == ["/elsewhere"]


def test_answer_over_the_limit_is_not_read_to_its_end(outside_place: str, caller: requests.Session) -> None:
    with pytest.raises(TooLarge):
        caller.get(f"{outside_place}/large")


@pytest.mark.parametrize("path", ["/silent", "/trickle", "/stalled"])
def test_nobody_waits_for_a_silent_a_trickling_or_a_stalled_answer(
    outside_place: str, caller: requests.Session, path: str
) -> None:
    began = time.monotonic()
    with pytest.raises(requests.Timeout):
        caller.get(f"{outside_place}{path}")
    assert time.monotonic() - began < 1.6 * SECONDS


@pytest.mark.parametrize("path", ["/cut", "/unreadable"])
def test_broken_answer_is_the_callers_to_handle(outside_place: str, caller: requests.Session, path: str) -> None:
    with pytest.raises(requests.RequestException):
        caller.get(f"{outside_place}{path}")


def test_proxies_of_the_environment_are_not_asked(outside_place: str, caller: requests.Session, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert caller.get(f"{outside_place}/plain").ok
