from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.queries import evidence_of, latest_answers
from portal.services.dossiers.recheck import comparisons, keep_recheck, recheck_asks
from portal.services.errors import Forbidden, NotFound
from portal.services.registries.exchange import Outcome, Reply, Requester
from tests.filings import asks_of, replies, submitted
from tests.people import OTHER_OFFICE, citizen, clerk, leader, officer


def rechecked(session: Session, asker: Actor, dossier: Dossier, answered: Mapping[str, Reply]) -> None:
    asks = asks_of(answered, Requester("officer", asker.id, "H26.31"))
    keep_recheck(session, asker, str(dossier.code), asks, answered)


def test_desk_asks_in_its_own_name_on_the_ground_of_the_law(session: Session) -> None:
    dossier, asker = submitted(session, citizen(session)), officer(session)
    asks = recheck_asks(session, asker, str(dossier.code), client_ip="10.0.0.9")
    for ask in asks.values():
        assert (ask.requester.kind, ask.requester.id, ask.requester.office) == ("officer", asker.id, "H26.31")
        assert (ask.basis, ask.dossier_code) == ("law", dossier.code)
        assert ask.basis_reference == ask.legal_ground


def test_what_the_register_says_now_stands_beside_what_was_filed(session: Session) -> None:
    dossier, asker = submitted(session, citizen(session)), officer(session)
    filed = latest_answers(session, dossier).content
    rechecked(session, asker, dossier, replies(marital_status="divorced"))
    procedure = by_hash(session, dossier.version_hash)
    compared = {one.element.key: one for one in comparisons(evidence_of(session, dossier), procedure, filed)}
    assert compared["subject.marital_status"].differs
    assert (compared["subject.marital_status"].filed or {})["value"] == "never_married"
    assert compared["subject.marital_status"].now == "divorced"
    assert not compared["subject.full_name"].differs
    assert latest_answers(session, dossier).content == filed


def test_registry_that_keeps_silent_makes_no_difference(session: Session) -> None:
    dossier, asker = submitted(session, citizen(session)), officer(session)
    silent = {name: replace(reply, outcome=Outcome.UNAVAILABLE, fields={}) for name, reply in replies().items()}
    rechecked(session, asker, dossier, silent)
    answers = latest_answers(session, dossier).content
    procedure = by_hash(session, dossier.version_hash)
    assert not any(one.differs for one in comparisons(evidence_of(session, dossier), procedure, answers))


def test_every_asking_is_kept_with_who_asked(session: Session) -> None:
    dossier, asker = submitted(session, citizen(session)), clerk(session)
    rechecked(session, asker, dossier, replies())
    kinds = [(row.requester_kind, row.source) for row in evidence_of(session, dossier)]
    assert sorted(kinds) == sorted((kind, name) for kind in ("citizen", "officer") for name in ("population", "civil-status"))


def test_desk_that_has_not_asked_has_nothing_to_compare(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    answers = latest_answers(session, dossier).content
    procedure = by_hash(session, dossier.version_hash)
    assert comparisons(evidence_of(session, dossier), procedure, answers) == ()


def test_leader_and_other_offices_do_not_look_registries_up(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    with pytest.raises(Forbidden):
        recheck_asks(session, leader(session), str(dossier.code), client_ip="")
    with pytest.raises(NotFound):
        recheck_asks(session, officer(session, OTHER_OFFICE), str(dossier.code), client_ip="")
