"""The embedded PostgreSQL server of an instance folder: start, attach, stop, addresses; no table lives here."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

import psycopg

from portal.config import Settings
from portal.postgres_cluster import DATABASE, ROLES, configure, drop_database, make_cluster, make_database, make_roles
from portal.postgres_place import NoServer, Place, find_place, remove_place
from portal.processes import command_of, is_alive, wait_until

Role = Literal["web", "owner", "superuser"]

START_SECONDS = 15.0
RECOVERY_SECONDS = 120.0
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class DatabaseUrls:
    """The two addresses of the portal's database: `web` for requests and jobs, `owner` for migrations."""

    web: str
    owner: str


def database_urls(settings: Settings) -> DatabaseUrls:
    """The addresses from the settings, else those of the embedded server of the instance folder."""
    if settings.database_url:
        return DatabaseUrls(settings.database_url, settings.database_owner_url)
    server = EmbeddedServer(settings)
    return DatabaseUrls(server.url("web"), server.url("owner"))


class EmbeddedServer:
    """One server per instance folder; any number of processes may hold this object for the same folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._instance = settings.instance

    @cached_property
    def place(self) -> Place:
        self._instance.mkdir(parents=True, exist_ok=True)
        return find_place(self._instance)

    def start(self) -> None:
        """Start the server, or attach to the running one; returns when it accepts connections and the roles exist.

        Raises: NoServer when it cannot be started; the message ends with the last lines of its log.
        """
        with self._lock():
            make_cluster(self.place, self._password("superuser"))
            configure(self.place)
            self._launch()
            with self._superuser() as connection:
                make_roles(connection, {"owner": self._password("owner"), "web": self._password("web")})

    def stop(self) -> None:
        """Stop the server, ending its connections, and wait until it is gone."""
        with self._lock():
            pid = self._postmaster()
            for kind in (signal.SIGINT, signal.SIGQUIT):
                if pid is None:
                    return
                with suppress(ProcessLookupError):
                    os.kill(pid, kind)
                if wait_until(lambda: self._postmaster() is None and not is_alive(pid), STOP_SECONDS):
                    return
        raise NoServer("the database server does not stop")

    def destroy(self) -> None:
        """Stop the server and delete its data for good, wherever they lie; what a test does with a server of its own."""
        self.stop()
        remove_place(self.place, self._instance)
        del self.place

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def url(self, role: Role = "web", database: str = DATABASE) -> str:
        """The address of a database for one role, over the Unix socket."""
        name = ROLES[role]
        place = urlencode({"host": str(self.place.sockets), "port": "5432"}, quote_via=quote)
        return f"postgresql://{name}:{quote(self._password(role), safe='')}@/{quote(database, safe='')}?{place}"

    def binary(self, name: str) -> Path:
        """The path of a client tool (`psql`, `pg_dump`, …) of the server's own version."""
        return self.place.binaries / name

    def create_database(self, name: str) -> None:
        """Make a further database that belongs to the owner role, on the same terms as the portal's own."""
        with self._superuser() as connection:
            make_database(connection, name)

    def drop_database(self, name: str) -> None:
        """Remove a database, ending the connections to it."""
        with self._superuser() as connection:
            drop_database(connection, name)

    def _password(self, role: Role) -> str:
        return self._settings.secret(f"database-{role}")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time makes, starts or stops the server of a folder."""
        self._instance.mkdir(parents=True, exist_ok=True)
        with (self._instance / "postgres.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.url("superuser", "postgres"), autocommit=True, connect_timeout=5)

    def _launch(self) -> None:
        """Start until it answers. Just after a crash the first tries fail while old backends hold the shared memory."""
        deadline = time.monotonic() + START_SECONDS
        pid: int | None = None
        while not self._answers():
            if pid is None or not is_alive(pid):
                if time.monotonic() > deadline:
                    raise NoServer(f"the database server does not start:\n{self._log_tail()}")
                pid = self._postmaster() or self._spawn()
            elif time.monotonic() > deadline + RECOVERY_SECONDS:
                raise NoServer(f"the database server does not answer:\n{self._log_tail()}")
            time.sleep(0.1)

    def _spawn(self) -> int:
        """The server in a session of its own, so that it outlives the caller and its terminal; returns its pid."""
        for note in (self.place.data / "postmaster.pid", self.place.sockets / ".s.PGSQL.5432.lock"):
            _discard_stale(note)
        account = self.place.account
        command = ["/bin/sh", "-c", '"$0" -D "$1" </dev/null >>"$2" 2>&1 & echo $!']
        command += [str(self.binary("postgres")), str(self.place.data), str(self.place.state / "start.log")]
        done = subprocess.run(  # type: ignore[call-overload]
            command, cwd="/", check=True, stdout=subprocess.PIPE, text=True, start_new_session=True,
            **(account.popen if account else {}),
        )  # fmt: skip
        return int(done.stdout)

    def _answers(self) -> bool:
        try:
            self._superuser().close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise NoServer(f"the key database-superuser does not open the server of {self._instance}") from error
            return False
        return True

    def _postmaster(self) -> int | None:
        """The pid of the running server of this folder. A number left by a crash may by now be anybody's."""
        try:
            pid = _noted_pid(self.place.data / "postmaster.pid")
        except (FileNotFoundError, ValueError):
            return None
        return pid if is_alive(pid) and str(self.place.data) in command_of(pid) else None

    def _log_tail(self) -> str:
        logs = [self.place.state / "start.log", *sorted((self.place.data / "log").glob("*.log"), key=os.path.getmtime)]
        lines = [line for log in logs if log.exists() for line in log.read_text("utf-8", "replace").splitlines()]
        return "\n".join(lines[-12:])


def _noted_pid(note: Path) -> int:
    return int(note.read_text(encoding="utf-8").split("\n", 1)[0])


def _discard_stale(note: Path) -> None:
    """Remove a note that the server would believe: its number is in use, but not (any more) by a server of this folder.

    A note whose number is free is left to the server, which then looks for backends that outlived their postmaster.
    """
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
        os.kill(_noted_pid(note), 0)
        note.unlink()
