"""The life of keys: rewrapped in any number, found by the master that wraps them, destroyed once and for good."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from portal import clock
from portal.crypto import KeyDestroyed, SealError, WrappedKey, keyring
from portal.db import new_id
from portal.models import DataKey
from portal.services.oversight.audit import verify
from portal.services.vault import keys
from portal.services.vault.keys import destroy, rewrap, wrapped_by
from tests.filings import submitted
from tests.people import citizen


def fresh_keys(session: Session, count: int) -> list[DataKey]:
    made = [DataKey.fresh() for _ in range(count)]
    session.add_all(made)
    session.flush()
    return made


def test_every_key_is_rewrapped_though_they_are_more_than_one_batch(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "BATCH", 3)
    made = fresh_keys(session, 10)
    opened = [key.open() for key in made]
    ring = keyring().with_new_master()
    assert rewrap(session, ring) == 10
    assert {key.master_id for key in made} == {ring.current}
    kept = session.execute(select(DataKey.master_id, DataKey.wrapped)).all()
    assert {row.master_id for row in kept} == {ring.current}
    assert rewrap(session, ring) == 0
    assert [ring.unwrap(WrappedKey(key.master_id, key.wrapped or b"")) for key in made] == opened


def test_destroyed_key_is_neither_rewrapped_nor_counted(session: Session) -> None:
    gone, stays = fresh_keys(session, 2)
    destroy(session, gone.id)
    ring = keyring().with_new_master()
    assert wrapped_by(session, frozenset({keyring().current})) == 1
    assert rewrap(session, ring) == 1
    assert (gone.wrapped, stays.master_id) == (None, ring.current)
    assert wrapped_by(session, ring.old) == 0


def test_key_of_a_master_that_is_not_here_stops_the_rewrapping_and_loses_nothing(session: Session) -> None:
    (key,) = fresh_keys(session, 1)
    key.master_id, wrapped = "k999", key.wrapped
    session.flush()
    with pytest.raises(SealError):
        rewrap(session, keyring().with_new_master())
    assert (key.master_id, key.wrapped) == ("k999", wrapped)


def test_key_is_destroyed_at_a_moment_that_a_second_destruction_does_not_move(session: Session) -> None:
    (key,) = fresh_keys(session, 1)
    destroy(session, key.id)
    moment = key.destroyed_at
    destroy(session, key.id)
    assert moment is not None
    assert moment <= clock.now()
    assert key.destroyed_at == moment
    with pytest.raises(KeyDestroyed):
        key.open()


def test_key_that_does_not_exist_cannot_be_destroyed_by_mistake(session: Session) -> None:
    with pytest.raises(NoResultFound):
        destroy(session, new_id())


def test_destroyed_dossier_says_nothing_more_and_its_history_still_holds(session: Session) -> None:
    dossier = submitted(session, citizen(session, "Nguyễn Thị Quên"))
    destroy(session, dossier.data_key_id)
    session.expire_all()
    with pytest.raises(KeyDestroyed):
        _ = dossier.parties
    assert dossier.code
    assert verify(session).findings == ()


def test_owners_account_outlives_the_destruction_of_one_dossier(session: Session) -> None:
    owner = citizen(session, "Nguyễn Thị Quên")
    gone, stays = submitted(session, owner), submitted(session, owner)
    destroy(session, gone.data_key_id)
    session.expire_all()
    assert stays.owner.profile["full_name"] == "Nguyễn Thị Quên"
    assert stays.parties["subject"]["full_name"]


def test_no_two_dossiers_share_a_key(session: Session) -> None:
    owner = citizen(session)
    dossiers = [submitted(session, owner) for _ in range(4)]
    assert len({dossier.data_key_id for dossier in dossiers} | {dossiers[0].owner.data_key_id}) == 5
    assert session.execute(text("SELECT count(DISTINCT wrapped) = count(*) FROM keyring.data_keys")).scalar_one()
