"""The embedded PostgreSQL server of an instance folder: make, start, attach, stop, roles; no table lives here."""

from __future__ import annotations

import fcntl
import os
import shutil
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
from psycopg import sql

from portal.config import Settings
from portal.postgres_place import NoServer, Place, find_place, forget_place
from portal.processes import command_of, is_alive, wait_until

Role = Literal["web", "owner", "superuser"]

DATABASE = "portal"
ROLES: dict[str, str] = {"web": "portal_web", "owner": "portal_owner", "superuser": "postgres"}
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
            if not (self.place.data / "PG_VERSION").exists():
                self._make_cluster()
            self._configure()
            self._launch()
            self._make_roles()

    def stop(self) -> None:
        """Stop the server, ending its connections, and wait until it is gone."""
        with self._lock():
            pid = self._postmaster()
            for kind in (signal.SIGINT, signal.SIGQUIT):
                if pid is None:
                    return
                with suppress(ProcessLookupError):
                    os.kill(pid, kind)
                if wait_until(lambda: self._postmaster() is None, STOP_SECONDS):
                    return
        raise NoServer("the database server does not stop")

    def destroy(self) -> None:
        """Stop the server and delete its data for good, wherever they lie; what a test does with a server of its own."""
        self.stop()
        for folder in {self.place.state, self.place.sockets}:
            shutil.rmtree(folder, ignore_errors=True)
        forget_place(self._instance)
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
            _make_database(connection, name)

    def drop_database(self, name: str) -> None:
        """Remove a database, ending the connections to it."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

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

    def _make_cluster(self) -> None:
        data = self.place.data
        unfinished = self.place.state / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self._hand_over("superuser-password", self._password("superuser"))
        try:
            self._run(
                "initdb", "--pgdata", str(unfinished), "--username", ROLES["superuser"], f"--pwfile={password}",
                "--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", *self._locale(),
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write("\ninclude = 'portal.conf'\n")
        unfinished.rename(data)

    def _locale(self) -> list[str]:
        """Unicode rules for upper and lower case, the same on every machine where the server brings its own."""
        if self.place.version >= 17:
            return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8", "--lc-messages=C"]

    def _configure(self) -> None:
        text = "".join(f"{name} = '{_quoted(value)}'\n" for name, value in self._configuration().items())
        self._hand_over("data/portal.conf", text)

    def _configuration(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "100",
            "password_encryption": "scram-sha-256",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "shared_buffers": "128MB",
            "work_mem": "8MB",
            "maintenance_work_mem": "64MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgresql-%a.log",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
            # A failed statement may hold a citizen's data: the log tells the error, not the statement nor its values.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }

    def _hand_over(self, name: str, text: str) -> Path:
        """Write a file that only the server's account can read."""
        path = self.place.state / name
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            if account := self.place.account:
                os.fchown(descriptor, account.uid, account.gid)
            handle.write(text)
        return path

    def _run(self, name: str, *arguments: str) -> str:
        """Run a tool of the server as the server's account."""
        account = self.place.account
        try:
            done = subprocess.run(  # type: ignore[call-overload]
                [str(self.binary(name)), *arguments], cwd="/", check=True, capture_output=True, text=True,
                stdin=subprocess.DEVNULL, **(account.popen if account else {}),
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            raise NoServer(f"{name} failed: {error.stderr.strip()}") from error
        return str(done.stdout)

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

    def _make_roles(self) -> None:
        """Both roles with the passwords of this instance, and the database; harmless when they exist."""
        with self._superuser() as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ("owner", "web"):
                verb = sql.SQL("ALTER ROLE {} {}" if ROLES[role] in known else "CREATE ROLE {} {}")
                rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}")
                password = rights.format(sql.Literal(self._password(role)))
                connection.execute(verb.format(sql.Identifier(ROLES[role]), password))
            _make_database(connection, DATABASE)


def _make_database(connection: psycopg.Connection, name: str) -> None:
    """A database of the owner role, unless it is there; nobody but the two roles may enter, and the web role may only enter."""
    database, owner, web = sql.Identifier(name), sql.Identifier(ROLES["owner"]), sql.Identifier(ROLES["web"])
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, web))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _noted_pid(note: Path) -> int:
    return int(note.read_text(encoding="utf-8").split("\n", 1)[0])


def _discard_stale(note: Path) -> None:
    """Remove a note that the server would believe: its number is in use, but not (any more) by a server of this folder.

    A note whose number is free is left to the server, which then looks for backends that outlived their postmaster.
    """
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
        os.kill(_noted_pid(note), 0)
        note.unlink()
