"""Files that must survive a crash: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replaces the file in one step, on the disk before it returns."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def append_line(path: Path, line: str) -> None:
    """Adds one line at the end."""
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def whole_lines(path: Path, limit: int) -> list[str]:
    """The last lines; one that a killed process left torn is cut off, so that the next is not glued to it."""
    if not path.exists():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        write_whole(path, whole)
    return whole.decode("utf-8").split("\n")[:-1][-limit:]


def secret_of(folder: Path, name: str) -> bytes:
    """A random secret, made on first use and the same ever after."""
    path = folder / name
    if not path.exists():
        write_whole(path, secrets.token_bytes(32))
    return path.read_bytes()
