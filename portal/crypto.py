"""Sealing of personal data: master keys that wrap data keys, data keys that seal content, keyed hashes that find it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from portal.config import settings

NONCE_BYTES = 12
KEY_BYTES = 32
FORMAT = b"\x01"


class SealError(RuntimeError):
    """Sealed content could not be opened: the wrong key, or bytes that somebody changed."""


class KeyDestroyed(SealError):
    """The data key was destroyed on purpose; its content is gone for good."""


@dataclass(frozen=True)
class WrappedKey:
    """A data key as the database holds it."""

    master_id: str
    wrapped: bytes


class Keyring:
    """The master keys and the index key of one installation, kept in one file outside the database."""

    def __init__(self, current: str, masters: dict[str, bytes], index_key: bytes) -> None:
        self._current = current
        self._masters = masters
        self._index_key = index_key

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The keyring at `path`, made on first use."""
        if not path.exists():
            _write_once(path, cls("k1", {"k1": secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES)))
        kept = json.loads(path.read_text(encoding="ascii"))
        masters = {name: base64.b64decode(key) for name, key in kept["masters"].items()}
        return cls(kept["current"], masters, base64.b64decode(kept["index"]))

    def to_json(self) -> str:
        """The keyring as its file holds it."""
        masters = {name: base64.b64encode(key).decode() for name, key in self._masters.items()}
        return json.dumps({"current": self._current, "masters": masters, "index": base64.b64encode(self._index_key).decode()})

    @property
    def old(self) -> frozenset[str]:
        """The names of the master keys that only unwrap."""
        return frozenset(self._masters) - {self._current}

    @property
    def current(self) -> str:
        """The name of the master key that wraps new data keys."""
        return self._current

    def with_new_master(self) -> Keyring:
        """A keyring whose newest master key wraps from now on; the older ones still unwrap."""
        name = f"k{max(int(known.removeprefix('k')) for known in self._masters) + 1}"  # never a name that was used
        return Keyring(name, {**self._masters, name: secrets.token_bytes(KEY_BYTES)}, self._index_key)

    def without_old_masters(self) -> Keyring:
        """A keyring of the current master key alone, for when every data key has been rewrapped."""
        return Keyring(self._current, {self._current: self._masters[self._current]}, self._index_key)

    def wrap(self, data_key: bytes) -> WrappedKey:
        """The data key as the database may hold it."""
        return WrappedKey(self._current, aes_key_wrap(self._masters[self._current], data_key))

    def unwrap(self, kept: WrappedKey) -> bytes:
        """The data key itself.

        Raises:
            SealError: its master key is not in this keyring.
        """
        try:
            return aes_key_unwrap(self._masters[kept.master_id], kept.wrapped)
        except (KeyError, InvalidUnwrap) as wrong:
            raise SealError("the master key of this data key is not here") from wrong

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed hash that finds an exact value without keeping it (personal IDs, name tokens)."""
        return hmac.digest(self._index_key, f"{purpose}\x00{value}".encode(), "sha256")


def _write_durably(path: Path, ring: Keyring) -> None:
    """Write the keyring beside its place, on disk before the name is used."""
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(ring.to_json())
        out.flush()
        os.fsync(out.fileno())


def _write_once(path: Path, ring: Keyring) -> None:
    """Put a new keyring in place whole; of two processes that start together, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write_durably(draft, ring)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def replace_keyring(path: Path, ring: Keyring) -> None:
    """Put a rotated keyring in the place of the old one, durably and in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write_durably(draft, ring)
    draft.replace(path)


def keyring_path() -> Path:
    """Where this installation keeps its keyring."""
    return settings().keys / "keyring.json"


def keyring() -> Keyring:
    """The keyring of this installation; a rotation by another process is seen at the next use."""
    path = keyring_path()
    try:
        found = path.stat()
    except FileNotFoundError:
        return Keyring.load(path)
    return _keyring_as_of(path, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=2)
def _keyring_as_of(path: Path, _changed_at: int, _inode: int) -> Keyring:
    return Keyring.load(path)


def new_data_key() -> bytes:
    """A fresh key for the content of one dossier or one person."""
    return secrets.token_bytes(KEY_BYTES)


def seal(data_key: bytes, content: bytes, context: str) -> bytes:
    """Content sealed under the key and bound to its place (`context`), so that it cannot be moved elsewhere."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(data_key).encrypt(nonce, content, context.encode())


def unseal(data_key: bytes, sealed: bytes, context: str) -> bytes:
    """The content of `seal`.

    Raises:
        SealError: wrong key, wrong place, or changed bytes.
    """
    if sealed[:1] != FORMAT:
        raise SealError("sealed content of an unknown format")
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(data_key).decrypt(nonce, rest, context.encode())
    except InvalidTag as wrong:
        raise SealError("sealed content does not open") from wrong


def sha256(content: bytes) -> bytes:
    """The plain hash of bytes that are not secret."""
    return hashlib.sha256(content).digest()


class HoldsDataKey(Protocol):
    """A database row with a data key of its own."""

    id: Any
    __tablename__: str

    def open_data_key(self) -> bytes: ...


class Sealed:
    """A JSON value of a row, sealed under the row's data key; the column beside it holds only ciphertext."""

    def __init__(self, column: str) -> None:
        self._column = column

    def __get__(self, row: HoldsDataKey | None, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self._column)
        if sealed is None:
            return None
        return json.loads(unseal(row.open_data_key(), sealed, self._context(row)))

    def __set__(self, row: HoldsDataKey, value: Any) -> None:
        if value is None:
            setattr(row, self._column, None)
            return
        content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        setattr(row, self._column, seal(row.open_data_key(), content, self._context(row)))

    def _context(self, row: HoldsDataKey) -> str:
        return f"{row.__tablename__}.{self._column}.{row.id}"
