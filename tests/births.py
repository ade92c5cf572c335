"""Births by the real acts, up to the leader's decision; and a register that says what a test wants it to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, WriteBack
from portal.services.catalogue.answers import shown_pages
from portal.services.catalogue.versions import current
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.confirm_draft import confirm_draft
from portal.services.dossiers.fill_draft import answer_facts, answer_page
from portal.services.dossiers.forward import forward
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.receive import receive
from portal.services.dossiers.send_draft import send_draft
from portal.services.dossiers.submit import submit
from portal.services.dossiers.write_backs import write_backs_of
from portal.services.publishing.rehearse import form_of
from portal.services.registries.exchange import Outcome, Reply
from portal.services.registries.write_back import Adjusting, Entry, Receipt, Written
from tests.filings import AS_OF, population_fields, taken
from tests.people import citizen, clerk, leader, officer
from tests.procedures import the_procedure
from tests.services.dossiers.doings import Hands

BIRTH = "1.001193"
MOTHER = {"personal_id": "001190900003", "full_name": "Lê Thị Thanh Vân", "date_of_birth": "1990-11-05"}
FATHER = {"personal_id": "001088900002", "full_name": "Trần Minh Quân", "date_of_birth": "1988-07-22"}
CHILD_ID = "001226900777"
ENTRY = {"number": "1234/2026", "book": "02/2026", "registered_on": "2026-11-25"}
APPRAISED = {
    "decision": "grant",
    "registered.origin": "Hà Nội",
    "registered.father_facts": "Dân tộc Kinh, quốc tịch Việt Nam, cư trú tại phường Ba Đình, Hà Nội",
}


def parents(session: Session) -> Hands:
    """The mother as the owner, and staff of her office."""
    owner = citizen(session, MOTHER["full_name"], personal_id=MOTHER["personal_id"])
    return Hands(owner, clerk(session), officer(session), leader(session))


def birth_filed(session: Session, who: Hands, child: str = "Trần Gia Bảo", delivery: str = "electronic") -> Dossier:
    """The birth of a married couple's child, filed by the mother."""
    procedure = current(session, BIRTH)
    answers = {**the_procedure(BIRTH).definition.rehearsals[0].answers, "child.full_name": child, "delivery.method": delivery}
    marriage = {"number": "1/2012", "book": "01/2012", "registered_on": "2012-10-20", "place": "UBND", "ended": None}
    said = {
        "population": population_fields(**MOTHER, origin=population_fields()["permanent_residence"]),
        "civil-status": {"marital_status": "married", "marriages": [{**marriage, "spouse": FATHER}]},
    }
    replies = {
        name: Reply(name, f"request-{name}", Outcome.FOUND, clock.now(), f"response-{name}", AS_OF, 3, fields)
        for name, fields in said.items()
    }
    draft = open_draft(session, who.owner, procedure, language="vi")
    taken(session, who.owner, draft, procedure, replies, MOTHER)
    form = form_of(answers)
    answer_facts(session, draft, procedure, form)
    done: set[str] = set()
    while coming := next((page for page in shown_pages(procedure, draft.draft["answers"]) if page.id not in done), None):
        answer_page(draft, procedure, coming, form)
        done.add(coming.id)
    session.flush()
    return submit(session, who.owner, draft.id, is_declared=True)


def birth_proposed(session: Session, who: Hands, child: str = "Trần Gia Bảo", delivery: str = "electronic") -> Dossier:
    """Such a dossier that lies before the leader."""
    dossier = birth_filed(session, who, child, delivery)
    code = str(dossier.code)
    receive(session, who.clerk, code, expected_version=dossier.version)
    forward(session, who.clerk, code, expected_version=dossier.version)
    assign(session, who.officer, code, expected_version=dossier.version)
    send_draft(session, who.officer, code, expected_version=dossier.version, form=APPRAISED)
    return confirm_draft(session, who.owner, code, expected_version=dossier.version)


def birth_approved(session: Session, who: Hands, child: str = "Trần Gia Bảo", delivery: str = "electronic") -> Dossier:
    """Such a dossier that the leader has decided to grant."""
    dossier = birth_proposed(session, who, child, delivery)
    return approve(session, who.leader, str(dossier.code), expected_version=dossier.version)


def the_write_back(session: Session, dossier: Dossier) -> WriteBack:
    """The dossier's one write-back."""
    (row,) = write_backs_of(session, dossier)
    return row


def written(**given: str) -> Receipt:
    """What a register says that put the birth down."""
    known = {"personal_id": CHILD_ID, **ENTRY, **given}
    return Receipt(Written.WRITTEN, record_id="civil-status/1", record_version=1, change_id="change-1", given=known)


DOWN = Receipt(Written.UNAVAILABLE)
TWICE = Receipt(Written.REFUSED, "Trẻ này đã được đăng ký khai sinh.")


@dataclass
class Register:
    """A register that answers as it is told: each request once and the same for ever; then, how far its subscribers are."""

    says: list[Receipt] = field(default_factory=list)
    far: list[Mapping[str, Adjusting] | None] = field(default_factory=list)
    asked: list[Entry] = field(default_factory=list)
    kept: dict[str, Receipt] = field(default_factory=dict)
    told_again: list[str] = field(default_factory=list)

    def write(self, entry: Entry) -> Receipt:
        self.asked.append(entry)
        if entry.request_id in self.kept:
            return self.kept[entry.request_id]
        receipt = self.says.pop(0) if self.says else written()
        if receipt.outcome is not Written.UNAVAILABLE:
            self.kept[entry.request_id] = receipt
        return receipt

    def adjusting(self, change_id: str) -> dict[str, Adjusting] | None:
        assert change_id == "change-1"
        here = self.far.pop(0) if self.far else {"population": "adjusted", "social-insurance": "adjusted"}
        return dict(here) if here is not None else None

    def announce_again(self, change_id: str, registry: str) -> bool:
        self.told_again.append(registry)
        return True
