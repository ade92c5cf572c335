"""HTTP to the outside world: every answer bounded in time and size, no redirect followed, nothing read twice."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

CONNECT_SECONDS = 1.5
CHUNK_BYTES = 65_536


class TooLarge(requests.RequestException):
    """The other side sent more than it should."""


class BoundedAdapter(HTTPAdapter):
    """Reads the whole answer within its limits, so that what the caller gets is already there."""

    def __init__(self, seconds: float, largest_bytes: int) -> None:
        super().__init__(pool_maxsize=16, max_retries=0)
        self._seconds = seconds
        self._largest = largest_bytes

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> requests.Response:
        """The answer, read.

        Raises:
            requests.RequestException: no whole answer in time, or `TooLarge`.
        """
        until = time.monotonic() + self._seconds
        within = Timeout(connect=min(CONNECT_SECONDS, self._seconds), read=self._seconds, total=self._seconds)
        response = super().send(request, **options | {"stream": True, "timeout": within})
        hurry = threading.Timer(max(until - time.monotonic(), 0), _stop_reading, [response])
        hurry.daemon = True
        hurry.start()
        try:
            response._content = self._read(response, until)
        finally:
            hurry.cancel()
            response.close()
        response._content_consumed = True  # type: ignore[attr-defined]
        return response

    def _read(self, response: requests.Response, until: float) -> bytes:
        content = bytearray()
        try:
            while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
                content += chunk
                if len(content) > self._largest:
                    raise TooLarge("an answer over the limit", response=response)
                if time.monotonic() > until:
                    break
        except HTTPError as broken:
            if time.monotonic() <= until:
                raise requests.ConnectionError("an answer that breaks off", response=response) from broken
        if time.monotonic() > until:
            raise requests.Timeout("an answer that does not end", response=response)
        return bytes(content)


def _stop_reading(response: requests.Response) -> None:
    """Wake whoever still waits for more of an answer whose time is over."""
    with contextlib.suppress(RuntimeError, ValueError, OSError):  # it ended at the same moment
        response.raw.shutdown()


def bounded(session: requests.Session, seconds: float, largest_bytes: int) -> requests.Session:
    """The session with the limits on; proxies and .netrc of the environment are not consulted."""
    session.trust_env = False
    session.max_redirects = 0
    for scheme in ("http://", "https://"):
        session.mount(scheme, BoundedAdapter(seconds, largest_bytes))
    return session
