"""What the dossiers of a crowd say: of each procedure one dossier filed by the real acts, to be told in other people's names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.crowd.people import Person
from portal.models import Dossier
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure, Rehearsal
from portal.services.catalogue.versions import all_current
from portal.services.dossiers.supplements import QUESTION
from portal.services.publishing.rehearse import rehearse
from portal.services.registries.exchange import Ask, Outcome, Reply

PLACE: dict[str, Any] = {
    "country": "VN", "province_code": "01", "province_name": "Thành phố Hà Nội", "ward_code": "00004",
    "ward_name": "Phường Ba Đình", "detail": "Số 9 phố Mẫu",
}  # fmt: skip
REASON = "Đề nghị ghi lại cho rõ (hồ sơ mẫu)."
NAME, PERSONAL_ID, BIRTH, SECRET = "\x01", "\x02", "\x03", "\x04"  # stand for the person, and for the tracking secret


@dataclass(frozen=True)
class Specimen:
    """A filed dossier as texts (canonical JSON) in which signs stand for the person; `term` as `3wd`, `5d` or `0`."""

    procedure_code: str
    version_hash: str
    office_level: str
    delivery: str
    term: str
    answers: str
    parties: str
    proposal: str
    missed: str

    def at(self, ward_code: str, place_name: str) -> Specimen:
        """The same dossier, filed by people of another ward."""

        def moved(text: str) -> str:
            there = text.replace(f'"{PLACE["ward_code"]}"', f'"{ward_code}"')
            return there.replace(PLACE["ward_name"], f"Phường {place_name}")

        return replace(self, answers=moved(self.answers), parties=moved(self.parties))


def told(text: str, person: Person) -> str:
    """A specimen's text with the person in it."""
    said = text.replace(NAME, person.full_name).replace(PERSONAL_ID, person.personal_id)
    return said.replace(BIRTH, person.date_of_birth)


def specimens(session: Session) -> list[Specimen]:
    """One of each procedure that can be rehearsed without asking anybody; everything is undone again."""
    found = []
    for procedure in all_current(session):
        for case in procedure.definition.rehearsals:
            made = _specimen(session, procedure, case) if case.decision == "grant" else None
            if made is not None:
                found.append(made)
                break
    return found


def _specimen(session: Session, procedure: Procedure, case: Rehearsal) -> Specimen | None:
    undone = session.begin_nested()
    try:
        went = rehearse(session, procedure, case.model_copy(update={"at": ""}), lambda asks: _replies(asks, case))
        if went.stopped or not went.term:
            return None
        newest = select(Dossier).where(Dossier.procedure_code == procedure.code).order_by(Dossier.id.desc()).limit(1)
        dossier = session.scalars(newest).one()
        parties = {**dossier.parties, "tracking_secret": SECRET}
        signs = {parties["subject"]["full_name"]: NAME, case.full_name: NAME, case.person: PERSONAL_ID, case.date_of_birth: BIRTH}
        answers, parties_text, proposal = (_text(said, signs) for said in (went.answers, parties, dossier.proposal))
        return Specimen(
            procedure.code, procedure.content_hash, procedure.definition.competence.level, dossier.delivery, went.term,
            answers, parties_text, proposal, _missed(procedure, went.answers),
        )  # fmt: skip
    finally:
        undone.rollback()


def _missed(procedure: Procedure, answers: Answers) -> str:
    """What is asked of the citizen again: the first answer that is not about the person."""
    element = next(key for key in answers if not key.startswith("subject."))
    item = {"kind": QUESTION, "of": element, "name": label_of(procedure, element), "pages": "", "reason": REASON}
    return json.dumps([item], ensure_ascii=False)


def _text(said: Any, signs: Mapping[str, str]) -> str:
    text = rfc8785.dumps(said).decode()
    for known, sign in signs.items():
        text = text.replace(known, sign) if known else text
    return text


def _replies(asks: Mapping[str, Ask], case: Rehearsal) -> dict[str, Reply]:
    """What invented registries say of the invented person; of anything but persons they know nothing."""
    person = {
        "full_name": case.full_name, "personal_id": case.person, "date_of_birth": case.date_of_birth, "sex": "female",
        "ethnicity": {"code": "01", "name": "Kinh"}, "nationality": [{"code": "VN", "name": "Việt Nam"}],
        "identity_card": {"number": case.person, "issued_on": "2022-03-01", "issued_by": "Cục Cảnh sát QLHC về TTXH"},
        "permanent_residence": PLACE, "birth_place": PLACE, "origin": PLACE,
        "contact": {"phone": "+84900000012", "email": "mau@thu.example"},
        "household": {"head": {"full_name": case.full_name, "personal_id": case.person}, "members": []},
        "other": {"residence_history": [{"address": {}, "from": "2010-01-01", "to": None}]},
    }  # fmt: skip
    says: dict[str, dict[str, Any]] = {"population": person, "civil-status": {"marital_status": "never_married", "marriages": []}}
    now = clock.now()
    return {name: Reply(name, f"crowd-{name}", Outcome.FOUND, now, f"crowd-{name}", now, 1, says.get(name, {})) for name in asks}
