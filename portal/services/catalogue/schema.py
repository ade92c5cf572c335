"""What a procedure's definition and the data dictionary may say; anything else in their files is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from portal.services.catalogue.conditions import Always, Condition
from portal.services.catalogue.fees import Channel, FeeRule


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Kind = Literal[
    "text", "long_text", "name", "choice", "count", "date", "partial_date", "email", "phone", "personal_id",
    "address", "identity_card", "coded", "nationalities", "marriages", "household",
]  # fmt: skip
TermText = Annotated[str, Field(pattern=r"^(0|[1-9]\d{0,2}(wd|d|h))$")]
ProcedureCode = Annotated[str, Field(pattern=r"^[1-6]\.\d{6}$")]
RegistryName = Literal["population", "civil-status"]


class Text2(_Part):
    """A text in both languages of the interface."""

    vi: str
    en: str


class Option(_Part):
    """One value of a choice."""

    value: str
    label: Text2
    hint: Text2 | None = None


class Source(_Part):
    """Where a registry keeps the element: its field, and a path inside it (`other.residence_history.-1.from`)."""

    registry: RegistryName
    path: str

    @property
    def field(self) -> str:
        """The field that the exchange must be asked for."""
        return self.path.split(".", 1)[0]


class Element(_Part):
    """One entry of the data dictionary, shared by all procedures.

    `is_locked`: the registry's value stands; the citizen cannot type over it.
    `identity_claim`: what the identity provider says stands where the registry keeps silent.
    """

    key: str
    kind: Kind
    label: Text2
    help: Text2 | None = None
    source: Source | None = None
    is_locked: bool = False
    identity_claim: Literal["personal_id", "full_name", "date_of_birth"] | None = None
    options: tuple[Option, ...] = ()
    max_length: int = Field(200, ge=1, le=4000)
    minimum: int | None = None
    maximum: int | None = None
    is_past: bool = False
    autocomplete: str = ""


class Question(_Part):
    """An element asked on a page, under a condition, with the reason why it is asked."""

    element: str
    is_required: bool = True
    when: Condition = Always(always=True)
    why: str = ""
    label: str = ""


class Page(_Part):
    """One page of questions."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    introduction: str = ""
    questions: tuple[Question, ...] = Field(min_length=1)
    when: Condition = Always(always=True)


class Ordering(_Part):
    """Two dates of which one may not stand after the other."""

    earlier: str
    later: str
    message: str


class Lookup(_Part):
    """One registry asked, for which elements, why, and on which legal ground."""

    registry: RegistryName
    purpose: str
    legal_ground: str
    why: str
    elements: tuple[str, ...] = Field(min_length=1)


class Component(_Part):
    """One paper that the law names, and what satisfies it."""

    name: str
    satisfied_by: Literal["registry", "declaration", "upload"]
    note: str = ""


class TermRule(_Part):
    """The time limit of one channel."""

    channels: tuple[Channel, ...]
    term: TermText
    legal_basis: str


class Step(_Part):
    """One step of the office's internal process with its budget."""

    name: str
    role: Literal["clerk", "officer", "leader", "records"]
    hours: int = Field(ge=1)


class LegalText(_Part):
    """One text on which the procedure rests."""

    name: str
    title: str


class Competence(_Part):
    """Which office decides: of this level, for the ward that the element's address names."""

    level: Literal["commune", "province", "police"]
    by_address: str


class Appraisal(_Part):
    """What the officer states before proposing; each question may be prefilled from an element of the dossier."""

    questions: tuple[Question, ...]
    prefill: dict[str, str] = {}


class Result(_Part):
    """The document that the procedure gives."""

    title: str
    series: str
    valid_months: int | None = None
    fields: dict[str, str]
    legal_bases: tuple[str, ...] = ()


class Definition(_Part):
    """A whole procedure, as `procedure.yaml` says it."""

    code: ProcedureCode
    name: str
    field: str
    valid_from: date
    valid_to: date | None = None
    decision: str = ""
    level: Literal["full", "partial"]
    partial_reason: str = ""
    assurance: Literal[1, 2]
    life_events: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    outcome: str
    who: str
    steps_in_words: tuple[str, ...]
    competence: Competence
    lookups: tuple[Lookup, ...]
    pages: tuple[Page, ...]
    orderings: tuple[Ordering, ...] = ()
    contact_elements: tuple[str, ...] = ()
    delivery_element: str
    copies_element: str = ""
    components: tuple[Component, ...]
    declaration: str
    fees: tuple[FeeRule, ...]
    terms: tuple[TermRule, ...]
    process: tuple[Step, ...]
    forms_family: Literal["one_stop", "residence"]
    refusal_grounds: tuple[str, ...]
    appraisal: Appraisal
    result: Result
    legal_basis: tuple[LegalText, ...]


class Procedure(_Part):
    """A definition with everything it needs: the elements it names, its English strings, its result template."""

    content_hash: str
    definition: Definition
    elements: dict[str, Element]
    english: dict[str, str]
    result_template: str
    cases: tuple[dict[str, Any], ...] = ()

    @property
    def code(self) -> str:
        return self.definition.code

    def say(self, text: str, language: str) -> str:
        """One of the definition's texts in the language; Vietnamese is the text itself."""
        return self.english[text] if language == "en" and text else text
