"""Sealed files on disk: written once under the hash of their sealed bytes, durable before the row that names them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore
from sqlalchemy.orm import Session

from portal import clock
from portal.config import settings
from portal.crypto import SealError, seal, sha256, unseal
from portal.db import new_id
from portal.models import DataKey, StoredFile


def store_file(session: Session, data_key: DataKey, content: bytes, media_type: str) -> StoredFile:
    """Seal the content under the dossier's key, write it, and give its row; nothing is ever overwritten.

    Raises:
        OSError: the disk refused; the caller's transaction then has nothing to undo.
    """
    file_id = new_id()
    sealed = seal(data_key.open(), content, _context(file_id))
    name = sha256(sealed)
    _write(_path(name), sealed)
    row = StoredFile(
        id=file_id, data_key=data_key, sealed_sha256=name, size_bytes=len(content), media_type=media_type, created_at=clock.now()
    )
    session.add(row)
    return row


def read_file(row: StoredFile) -> bytes:
    """The content of a stored file.

    Raises:
        SealError: its key was destroyed, or the bytes on disk are not those that were written.
        OSError: the file is not there.
    """
    sealed = bytes(obstore.get(LocalStore(settings().files), _path(row.sealed_sha256)).bytes())
    if sha256(sealed) != row.sealed_sha256:
        raise SealError("the file on disk is not the one that was written")
    return unseal(row.open_data_key(), sealed, _context(row.id))


def _context(file_id: object) -> str:
    return f"stored_files.{file_id}"


def _path(name: bytes) -> str:
    return f"{name.hex()[:2]}/{name.hex()}"


def _write(path: str, sealed: bytes) -> None:
    folder = settings().files
    try:
        obstore.put(LocalStore(folder), path, sealed, mode="create")
    except AlreadyExistsError:
        return
    except BaseError as refused:  # the library's own kind of error, told as what it is
        raise OSError(errno.ENOSPC, "the disk refused a sealed file") from refused
    _flush_to_disk(folder / path)


def _flush_to_disk(path: Path) -> None:
    """Make the file and the names that lead to it survive a power cut."""
    for part in (path, path.parent, path.parent.parent):
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
