"""`make bench`: the submit path, a page, the papers and finding, each against its bare baseline; what a submission costs;
and the desks among many dossiers beside few (`BENCH_DOSSIERS`, a million where it is not set).
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests
from sqlalchemy import event, text

CHECKOUT = Path(__file__).resolve().parents[2]
SUBMISSIONS = 120
PAGES = 400
PAPERS = 20
CATALOGUE = 1733
SEARCHES = ("giấy phép", "khai sinh", "khaisinh", "giay khai sanh", "xin cap lai the bao hiem y te", "xyzzy")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def main() -> None:
    """Measure in a throw-away installation and print."""
    with tempfile.TemporaryDirectory(prefix="mot-cua-bench-") as folder:
        os.environ.update(PORTAL_ENV="demo", PORTAL_INSTANCE=folder, PORTAL_PORT=str(free_port()), PORTAL_WEB_WORKERS="2")
        sys.path.insert(0, str(CHECKOUT))
        from portal.config import settings
        from portal.postgres import EmbeddedServer

        settings.cache_clear()
        server = EmbeddedServer(settings())
        server.start()
        try:
            _measure(server)
        finally:
            server.stop()


def _measure(server) -> None:
    from portal import db
    from portal.config import settings
    from portal.services.organisation.offices import seed_offices
    from portal.services.organisation.working_days import seed_calendar
    from portal.services.publishing.shipped import publish_shipped

    os.environ.update(DATABASE_URL=server.url("web"), DATABASE_OWNER_URL=server.url("owner"))
    settings.cache_clear()
    db.migrate(server.url("owner"))
    with psycopg.connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE bench_rows (id bigserial PRIMARY KEY, content text)")
    with db.transaction() as session:
        seed_calendar(session)
        seed_offices(session)
        publish_shipped(session)
    _submissions_and_pages(server)
    _papers()
    _finding()
    from tools.bench.queues import compare_queues

    compare_queues(server)


@contextmanager
def _serving(factory: str, port: int, ready: str) -> Iterator[None]:
    code = (
        "from granian import Granian; from granian.constants import Interfaces; from granian.log import LogLevels;"
        f"Granian({factory!r}, factory=True, interface=Interfaces.WSGI, address='127.0.0.1', port={port}, workers=2,"
        " blocking_threads=4, log_level=LogLevels.error).serve()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}{ready}")
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise TimeoutError(url)


def _submissions_and_pages(server) -> None:
    from portal.config import settings
    from tools.bench.load import Call, run

    bare_port, port = free_port(), settings().port
    browsers = [_Browser() for _ in range(SUBMISSIONS)]
    with _serving("tools.bench.bare:create_bare_app", bare_port, "/page"):
        run(bare_port, [Call("POST", "/insert", {"content": "x"}, {}, 200)] * 50)
        bare_insert = run(bare_port, [Call("POST", "/insert", {"content": "x" * 200}, {}, 200)] * SUBMISSIONS)
        bare_page = run(bare_port, [Call("GET", "/page", {}, {}, 200)] * PAGES)
    with _serving("portal:create_app", port, "/readyz"):
        run(port, [Call("GET", "/procedures/1.004873", {}, {}, 200)] * 50)
        for browser in browsers:
            browser.open_review(port)
        before = _fsyncs(server)
        submitted = run(port, [browser.call for browser in browsers])
        fsyncs = (_fsyncs(server) - before) / SUBMISSIONS
        page = run(port, [Call("GET", "/procedures/1.004873", {}, {}, 200)] * PAGES)
    _print("submission", submitted, "one durable insert", bare_insert)
    _print("procedure page", page, "bare Jinja page", bare_page)
    print(f"a submission: {_statements()} SQL statements, {fsyncs:.1f} WAL fsyncs (4 at a time share some)")


def _print(name, ours, bare_name, bare) -> None:
    print(
        f"{name}: {ours.per_second:.0f}/s, median {ours.median_ms:.1f} ms; {bare_name}: {bare.per_second:.0f}/s, "
        f"median {bare.median_ms:.1f} ms; ratio {bare.per_second / ours.per_second:.1f} times slower"
    )


class _Browser:
    """A logged-in citizen with one draft ready to be sent."""

    def __init__(self) -> None:
        from portal import clock, db
        from portal.crypto import sha256
        from portal.models import LoginSession
        from tests.filings import filled_draft
        from tests.people import citizen

        self.token = secrets.token_urlsafe(32)
        now = clock.now()
        with db.transaction() as session:
            actor = citizen(session)
            self.draft_id = filled_draft(session, actor).id
            session.add(
                LoginSession(
                    token_hash=sha256(self.token.encode()), account_id=actor.account_id, level=2,
                    authenticated_at=now, created_at=now, seen_at=now, data={},
                )
            )  # fmt: skip

    def open_review(self, port: int) -> None:
        """Open the last step and keep the call that sends it."""
        from portal.auth.session import cookie_name
        from tools.bench.load import Call

        path = "/procedures/1.004873/apply/review"
        headers = {"Cookie": f"{cookie_name()}={self.token}"}
        page = requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=10)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.status_code
        form = {"draft_id": str(self.draft_id), "declare": "yes", "continue": "1", "csrf_token": found[1]}
        self.call = Call("POST", path, form, headers, 302)


def _fsyncs(server) -> int:
    from portal import db

    engine = db.make_engine(server.url("owner"), pool_size=1)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        count = connection.execute(text("SELECT coalesce(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal'")).scalar()
    engine.dispose()
    return int(count or 0)


def _statements() -> int:
    """How many statements one submission sends, its session look-up and commit included."""
    from portal import create_app, db
    from portal.auth.session import cookie_name

    browser, counted = _Browser(), []
    client = create_app().test_client()
    client.set_cookie(cookie_name(), browser.token)
    page = client.get("/procedures/1.004873/apply/review").get_data(as_text=True)
    guard = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert guard
    event.listen(db.engine(), "before_cursor_execute", lambda *_: counted.append(1))
    event.listen(db.engine(), "commit", lambda *_: counted.append(1))
    form = {"draft_id": str(browser.draft_id), "declare": "yes", "csrf_token": guard[1]}
    answer = client.post("/procedures/1.004873/apply/review", data=form)
    assert answer.status_code == 302, answer.status_code
    return len(counted)


def _papers() -> None:
    from weasyprint import HTML

    from tools.bench.paper import facts_and_html, signed

    facts, html, template = facts_and_html()
    HTML(string=html).write_pdf()
    bare = _per_second(lambda: HTML(string=html).write_pdf())
    signed(facts, template)
    ours = _per_second(lambda: signed(facts, template))
    print(f"papers (PDF/A-3a, tagged, sealed): {ours:.1f}/s; bare WeasyPrint: {bare:.1f}/s; ratio {bare / ours:.2f}")


def _finding() -> None:
    """Take a country's catalogue in, and find in it; the bare loop looks for the letters in every name and no more."""
    from portal import create_app, db
    from portal.services.catalogue.file_format import write
    from portal.services.catalogue.search import find, index_of
    from portal.services.catalogue.versions import entries
    from portal.services.publishing.bulk import batches, begin, take_in
    from portal.services.publishing.describe import descriptions

    texts = [(one.code, write(one)) for one in descriptions(CATALOGUE)]
    begun = time.perf_counter()
    for batch in batches(iter(texts)):
        with db.transaction() as session:
            take_in(session, begin(session), batch)
    print(f"import of {CATALOGUE} descriptions: {time.perf_counter() - begun:.1f} s")
    with db.transaction() as session:
        names = [entry.name[0].casefold() for entry in entries(session)]
        bare = _milliseconds(lambda: [name for word in SEARCHES for name in names if word in name]) / len(SEARCHES)
        index = index_of(entries(session))
        listed = _milliseconds(lambda: entries(session))
        found = _milliseconds(lambda: [find(index, word) for word in SEARCHES]) / len(SEARCHES)
    client = create_app().test_client()
    page = _milliseconds(lambda: [client.get("/procedures", query_string={"q": word}) for word in SEARCHES]) / len(SEARCHES)
    print(
        f"finding among {len(names)} procedures: list {listed:.1f} ms, search {found:.1f} ms, page {page:.1f} ms;"
        f" bare loop over the names: {bare:.2f} ms; search is {found / bare:.1f} times the bare loop"
    )


def _milliseconds(do) -> float:
    do()
    begun = time.perf_counter()
    for _ in range(PAPERS):
        do()
    return (time.perf_counter() - begun) / PAPERS * 1000


def _per_second(do) -> float:
    begun = time.perf_counter()
    for _ in range(PAPERS):
        do()
    return PAPERS / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
