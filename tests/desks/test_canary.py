"""Known values go through every flow; afterwards they are looked for wherever they must not be.

What is planted: who the person is to the registries, what they type, what the counter types, what staff write, and the
secret by which a dossier is tracked. What is searched: logs, addresses that were asked for or given, titles, subjects of
mail, every row of the database, and the folder for things that do not last.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.models import Dossier, OutboxItem
from portal.postgres import EmbeddedServer
from portal.text import fold
from portal.worker import carry_out
from tests.filings import ANSWERS, GRANT
from tests.visitors import CLERK, HA, LEADER, OFFICER, Visitor

APPLY = "/procedures/1.004873/apply"
MAIL, PHONE, TYPED, QUESTION = "chimhoangyen@thu.example", "0900000777", "Chim Hoàng Yến", "Hoàng Yến hỏi vì sao phường xem?"
REASON, LETTER = "Hoàng Yến cần được xem lại dân tộc.", "Hoàng Yến chưa rõ mục đích, xin ghi lại giúp."
PLANTED = (HA, "Nguyễn Thu Hà", "Thu Hà", MAIL, PHONE, "+84900000777", "Hoàng Yến", "1198900001")
ADDRESS = re.compile(r'(?:href|action|src)="([^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


class Watched(Visitor):
    """A browser that remembers every address and title that it met."""

    def __init__(self, app: Flask, met: list[str]) -> None:
        super().__init__(app)
        self.met = met
        ask = self.client.open

        def open_and_note(*args: Any, **more: Any) -> TestResponse:
            answer = ask(*args, **more)
            self.met += [
                answer.request.full_path,
                answer.headers.get("Location", ""),
                answer.headers.get("Content-Disposition", ""),
            ]
            if answer.mimetype == "text/html":
                self.met += [unescape(one) for one in ADDRESS.findall(answer.text) + TITLE.findall(answer.text)]
            return answer

        self.client.open = open_and_note  # type: ignore[method-assign]

    def act(self, code: str, act: str, **form: str) -> None:
        with db.transaction() as session:
            version = session.scalars(select(Dossier.version).where(Dossier.code == code)).one()
        answer = self.post(f"/counter/dossiers/{code}/{act}", {"version": str(version), **form})
        assert answer.status_code == 302, unescape(re.sub(r"<[^>]+>", " ", answer.text))[:1500]


def forms_of(value: str) -> Iterator[str]:
    """A value as it might leak: as it is, without its marks, without case, in bytes."""
    yield from (value, value.upper(), fold(value), value.encode().hex(), value.encode("unicode_escape").decode())


def leaks(text: str) -> list[str]:
    return [one for value in PLANTED for one in forms_of(value) if one in text]


def file(owner: Watched) -> str:
    answer = owner.post(APPLY, {})
    answers = ANSWERS | {"contact.email": MAIL, "contact.phone": PHONE, "certificate.purpose": "other"}
    answers |= {"certificate.purpose_detail": TYPED}
    while not answer.headers.get("Location", "").endswith("/review"):
        page = answer.headers["Location"]
        owner.get(page)
        answer = owner.post(page, answers)
        assert answer.status_code == 302, unescape(re.sub(r"<[^>]+>", " ", answer.text))[:1500]
    review = owner.get(f"{APPLY}/review").text
    draft = re.search(r'name="draft_id" value="([^"]+)"', review)
    assert draft
    sent = owner.post(f"{APPLY}/review", {"draft_id": draft[1], "declare": "yes", "continue": "1"})
    code = re.search(r"[A-Z0-9.]+-\d{8}-\d+", sent.headers["Location"])
    assert code
    return code[0]


def work(clerk: Watched, officer: Watched, leader: Watched, code: str) -> None:
    clerk.get(f"/counter/queue?q={code}")
    clerk.get(f"/counter/dossiers/{code}")
    assert clerk.post(f"/counter/dossiers/{code}/reveal", {"reveal_reason": REASON}).status_code == 200
    clerk.act(code, "receive")
    clerk.act(code, "forward")
    officer.act(code, "assign")
    assert officer.post(f"/counter/dossiers/{code}/recheck", {}).status_code == 302
    officer.act(code, "propose", **GRANT)
    leader.act(code, "send-back", reason=LETTER)
    officer.act(code, "propose", **GRANT)
    leader.get(f"/counter/dossiers/{code}/approve")
    leader.act(code, "approve")


def look_back(owner: Watched, leader: Watched, code: str) -> None:
    for page in ("/my/dossiers", f"/my/dossiers/{code}", "/my/notices", "/my/data", "/my/data/looks", "/my/data/consents"):
        owner.get(page)
    looks = owner.get("/my/data/looks?of=others").text
    entry = looks.split('href="/my/data/looks/', 1)[1].split('"', 1)[0]
    assert owner.post(f"/my/data/looks/{entry}", {"question": QUESTION}).status_code == 302
    listed = leader.get("/counter/access-questions").text
    question = listed.split('href="/counter/access-questions/', 1)[1].split('"', 1)[0]
    leader.post(f"/counter/access-questions/{question}", {"answer": QUESTION})
    assert MAIL in owner.post("/my/data/download", {"as": "machine"}).text


def at_the_counter(clerk: Watched) -> None:
    card = {"card": HA, "full_name": "Nguyễn Thu Hà", "date_of_birth.year": "1997", "is_present": "yes", "procedure": "1.004873"}
    assert clerk.post("/counter/intake", card).status_code == 422  # nobody matches: the wrong year alone
    clerk.post("/counter/intake", card | {"accept_unmatched": "yes"})
    clerk.post("/counter/assist", {"code": "H26.31-20261125-9999999", "card": HA, "is_present": "yes"})


@pytest.fixture(scope="module")
def since() -> float:
    """Before the first word was planted."""
    with tempfile.NamedTemporaryFile() as mark:
        return Path(mark.name).stat().st_mtime


def test_nothing_planted_is_found_where_it_must_not_be(
    app: Flask, town: EmbeddedServer, outside: str, written: io.StringIO, since: float
) -> None:
    met: list[str] = []
    owner, clerk, officer, leader = (Watched(app, met) for _name in range(4))
    for browser, who in ((owner, HA), (clerk, CLERK), (officer, OFFICER), (leader, LEADER)):
        browser.log_in(who)
    code = file(owner)
    work(clerk, officer, leader, code)
    look_back(owner, leader, code)
    at_the_counter(clerk)
    with db.transaction() as session:
        secret = session.scalars(select(Dossier).where(Dossier.code == code)).one().parties["tracking_secret"]
        letters = list(session.scalars(select(OutboxItem.id).where(OutboxItem.kind == "send_notice")))
    assert code in Watched(app, met).post("/track", {"code": code, "secret": secret}).text
    for letter in letters:
        carry_out(str(letter))
    sent = [one for one in requests.get(f"{outside}/messages.json", timeout=10).json() if code in str(one)]
    assert len(sent) >= 2
    # the shipped versions name invented people, in the cases by which they are rehearsed
    dumped = subprocess.run(
        [str(town.binary("pg_dump")), "--dbname", town.url("owner"), "--data-only", "--exclude-table-data=procedure_versions"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert code in dumped
    assert '"endpoint"' in written.getvalue()
    searched = {
        "logs": written.getvalue(),
        "addresses and titles": "\n".join([*met, *(unquote_plus(one) for one in met)]),
        "subjects": "\n".join(str(one.get("subject", "")) for one in sent),
        "words of messages": "\n".join(str(one.get("text", "")) for one in sent),
        "database": dumped,
        "what does not last": left_in_temp(since),
    }
    assert {place: found for place, text in searched.items() if (found := leaks(text))} == {}
    assert {place for place, text in searched.items() if secret in text} == set()


def left_in_temp(since: float) -> str:
    """What was left in the folder for things that do not last, from the names of files on."""
    folder, found = Path(tempfile.gettempdir()), []
    for path in folder.glob("*"):
        try:
            if path.is_file() and path.stat().st_mtime >= since and path.stat().st_size < 5_000_000:
                found += [path.name, path.read_bytes().decode("utf-8", "replace")]
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return "\n".join(found)
