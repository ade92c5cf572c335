"""What an office does with a procedure: cases, components, terms, reception, internal process, result, write-back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portal.services.catalogue.conditions import ALWAYS, Condition
from portal.services.catalogue.elements import Part, RegistryName
from portal.services.catalogue.fees import CHANNELS, Channel
from portal.services.catalogue.form import Question, Slug

TermText = Annotated[str, Field(pattern=r"^(0|[1-9]\d{0,2}(wd|d|h))$")]
Level = Literal["commune", "province", "police", "police-province", "ministry", "insurance", "tax", "employment"]


class Case(Part):
    """One of the situations that the law tells apart; the first whose condition holds is the dossier's."""

    id: Slug
    name: str
    when: Condition = ALWAYS


class PayerClass(Part):
    """Who pays less, and what proves it; a class nobody can prove from the answers is for the clerk to grant."""

    id: Slug
    name: str
    when: Condition
    legal_basis: str


class Component(Part):
    """One paper that the law names, and what satisfies it.

    `elements`: what a registry must have answered for it to be satisfied so.
    `result_of`: procedures of which a valid result of the person's satisfies it.
    `must_present`: shown (xuất trình), not handed in. `digitised_by`: who scans it.
    `legal_ground`: why it is asked although a registry or an earlier result could hold it.
    """

    id: Slug
    name: str
    when: Condition = ALWAYS
    cases: tuple[str, ...] = ()
    is_required: bool = True
    satisfied_by: Literal["registry", "declaration", "earlier_result", "upload"]
    elements: tuple[str, ...] = ()
    result_of: tuple[str, ...] = ()
    form: Literal["original", "copy", "electronic"] = "electronic"
    count: int = Field(1, ge=1, le=20)
    must_present: bool = False
    digitised_by: Literal["citizen", "clerk"] = "citizen"
    legal_ground: str = ""
    note: str = ""
    unsure: str = ""


class TermRule(Part):
    """The time limit of some channels in some cases; the first rule that fits stands."""

    channels: tuple[Channel, ...] = Field(CHANNELS, min_length=1)
    cases: tuple[str, ...] = ()
    term: TermText
    legal_basis: str
    description: str = ""
    unsure: str = ""


class Reception(Part):
    """How dossiers are received: by which channels, on paper or not, answered within what time.

    `answer_within`: how long the one-stop counter may take to answer an online dossier.
    `supplement_window`: how long the citizen has to complete a dossier; empty where the sector says nothing.
    `supplement_within`: until when after receipt the office may still ask (NĐ 118/2025/NĐ-CP, kept from NĐ 61/2018/NĐ-CP,
    Điều 19.4: three working days unless the sector says otherwise); `supplement_requests`: how often over a dossier's life.
    """

    channels: tuple[Channel, ...] = Field(CHANNELS, min_length=1)
    is_paper_allowed: bool = True
    paper_rule: str = ""
    answer_within: TermText = "8h"
    supplement_window: TermText | Literal[""] = ""
    supplement_within: TermText = "3wd"
    supplement_requests: int = Field(1, ge=0, le=5)
    dossier_sets: int = Field(1, ge=1, le=10)


class Step(Part):
    """One step of the office's internal process with its budget in office hours."""

    name: str
    office: Literal["one_stop", "professional", "coordinating"] = "professional"
    role: Literal["clerk", "officer", "leader", "records"]
    hours: int = Field(ge=1, le=2000)
    cases: tuple[str, ...] = ()


class LegalText(Part):
    """One text on which the procedure rests; `is_cited`: the result names it among its grounds."""

    name: str
    title: str
    is_cited: bool = True


class Competence(Part):
    """Which office decides: of this level, for the place that the element's address names, or the one that was chosen.

    `may_choose`: the law lets the citizen file at any office of the level in the province.
    """

    level: Level = "commune"
    by_address: str = ""
    may_choose: bool = False
    coordinating: tuple[str, ...] = ()


class Appraisal(Part):
    """What the officer states before proposing; each question may be prefilled from an element of the dossier.

    `draft_is_confirmed`: whoever filed online reads the draft result before it is signed, and silence of a day is consent.
    """

    questions: tuple[Question, ...] = ()
    prefill: dict[str, str] = {}
    draft_is_confirmed: bool = False


class WriteBack(Part):
    """One fact that a result, once granted and signed, gives back to the register that owns it.

    `purpose`, `legal_ground`: as a look-up states them; a version of before the portal wrote anything has neither, and what it
    says is not carried out. `fields`: field of the register -> element. `before_printing`: the paper is drawn and signed only
    with what the register gives. `gives`: element -> field of the register's answer.
    """

    registry: RegistryName
    fact: str
    purpose: str = ""
    legal_ground: str = ""
    before_printing: bool = False
    fields: dict[str, str] = Field(min_length=1)
    gives: dict[str, str] = {}

    @property
    def is_carried_out(self) -> bool:
        return bool(self.purpose and self.legal_ground)


class Result(Part):
    """The document that the procedure gives; `fields`: name in the template -> element."""

    title: str = ""
    series: str = ""
    valid_months: int | None = Field(None, ge=1, le=1200)
    fields: dict[str, str] = {}
    template: str = ""
    write_back: tuple[WriteBack, ...] = ()


class Awaited(Part):
    """Something that the procedure needs and this portal does not have yet; its rehearsals run as far as they can."""

    organ: Literal["registry", "payment", "write-back", "second-party", "child-dossiers"]
    name: str
    note: str
