"""Dossiers of the shipped procedure, brought by the real acts to any place of their life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Account, Dossier
from portal.services.catalogue.answers import shown_pages
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.fill_draft import answer_facts, answer_page, take_replies
from portal.services.dossiers.forward import forward
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.propose import propose
from portal.services.dossiers.receive import receive
from portal.services.dossiers.submit import submit
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester, Subject

CODE = "1.004873"
ANSWERS = {
    "certificate.purpose": "property",
    "certificate.copies": "1",
    "certificate.period": "until_now",
    "delivery.method": "electronic",
    "contact.email": "mau@thu.example",
    "contact.phone": "0900000012",
}
GRANT = {"decision": "grant", "appraisal.conclusion": "never_married"}
AS_OF = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def population_fields(full_name: str = "Nguyễn Thị Mẫu", personal_id: str = "001190000001", **changes: Any) -> dict[str, Any]:
    """What the population database says of an invented person of phường Ba Đình."""
    return {
        "full_name": full_name,
        "personal_id": personal_id,
        "date_of_birth": "1990-05-12",
        "sex": "female",
        "ethnicity": {"code": "01", "name": "Kinh"},
        "nationality": [{"code": "VN", "name": "Việt Nam"}],
        "identity_card": {"number": personal_id, "issued_on": "2022-03-01", "issued_by": "Cục Cảnh sát QLHC về TTXH"},
        "permanent_residence": {
            "country": "VN", "province_code": "01", "province_name": "Thành phố Hà Nội", "ward_code": "00004",
            "ward_name": "Phường Ba Đình", "detail": "Số 9 phố Mẫu",
        },
        "contact": {"phone": "+84900000012", "email": "mau@thu.example"},
        "household": {"head": {"full_name": "Nguyễn Văn Chủ Hộ", "personal_id": "001065000009"}, "members": []},
        "other": {"residence_history": [{"address": {}, "from": "2010-01-01", "to": None}]},
        **changes,
    }  # fmt: skip


def replies(population: dict[str, Any] | None = None, marital_status: str = "never_married") -> dict[str, Reply]:
    """Both registries' replies, as their clients give them."""
    civil_status = {"marital_status": marital_status, "marriages": []}
    fields = {"population": population or population_fields(), "civil-status": civil_status}
    return {
        name: Reply(name, f"request-{name}", Outcome.FOUND, clock.now(), f"response-{name}", AS_OF, 3, said)
        for name, said in fields.items()
    }


def asks_of(
    answered: Mapping[str, Reply], requester: Requester | None = None, personal_id: str = "001190000001"
) -> dict[str, Ask]:
    """The look-ups that these are the replies to."""
    subject = Subject(personal_id, "Nguyễn Thị Mẫu", "1990-05-12")
    asker = requester or Requester("citizen", "nobody")
    return {
        name: Ask(subject, asker, CODE, f"XNTTHN-{name}", "Luật Hộ tịch", tuple(reply.fields), "consent", "consent:1")
        for name, reply in answered.items()
    }


def taken(
    session: Session,
    owner: Actor,
    draft: Dossier,
    procedure: Procedure,
    answered: Mapping[str, Reply],
    profile: Mapping[str, str] | None = None,
) -> None:
    """The registries answered the owner's look-ups."""
    asks = asks_of(answered, personal_id=session.get_one(Account, owner.account_id).profile["personal_id"])
    take_replies(session, owner, draft, procedure, asks, answered, profile or {})


def filled_draft(
    session: Session, owner: Actor, answers: dict[str, str] | None = None, *, code: str = CODE, **population: Any
) -> Dossier:
    """A draft of which every page is answered."""
    procedure: Procedure = current(session, code)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, replies(population_fields(**population)))
    answer_facts(session, draft, procedure, {})
    form = {**ANSWERS, **(answers or {})}
    done: set[str] = set()
    while coming := next((page for page in shown_pages(procedure, draft.draft["answers"]) if page.id not in done), None):
        answer_page(draft, procedure, coming, form)
        done.add(coming.id)
    session.flush()
    return draft


def submitted(session: Session, owner: Actor, answers: dict[str, str] | None = None, **population: Any) -> Dossier:
    """A dossier that was filed."""
    return submit(session, owner, filled_draft(session, owner, answers, **population).id, is_declared=True)


def received(session: Session, owner: Actor, clerk: Actor) -> Dossier:
    """A dossier that the counter took in."""
    dossier = submitted(session, owner)
    return receive(session, clerk, str(dossier.code), expected_version=dossier.version)


def appraising(session: Session, owner: Actor, clerk: Actor, officer: Actor) -> Dossier:
    """A dossier in the officer's hands."""
    dossier = received(session, owner, clerk)
    forward(session, clerk, str(dossier.code), expected_version=dossier.version)
    return assign(session, officer, str(dossier.code), expected_version=dossier.version)


def proposed(session: Session, owner: Actor, clerk: Actor, officer: Actor, form: dict[str, str] | None = None) -> Dossier:
    """A dossier that awaits the leader's signature."""
    dossier = appraising(session, owner, clerk, officer)
    return propose(session, officer, str(dossier.code), expected_version=dossier.version, form=form or GRANT)


def approved(session: Session, owner: Actor, clerk: Actor, officer: Actor, leader: Actor) -> Dossier:
    """A dossier whose result is being made."""
    dossier = proposed(session, owner, clerk, officer)
    return approve(session, leader, str(dossier.code), expected_version=dossier.version)
