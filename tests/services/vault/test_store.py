"""Sealed files on disk: whole or not there, durable before they are named, and never another's."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.config import settings
from portal.crypto import KeyDestroyed, SealError, sha256
from portal.models import DataKey, StoredFile
from portal.services.vault import store
from portal.services.vault.keys import destroy
from portal.services.vault.store import read_file, store_file

CONTENT = "Giấy xác nhận của bà Nguyễn Thị Mẫu".encode() * 1_000


@pytest.fixture
def folder(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault of the test's own."""
    monkeypatch.setattr(type(settings()), "files", property(lambda _self: tmp_path))
    return tmp_path


@pytest.fixture
def key(session: Session) -> DataKey:
    fresh = DataKey.fresh()
    session.add(fresh)
    session.flush()
    return fresh


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_file_is_read_back_whole_and_stands_on_disk_under_the_hash_of_its_sealed_bytes(
    session: Session, folder: Path, key: DataKey
) -> None:
    row = store_file(session, key, CONTENT, "application/pdf")
    session.flush()
    (path,) = files_in(folder)
    assert read_file(row) == CONTENT
    assert sha256(path.read_bytes()) == row.sealed_sha256 == bytes.fromhex(path.name)
    assert (row.size_bytes, row.media_type, path.parent.name) == (len(CONTENT), "application/pdf", path.name[:2])


def test_nothing_of_the_content_stands_on_disk(session: Session, folder: Path, key: DataKey) -> None:
    store_file(session, key, CONTENT, "application/pdf")
    (path,) = files_in(folder)
    on_disk = path.read_bytes()
    assert "Nguyễn".encode() not in on_disk
    assert CONTENT[:16] not in on_disk


def test_same_content_twice_is_two_files_that_nobody_can_tell_to_be_one(session: Session, folder: Path, key: DataKey) -> None:
    rows = [store_file(session, key, CONTENT, "application/pdf") for _ in range(2)]
    assert rows[0].sealed_sha256 != rows[1].sealed_sha256
    assert len(files_in(folder)) == 2


@pytest.mark.parametrize("content", [b"", b"\x00", os.urandom(1_000_003)], ids=["empty", "one byte", "a million and three"])
def test_file_of_any_size_comes_back(session: Session, folder: Path, key: DataKey, content: bytes) -> None:
    assert read_file(store_file(session, key, content, "application/octet-stream")) == content


def test_file_under_another_dossiers_key_does_not_open(session: Session, folder: Path, key: DataKey) -> None:
    row = store_file(session, key, CONTENT, "application/pdf")
    other = DataKey.fresh()
    session.add(other)
    row.data_key = other
    with pytest.raises(SealError):
        read_file(row)


def test_file_that_was_put_in_another_ones_place_does_not_open(session: Session, folder: Path, key: DataKey) -> None:
    mine, other = (store_file(session, key, content, "application/pdf") for content in (CONTENT, b"another"))
    mine.sealed_sha256 = other.sealed_sha256
    with pytest.raises(SealError):
        read_file(mine)


def test_file_whose_key_was_destroyed_is_gone_though_its_bytes_remain(session: Session, folder: Path, key: DataKey) -> None:
    row = store_file(session, key, CONTENT, "application/pdf")
    session.flush()
    destroy(session, key.id)
    with pytest.raises(KeyDestroyed):
        read_file(row)
    assert len(files_in(folder)) == 1


def path_of(row: StoredFile, folder: Path) -> Path:
    return folder / row.sealed_sha256.hex()[:2] / row.sealed_sha256.hex()


@pytest.mark.parametrize("damage", ["first byte", "middle", "last byte", "cut", "lengthened", "emptied"])
def test_damage_on_disk_is_found_out_and_never_read_as_content(session: Session, folder: Path, key: DataKey, damage: str) -> None:
    row = store_file(session, key, CONTENT, "application/pdf")
    path = path_of(row, folder)
    whole = bytearray(path.read_bytes())
    place = {"first byte": 0, "middle": len(whole) // 2, "last byte": len(whole) - 1}.get(damage)
    if place is not None:
        whole[place] ^= 0x80
    path.write_bytes({"cut": whole[:-1], "lengthened": whole + b"\x00", "emptied": b""}.get(damage, whole))
    with pytest.raises(SealError):
        read_file(row)


def test_file_that_is_not_there_is_an_error_of_the_disk(session: Session, folder: Path, key: DataKey) -> None:
    row = store_file(session, key, CONTENT, "application/pdf")
    path_of(row, folder).unlink()
    with pytest.raises(OSError):  # noqa: PT011 (not found, as the store's library has it)
        read_file(row)


@contextmanager
def no_file_over(size_bytes: int) -> Iterator[None]:
    """The system itself lets no file of this process grow beyond the size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_disk_that_takes_half_a_file_leaves_no_file_and_takes_it_whole_later(
    session: Session, folder: Path, key: DataKey
) -> None:
    with no_file_over(4_096), pytest.raises(OSError, match="refused"):
        store_file(session, key, CONTENT, "application/pdf")
    assert [path for path in files_in(folder) if len(path.name) == 64] == []
    assert read_file(store_file(session, key, CONTENT, "application/pdf")) == CONTENT


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a disk that is full")
def test_disk_that_is_really_full_refuses_and_heals_when_there_is_room(
    session: Session, tmp_path: Path, key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        monkeypatch.setattr(type(settings()), "files", property(lambda _self: disk))
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(b"\x00" * 200_000)
        with pytest.raises(OSError, match="refused"):
            store_file(session, key, CONTENT, "application/pdf")
        ballast.unlink()
        assert read_file(store_file(session, key, CONTENT, "application/pdf")) == CONTENT
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_disk_that_fails_to_keep_what_it_took_is_told_and_no_row_names_the_file(
    session: Session, folder: Path, key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    before = session.query(StoredFile).count()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="broken"):
            store_file(session, key, CONTENT, "application/pdf")
    assert session.query(StoredFile).count() == before
    assert not session.new


def test_file_and_the_names_that_lead_to_it_are_on_disk_before_the_row_is(
    session: Session, folder: Path, key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        real(descriptor)

    monkeypatch.setattr(store.os, "fsync", watched)
    row = store_file(session, key, CONTENT, "application/pdf")
    name = row.sealed_sha256.hex()
    assert flushed == [name, name[:2], folder.name]


def test_vault_without_a_folder_of_its_own_is_an_error_and_not_an_empty_file(
    session: Session, key: DataKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"not a folder")
    monkeypatch.setattr(type(settings()), "files", property(lambda _self: in_the_way))
    with pytest.raises(Exception, match=r"(?i)folder|director|exist|refused"):
        store_file(session, key, CONTENT, "application/pdf")
    assert in_the_way.read_bytes() == b"not a folder"
