"""Who plays in the tests of the desks: one browser for each kind of person, and dossiers at every place of their life."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.auth.standing import standing_of
from portal.blind_index import personal_id_hash
from portal.models import Absence, AccessEntry, Account, Announcement, Dossier, IssuedDocument, PublishedFigure, StaffMember
from portal.services.catalogue.versions import current
from portal.services.dossiers.ask_about_look import ask_about_look
from portal.services.dossiers.consents import agree_to_lookups
from portal.services.registries.exchange import Subject
from portal.services.registries.ledger import HANDLING, Seat, note_openings
from tests import filings, intakes, visitors
from tests.visitors import Visitor

PEOPLE = {
    "citizen A": (visitors.HA, 2),
    "citizen B": (visitors.QUAN, 2),
    "citizen of level 1": (visitors.THOM, 1),
    "clerk": (visitors.CLERK, 2),
    "other clerk": (visitors.OTHER_CLERK, 2),
    "officer": (visitors.OFFICER, 2),
    "leader": (visitors.LEADER, 2),
    "clerk elsewhere": (visitors.CLERK_ELSEWHERE, 2),
    "officer elsewhere": (visitors.OFFICER_ELSEWHERE, 2),
    "leader elsewhere": (visitors.LEADER_ELSEWHERE, 2),
    "administrator": (visitors.ADMINISTRATOR, 2),
    "other administrator": (visitors.OTHER_ADMINISTRATOR, 2),
    "auditor": (visitors.AUDITOR, 2),
}
CLERKS = {"clerk", "other clerk", "clerk elsewhere"}
WIDOW = Subject("001160900099", "Nguyễn Thị Mẫu", "1990-05-12")  # stands at the counter; has never logged in
DESK_HERE = {"clerk", "other clerk", "officer", "leader"}
ADMINISTRATORS = {"administrator", "other administrator"}
DESK_ELSEWHERE = {"clerk elsewhere", "officer elsewhere", "leader elsewhere"}


def actor_of(session: Session, personal_id: str) -> Actor:
    """The person as the services see them, who has logged in before."""
    subject_hash = personal_id_hash(personal_id)
    account = session.scalars(select(Account).where(Account.subject_hash == subject_hash)).one()
    standing = standing_of(session, subject_hash, clock.today())
    return Actor(account.id, account.profile["full_name"], 2, subject_hash, standing.duties, standing.stands_in_for)


@dataclass(frozen=True)
class Filed:
    """A dossier of citizen A as an address names it: its code, and one of its papers; and a draft of the clerk's beside it."""

    code: str
    document_id: str
    draft_id: str = "00000000-0000-7000-8000-000000000000"


def _keep_away(session: Session, subject_hash: bytes) -> None:
    member = session.scalars(select(StaffMember).where(StaffMember.subject_hash == subject_hash)).one()
    if session.scalars(select(Absence.id).where(Absence.member_id == member.id)).first() is None:
        days = {"first_day": clock.today(), "last_day": clock.today()}
        session.add(Absence(data_key=member.data_key, member_id=member.id, created_at=clock.now(), version=0, **days))


def _draft_an_announcement(session: Session) -> None:
    if session.scalars(select(Announcement.id)).first() is None:
        begins_at = clock.now() + timedelta(days=30)
        texts = dict.fromkeys(("unavailable", "unavailable_en", "elsewhere", "elsewhere_en"), "Words")
        span = {"begins_at": begins_at, "ends_at": begins_at + timedelta(hours=4)}
        session.add(Announcement(**texts, **span, created_at=clock.now(), version=0))


def _publish_a_figure(session: Session) -> None:
    if session.scalars(select(PublishedFigure.id)).first() is None:
        texts = dict.fromkeys(("about", "about_en", "source"), "Words")
        figure = {"registry_name": "tax", "value": 7, "published_on": clock.today()}
        session.add(PublishedFigure(**texts, **figure, created_at=clock.now(), version=0))


def _look_ask_and_agree(session: Session, owner: Actor, clerk: Actor, dossier: Dossier) -> None:
    """A look at the owner's data, which they ask about, and a consent of theirs."""
    note_openings(session, clerk, [dossier], Seat("clerk", "H26.31"), HANDLING)
    entry_id = session.scalars(select(AccessEntry.id).where(AccessEntry.dossier_id == dossier.id, AccessEntry.kind == "opening"))
    ask_about_look(session, owner, entry_id.one(), "Vì sao phường mở hồ sơ của tôi hôm nay?")
    agree_to_lookups(session, owner, dossier, current(session, filings.CODE), language="vi")


class Cast:
    """Everybody, each with a browser of their own."""

    def __init__(self, app: Flask) -> None:
        self.browsers = {"nobody": Visitor(app)}
        for name, (personal_id, level) in PEOPLE.items():
            browser = Visitor(app)
            browser.log_in(personal_id, level)
            self.browsers[name] = browser

    def __getitem__(self, name: str) -> Visitor:
        return self.browsers[name]

    def place_of(self, filed: Filed) -> tuple[str, str | None, int]:
        """Where a dossier stands now: state, stage and version."""
        with db.transaction() as session:
            dossier = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
            return dossier.state, dossier.stage, dossier.version

    def account_of(self, name: str) -> uuid.UUID | None:
        """The account of one of the cast."""
        with db.transaction() as session:
            return actor_of(session, PEOPLE[name][0]).account_id

    def file(self, place: str, owner: str = "citizen A") -> Filed:
        """A dossier at phường Ba Đình, brought to this place by the real acts; its procedure is being edited meanwhile.

        The auditor is away, and an announcement is drafted, a figure published, so that there is one of each to look at.
        """
        self["administrator"].post(f"/admin/procedures/{filings.CODE}/draft", {})
        with db.transaction() as session:
            whose, clerk, officer, leader = (actor_of(session, PEOPLE[name][0]) for name in (owner, "clerk", "officer", "leader"))
            _keep_away(session, personal_id_hash(visitors.AUDITOR))
            _draft_an_announcement(session)
            _publish_a_figure(session)
            made: Dossier = {
                "submitted": lambda: filings.submitted(session, whose),
                "received": lambda: filings.received(session, whose, clerk),
                "appraising": lambda: filings.appraising(session, whose, clerk, officer),
                "proposed": lambda: filings.proposed(session, whose, clerk, officer),
                "approved": lambda: filings.approved(session, whose, clerk, officer, leader),
            }[place]()
            papers = select(IssuedDocument.id).where(IssuedDocument.dossier_id == made.id).order_by(IssuedDocument.id)
            at_counter = intakes.begun(session, clerk, intakes.visit(session, WIDOW))
            _look_ask_and_agree(session, whose, clerk, made)
            return Filed(str(made.code), str(session.scalars(papers).first()), str(at_counter.id))
