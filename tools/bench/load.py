"""A bounded load from this machine to itself: so many requests, so many at a time."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

AT_A_TIME = 4


@dataclass(frozen=True)
class Figures:
    """What a run measured."""

    per_second: float
    median_ms: float


@dataclass(frozen=True)
class Call:
    """One request to be made."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    expects: int


def run(port: int, calls: Sequence[Call]) -> Figures:
    """Make the calls, `AT_A_TIME` at a time, each thread on one connection.

    Raises:
        RuntimeError: an answer was not the expected one, so the figures would mean nothing.
    """
    waiting = list(reversed(calls))
    lock, times, wrong = threading.Lock(), [], []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                if not waiting or wrong:
                    return
                call = waiting.pop()
            took, status = _timed(lambda call=call: _make(connection, call))
            times.append(took)
            if status != call.expects:
                wrong.append((call.path, status))

    threads = [threading.Thread(target=work) for _ in range(AT_A_TIME)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"unexpected answer: {wrong[0]}")
    return Figures(len(calls) / (time.perf_counter() - begun), median(times) * 1000)


def _make(connection: http.client.HTTPConnection, call: Call) -> int:
    body = urlencode(call.form) if call.method == "POST" else None
    headers = {"Content-Type": "application/x-www-form-urlencoded", **call.headers} if body is not None else call.headers
    connection.request(call.method, call.path, body, headers)
    response = connection.getresponse()
    response.read()
    return response.status


def _timed(do: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    result = do()
    return time.perf_counter() - begun, result
