"""What the data dictionary may say of an element: its kind, its words, and the registry that holds it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "text", "long_text", "name", "choice", "choices", "count", "money", "date", "partial_date", "period", "time", "year",
    "email", "phone", "personal_id", "tax_code", "person", "typed_address", "bank_account", "declaration",
    "address", "identity_card", "coded", "nationalities", "marriages", "household", "people", "record",
]  # fmt: skip
RegistryName = Literal[
    "population", "civil-status", "residence", "social-insurance", "tax", "driving-licences", "vehicles", "education",
    "land", "business", "criminal-record", "social-support", "health", "vault",
]  # fmt: skip
KEY = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"


class Part(BaseModel):
    """Anything of a definition: immutable, and refused with a word too many."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)


class Text2(Part):
    """A text in both languages of the interface."""

    vi: str
    en: str


class Option(Part):
    """One value of a choice."""

    value: str
    label: Text2
    hint: Text2 | None = None


class Source(Part):
    """Where a registry keeps the element: its field, and a path inside it (`other.residence_history.-1.from`)."""

    registry: RegistryName
    path: str

    @property
    def field(self) -> str:
        """The field that the exchange must be asked for."""
        return self.path.split(".", 1)[0]


class Element(Part):
    """One entry of the data dictionary, shared by all procedures; its `key` is never given to another meaning.

    `is_locked`: the registry's value stands; the citizen cannot type over it.
    `is_sensitive`: covered at the desk but for whoever must judge it (`dossiers/covering.py`).
    `identity_claim`: what the identity provider says stands where the registry keeps silent.
    """

    key: str = Field(pattern=KEY)
    kind: Kind
    label: Text2
    help: Text2 | None = None
    source: Source | None = None
    is_locked: bool = False
    is_sensitive: bool = False
    identity_claim: Literal["personal_id", "full_name", "date_of_birth"] | None = None
    options: tuple[Option, ...] = ()
    max_length: int = Field(200, ge=1, le=4000)
    minimum: int | None = None
    maximum: int | None = None
    is_past: bool = False
    is_future: bool = False
    autocomplete: str = ""
