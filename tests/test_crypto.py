from __future__ import annotations

import json
import multiprocessing
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto import KeyDestroyed, Keyring, SealError, WrappedKey, keyring, new_data_key, replace_keyring, seal, unseal
from portal.models import Account, DataKey


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again(content: bytes) -> None:
    key = new_data_key()
    assert unseal(key, seal(key, content, "place"), "place") == content


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_changed_byte_is_found_out(content: bytes, data: st.DataObject) -> None:
    key = new_data_key()
    sealed = bytearray(seal(key, content, "place"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        unseal(key, bytes(sealed), "place")


def test_sealed_content_cannot_be_moved_to_another_row() -> None:
    key = new_data_key()
    with pytest.raises(SealError):
        unseal(key, seal(key, b"x", "dossiers.sealed_draft.1"), "dossiers.sealed_draft.2")


def test_sealing_the_same_twice_shows_nothing_in_common() -> None:
    key = new_data_key()
    assert seal(key, b"Nguyen", "p")[13:] != seal(key, b"Nguyen", "p")[13:]


def test_row_reads_what_it_wrote_and_its_column_holds_none_of_it() -> None:
    account = Account(data_key=DataKey.fresh(), profile={"full_name": "Nguyễn Thị Mẫu"})
    assert account.profile == {"full_name": "Nguyễn Thị Mẫu"}
    assert b"Nguy" not in account.sealed_profile


def test_destroyed_key_opens_nothing() -> None:
    account = Account(data_key=DataKey.fresh(), profile={"full_name": "x"})
    account.data_key.wrapped = None
    with pytest.raises(KeyDestroyed):
        _ = account.profile


def test_rotation_keeps_old_keys_readable_and_forgetting_ends_them() -> None:
    first = Keyring("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32))
    kept = first.wrap(b"d" * 32)
    second = first.with_new_master()
    assert second.unwrap(kept) == b"d" * 32
    assert second.wrap(b"d" * 32).master_id == "k2"
    assert second.blind("x", "y") == first.blind("x", "y")
    with pytest.raises(SealError):
        second.without_old_masters().unwrap(kept)


def test_rotating_and_forgetting_again_and_again_loses_no_key() -> None:
    ring = Keyring("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32))
    names = {ring.current}
    for _ in range(5):
        kept = ring.wrap(b"d" * 32)
        ring = ring.with_new_master()
        assert ring.unwrap(kept) == b"d" * 32
        assert ring.current not in names
        names.add(ring.current)
        ring = ring.without_old_masters()


def test_wrapped_key_of_another_installation_does_not_open() -> None:
    foreign = Keyring("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32)).wrap(b"d" * 32)
    with pytest.raises(SealError):
        keyring().unwrap(WrappedKey(keyring().current, foreign.wrapped))


def _load(path: str) -> str:
    return Keyring.load(Path(path)).to_json()


def test_processes_that_start_together_share_one_keyring(tmp_path: Path) -> None:
    path = str(tmp_path / "keys" / "keyring.json")
    with multiprocessing.get_context("fork").Pool(6) as pool:
        rings = pool.map(_load, [path] * 12)
    assert len(set(rings)) == 1
    assert (Path(path).stat().st_mode & 0o777) == 0o600


def test_rotation_by_another_process_is_seen_at_the_next_use(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    ring = Keyring.load(path)
    replace_keyring(path, ring.with_new_master())
    assert json.loads(path.read_text(encoding="ascii"))["current"] == "k2"


def test_keyed_hash_differs_by_purpose_and_by_value() -> None:
    ring = keyring()
    assert len({ring.blind("a", "1"), ring.blind("b", "1"), ring.blind("a", "2")}) == 3
