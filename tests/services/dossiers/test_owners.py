from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.accounts import account_of
from portal.auth.oidc import LoginFailed
from portal.blind_index import personal_id_hash
from portal.models import Account, Dossier
from portal.services.dossiers.queries import owned, owned_dossiers
from portal.services.registries.exchange import Subject
from tests.intakes import BORN, NAME, NUMBER, begun, filled, identity, logged_in, taken_in
from tests.people import citizen, clerk


def test_first_login_claims_what_was_filed_at_the_counter(session: Session) -> None:
    at = clerk(session)
    dossier = taken_in(session, at, filled(session, at))
    mau = logged_in(session)
    assert mau.account_id == dossier.owner_id
    assert owned(session, mau, str(dossier.code)) is dossier
    account = session.get_one(Account, mau.account_id)
    assert (account.subject, account.claim_hash) == ("sub-of-mau", None)
    assert logged_in(session).account_id == mau.account_id
    assert begun(session, clerk(session)).owner_id == mau.account_id, "and the counter finds it by its login"


@pytest.mark.parametrize(
    "other",
    [Subject(NUMBER, "Nguyễn Thị Mẩu", BORN), Subject(NUMBER, NAME, "1990-12-05"), Subject("001190000003", NAME, BORN)],
)
def test_nobody_claims_by_fewer_than_all_three_factors(session: Session, other: Subject) -> None:
    at = clerk(session)
    dossier = taken_in(session, at, filled(session, at))
    assert owned_dossiers(session, logged_in(session, other)) == []
    assert session.get_one(Account, dossier.owner_id).issuer is None


def test_second_login_under_another_subject_takes_nothing(session: Session) -> None:
    at = clerk(session)
    dossier = taken_in(session, at, filled(session, at))
    logged_in(session)
    assert owned_dossiers(session, logged_in(session, sub="another")) == []
    assert session.get_one(Account, dossier.owner_id).subject == "sub-of-mau"


def test_locked_account_is_not_claimed_and_still_may_file_at_the_counter(session: Session) -> None:
    at = clerk(session)
    draft = filled(session, at)
    session.get_one(Account, draft.owner_id).locked_at = clock.now()
    with pytest.raises(LoginFailed):
        account_of(session, identity())
    assert taken_in(session, at, draft).state == "received"


@pytest.mark.parametrize("change", ["owner_id = filed_by", "filed_by = owner_id", "filing_office_code = 'H26.32'"])
def test_owner_clerk_and_counter_can_never_be_switched(session: Session, change: str) -> None:
    draft = begun(session, clerk(session))
    with pytest.raises(DBAPIError, match="never changes"), session.begin_nested():
        session.execute(text(f"UPDATE dossiers SET {change} WHERE id = :id"), {"id": draft.id})  # noqa: S608


def test_login_can_never_be_moved_to_another_account(session: Session) -> None:
    mau = citizen(session, NAME, personal_id=NUMBER)
    with pytest.raises(DBAPIError, match="never changes"), session.begin_nested():
        session.execute(text("UPDATE accounts SET subject = 'x' WHERE id = :id"), {"id": mau.account_id})


def test_two_first_logins_and_a_counter_at_once_make_one_account(committed: Any) -> None:
    with db.transaction() as session:
        actors = [clerk(session) for _ in range(2)]
    failed: list[BaseException] = []

    def run(what: Any) -> None:
        try:
            with db.transaction() as session:
                what(session)
        except BaseException as fault:
            failed.append(fault)

    acts = [lambda s: account_of(s, identity())] * 2 + [lambda s, a=a: begun(s, a) for a in actors]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with db.transaction() as session:
        count = select(func.count()).select_from(Account).where(Account.subject_hash == personal_id_hash(NUMBER))
        assert session.scalars(count).one() == 1
        owners = set(session.scalars(select(Dossier.owner_id).where(Dossier.filed_by.is_not(None))))
        assert len(owners) == 1
