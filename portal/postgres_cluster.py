"""What an embedded server is made of: cluster, configuration, roles, databases; starting and stopping are not here."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from portal.postgres_place import NoServer, Place

DATABASE = "portal"
ROLES: dict[str, str] = {"web": "portal_web", "owner": "portal_owner", "superuser": "postgres"}
CONFIGURATION = {
    "listen_addresses": "",
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


def make_cluster(place: Place, superuser_password: str) -> None:
    """Make the data folder, unless it is there; one that was left half made is made anew."""
    if (place.data / "PG_VERSION").exists():
        return
    unfinished = place.state / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    password = _hand_over(place, "superuser-password", superuser_password)
    try:
        _run(
            place, "initdb", "--pgdata", str(unfinished), "--username", ROLES["superuser"], f"--pwfile={password}",
            "--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", *_locale(place),
        )  # fmt: skip
    finally:
        password.unlink(missing_ok=True)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("\ninclude = 'portal.conf'\n")
    unfinished.rename(place.data)


def configure(place: Place) -> None:
    """Write the configuration that the next start reads."""
    values = {**CONFIGURATION, "unix_socket_directories": str(place.sockets)}
    _hand_over(place, "data/portal.conf", "".join(f"{name} = '{_quoted(value)}'\n" for name, value in values.items()))


def make_roles(superuser: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Both roles with the passwords of this instance, and the database; harmless when they exist."""
    known = {name for (name,) in superuser.execute("SELECT rolname FROM pg_roles")}
    for role, password in passwords.items():
        verb = sql.SQL("ALTER ROLE {} {}" if ROLES[role] in known else "CREATE ROLE {} {}")
        rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}")
        superuser.execute(verb.format(sql.Identifier(ROLES[role]), rights.format(sql.Literal(password))))
    make_database(superuser, DATABASE)


def make_database(superuser: psycopg.Connection, name: str) -> None:
    """A database of the owner role, unless it is there; nobody but the two roles may enter, and the web role may only enter."""
    database, owner, web = sql.Identifier(name), sql.Identifier(ROLES["owner"]), sql.Identifier(ROLES["web"])
    if not superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        superuser.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, web))


def drop_database(superuser: psycopg.Connection, name: str) -> None:
    """Remove a database, ending the connections to it."""
    superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _locale(place: Place) -> list[str]:
    """Unicode rules for upper and lower case, the same on every machine where the server brings its own."""
    if place.version >= 17:
        return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8", "--lc-messages=C"]


def _hand_over(place: Place, name: str, text: str) -> Path:
    """Write a file that only the server's account can read."""
    path = place.state / name
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        if account := place.account:
            os.fchown(descriptor, account.uid, account.gid)
        handle.write(text)
    return path


def _run(place: Place, name: str, *arguments: str) -> None:
    """Run a tool of the server as the server's account."""
    try:
        subprocess.run(  # type: ignore[call-overload]
            [str(place.binaries / name), *arguments], cwd="/", check=True, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, **(place.account.popen if place.account else {}),
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise NoServer(f"{name} failed: {error.stderr.strip()}") from error


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
