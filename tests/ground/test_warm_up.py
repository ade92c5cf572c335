"""The first reader of a fresh web process waits no longer than the second."""

from __future__ import annotations

import os
import subprocess
import sys

from portal.postgres import EmbeddedServer
from tests.conftest import free_port

FIRST_READER = """
from sqlalchemy import event
from portal import db
from portal.warm_up import create_warm_app
app = create_warm_app()
sent = []
event.listen(db.engine(), "before_cursor_execute", lambda *facts: sent.append(facts[2]))
print(app.test_client().get("/procedures").status_code, len(sent))
"""


def _fresh_process(**settings: str) -> str:
    command = [sys.executable, "-c", FIRST_READER]
    ended = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout.splitlines()[-1]


def test_the_catalogue_is_read_before_the_first_reader_comes(database: EmbeddedServer) -> None:
    asks_only_whether_the_set_is_the_same = 1

    assert _fresh_process() == f"200 {asks_only_whether_the_set_is_the_same}"


def test_a_database_that_is_down_does_not_keep_a_web_process_from_starting(database: EmbeddedServer) -> None:
    nobody = f"postgresql://web@127.0.0.1:{free_port()}/nothing"

    assert _fresh_process(DATABASE_URL=nobody).startswith("503 ")
