"""People at the counter: drafts that a clerk opens and fills for them by the real acts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.accounts import account_of
from portal.auth.oidc import Identity
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import shown_pages
from portal.services.catalogue.versions import current
from portal.services.dossiers.fill_draft import answer_facts, answer_page
from portal.services.dossiers.open_intake import Visit, intake_asks, open_intake
from portal.services.dossiers.take_in import take_in
from portal.services.registries.exchange import Outcome, Reply, Subject
from tests.filings import ANSWERS, CODE, replies
from tests.people import OFFICE

NAME, NUMBER, BORN = "Nguyễn Thị Mẫu", "001190000001", "1990-05-12"
MAU = Subject(NUMBER, NAME, BORN)
QR = f"{NUMBER}||{NAME}|12051990|Nữ|Số 9 phố Mẫu, Ba Đình, Hà Nội|01032022"


def visit(session: Session, subject: Subject = MAU, office: str = OFFICE, code: str = CODE) -> Visit:
    """Somebody at a counter, for a procedure."""
    return Visit(subject, current(session, code), office)


def silent(outcome: Outcome = Outcome.UNAVAILABLE) -> dict[str, Reply]:
    """No registry says anything of use."""
    return {name: Reply(name, f"request-{name}", outcome, clock.now()) for name in ("population", "civil-status")}


def begun(
    session: Session, who: Actor, at: Visit | None = None, answered: dict[str, Reply] | None = None, **more: Any
) -> Dossier:
    """A draft that the clerk has just opened for them."""
    wanted = {"is_present": True, "accepts_unmatched": False, "language": "vi", **more}
    there, said = at or visit(session), answered or replies()
    return open_intake(session, who, there, intake_asks(who, there, client_ip=""), said, **wanted)


def filled(
    session: Session, who: Actor, at: Visit | None = None, answered: dict[str, Reply] | None = None, **answers: str
) -> Dossier:
    """A draft of which every page is answered."""
    at = at or visit(session)
    draft = begun(session, who, at, answered)
    answer_facts(session, draft, at.procedure, {})
    done: set[str] = set()
    while page := next((one for one in shown_pages(at.procedure, draft.draft["answers"]) if one.id not in done), None):
        answer_page(draft, at.procedure, page, {**ANSWERS, **answers})
        done.add(page.id)
    session.flush()
    return draft


def taken_in(session: Session, who: Actor, draft: Dossier, confirmed: str = "read_back") -> Dossier:
    """What the clerk filed, and received where they may."""
    return take_in(session, who, draft.id, is_declared=True, confirmed=confirmed)


def identity(subject: Subject = MAU, sub: str = "sub-of-mau") -> Identity:
    """What the provider says of the person when they log in."""
    return Identity(
        issuer="https://eid.example", subject=sub, personal_id=subject.personal_id, full_name=subject.full_name,
        date_of_birth=subject.date_of_birth, level=2, authenticated_at=0, sid=None, id_token="",
    )  # fmt: skip


def logged_in(session: Session, subject: Subject = MAU, sub: str = "sub-of-mau") -> Actor:
    """The person as the services see them after a login."""
    account = account_of(session, identity(subject, sub))
    session.flush()
    return Actor(account.id, subject.full_name, 2, account.subject_hash)
