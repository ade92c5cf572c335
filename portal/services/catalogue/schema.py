"""A whole procedure, as its file says it; anything else in the file is refused.

The parts stand in `form.py` (what citizens see) and `handling.py` (what offices do). A definition under way may lack
almost anything: whether it may be published is for `lint.py` to say.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from portal.services.catalogue.elements import Element, Kind, Option, Part, Text2
from portal.services.catalogue.fees import FeeRule
from portal.services.catalogue.form import Lookup, Ordering, Page, Whom
from portal.services.catalogue.handling import (
    Appraisal,
    Awaited,
    Case,
    Competence,
    Component,
    LegalText,
    PayerClass,
    Reception,
    Result,
    Step,
    TermRule,
)

FORMAT: Literal[2] = 2
ProcedureCode = Annotated[str, Field(pattern=r"^[1-6]\.\d{6}$")]


class OwnElement(Part):
    """An element that only this procedure has; written like one of the dictionary, but without a registry."""

    kind: Kind
    label: Text2
    help: Text2 | None = None
    options: tuple[Option, ...] = ()
    max_length: int = Field(200, ge=1, le=4000)
    minimum: int | None = None
    maximum: int | None = None
    is_past: bool = False
    is_future: bool = False


class Rehearsal(Part):
    """What must happen to one synthetic person: rehearsed before publishing.

    `name`: what is rehearsed. `story`: who the person is, for those who read along.
    `person`, `full_name`, `date_of_birth`: the three factors by which registries know the person.
    `whom`: the personal ID of whom the dossier is about, among those whom the registry names.
    `answers`, `appraisal`: name of the box on the form -> what is typed. `at`: the local moment of filing, empty for now.
    `decision`: how it ends; a refusal has its `reason`, one at reception the number of its ground.
    `result_says`, `letter_says`: words that the result, and the letter of a refusal at reception, must hold.
    `expects_*`: the fee online, the case, the time limit; empty where the rehearsal does not care.
    """

    name: str
    story: str = ""
    person: str
    full_name: str = ""
    date_of_birth: str = ""
    at: str = ""
    whom: str = ""
    answers: dict[str, str] = {}
    decision: Literal["grant", "refuse", "refuse_at_reception"]
    appraisal: dict[str, str] = {}
    reason: str = ""
    ground: int = Field(1, ge=1, le=50)
    result_says: tuple[str, ...] = ()
    letter_says: tuple[str, ...] = ()
    expects_case: str = ""
    expects_fee_vnd: int | None = None
    expects_term: str = ""


class Identity(Part):
    """What names and places a procedure.

    `aliases`: codes under which it was or is known elsewhere. `tags`: lists it belongs to, with their source.
    `partial_reason_kind`: one of the four lawful reasons (NĐ 224/2026/NĐ-CP, Điều 14).
    """

    code: ProcedureCode
    name: str
    field: str = ""
    aliases: tuple[str, ...] = ()
    replaced_by: str = ""
    valid_from: date = date(2025, 7, 1)
    valid_to: date | None = None
    decision: str = ""
    kind: str = ""
    levels: tuple[Literal["commune", "province", "ministry"], ...] = ()
    tags: dict[str, str] = {}
    level: Literal["full", "partial", "offline"] = "full"
    partial_reason_kind: Literal["", "presence", "field_verification", "technical_fault", "other_technical"] = ""
    partial_reason: str = ""
    assurance: Literal[1, 2] = 2
    life_events: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    outcome: str = ""
    who: str = ""
    requirements: tuple[str, ...] = ()
    steps_in_words: tuple[str, ...] = ()
    unsure: str = ""


class Definition(Identity):
    """A whole procedure.

    `subject_element` names the person whom the result is for; `english` gives the English of every text that a citizen
    reads, by the Vietnamese text itself.
    """

    format: Literal[2] = FORMAT
    competence: Competence = Competence()
    cases: tuple[Case, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    whom: tuple[Whom, ...] = Field((), max_length=1)
    pages: tuple[Page, ...] = ()
    orderings: tuple[Ordering, ...] = ()
    subject_element: str = "subject.full_name"
    contact_elements: tuple[str, ...] = ()
    delivery_element: str = ""
    copies_element: str = ""
    components: tuple[Component, ...] = ()
    declaration: str = ""
    payer_classes: tuple[PayerClass, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    terms: tuple[TermRule, ...] = ()
    reception: Reception = Reception()
    process: tuple[Step, ...] = ()
    forms_family: Literal["one_stop", "residence"] = "one_stop"
    refusal_grounds: tuple[str, ...] = ()
    appraisal: Appraisal = Appraisal()
    result: Result = Result()
    legal_basis: tuple[LegalText, ...] = ()
    awaits: tuple[Awaited, ...] = ()
    elements: dict[str, OwnElement] = {}
    english: dict[str, str] = {}
    rehearsals: tuple[Rehearsal, ...] = ()


class Procedure(Part):
    """A definition with the elements it names, under the hash of all its texts."""

    content_hash: str
    definition: Definition
    elements: dict[str, Element]

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def is_filed_online(self) -> bool:
        """Whether a citizen can file it here at all, or only read about it."""
        return self.definition.level != "offline" and bool(self.definition.pages)

    def say(self, text: str, language: str) -> str:
        """One of the definition's texts in the language; Vietnamese is the text itself, and stands where English lacks."""
        return self.definition.english.get(text) or text if language == "en" and text else text
