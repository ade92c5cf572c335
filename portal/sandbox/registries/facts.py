"""What each kind of act must say to be put down: the shape of its fields, in the words of the contract; deciding is elsewhere."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from portal.sandbox.clock import REAL
from portal.sandbox.people.addresses import Address
from portal.sandbox.people.territory import PROVINCES_34, WARDS


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _past(text: str) -> str:
    if _day(text) > REAL.iso()[:10]:
        raise ValueError("a day in the future")
    return text


def _classes(value: Any) -> Any:
    return [one for one in re.split(r"[\s,;]+", value) if one] if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
PersonalId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
PastDay = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_past)]


class Part(BaseModel):
    """Fields of a record: what is not in the contract is refused."""

    model_config = ConfigDict(extra="forbid")


class Whom(BaseModel):
    """Somebody as others name them; more may be said than is read."""

    model_config = ConfigDict(extra="ignore")

    full_name: Name
    personal_id: PersonalId | None = None


class Place(BaseModel):
    """An address, as typed or as a register holds it."""

    model_config = ConfigDict(extra="ignore")

    detail: Words = ""
    ward_name: Words | None = None
    province_code: str | None = None
    as_entered_text: Words = ""

    def address(self) -> Address:
        """The address of today."""
        province = PROVINCES_34.get(self.province_code or "")
        ward = next(
            (one for one in WARDS.values() if _same(one.name, self.ward_name) and one.province_code == self.province_code), None
        )
        written = ", ".join(part for part in (self.detail, self.ward_name, province) if part) or self.as_entered_text
        name = ward.name if ward else self.ward_name
        return Address(
            "VN", self.province_code, province, ward.code if ward else None, name, self.detail, written, REAL.iso()[:10]
        )


def _same(one: str, other: str | None) -> bool:
    return unicodedata.normalize("NFC", one).casefold() == unicodedata.normalize("NFC", other or "").casefold()


class Period(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    since: Day = Field(alias="from")
    until: Day = Field(alias="to")


class Mover(BaseModel):
    """Somebody who comes along; an item of a repeating group carries its answers by the last part of their names."""

    model_config = ConfigDict(extra="ignore")

    personal_id: PersonalId
    full_name: Name | None = None
    included: bool | str = True


class Birth(Part):
    """`filer_is`, `filed_by`, `spouse_of_filer`: from whom the register knows mother and father where they are not named."""

    full_name: Name
    date_of_birth: PastDay
    sex: Literal["male", "female"]
    ethnicity: Name
    kind: Literal["both_parents", "mother_only", "surrogacy", "undetermined", "abandoned"] = "both_parents"
    birth_place: Place
    origin: Words = ""
    mother: Whom | None = None
    father: Whom | None = None
    spouse_of_filer: Whom | None = None
    filer_is: Words = ""
    filed_by: PersonalId | None = None
    notice_code: Words = ""


class Marriage(Part):
    one: PersonalId
    other: PersonalId
    registered_on: Day
    order_of_one: int | str | None = None
    order_of_other: int | str | None = None


class Divorce(Part):
    one: PersonalId
    other: PersonalId
    on: PastDay
    document: Name
    authority: Name


class Death(Part):
    personal_id: PersonalId
    full_name: Name
    date: PastDay
    date_of_birth: Words = ""
    time: Words = ""
    place: Words = ""
    cause: Words = ""
    filed_by: PersonalId | None = None


class PermanentResidence(Part):
    personal_id: PersonalId
    address: Place
    head: Whom | None = None
    relation_to_head: Words = ""
    movers: tuple[Mover, ...] = ()


class TemporaryResidence(PermanentResidence):
    term: Period


class Absence(Part):
    personal_id: PersonalId
    kind: Words = ""
    period: Period
    destination: Place | None = None
    reason: Words = ""


class Licence(Part):
    personal_id: PersonalId
    number: Name
    classes: Annotated[list[Name], Field(min_length=1, max_length=15), BeforeValidator(_classes)]
    valid_until: Day | None = None
    reason: Words = ""


class Correction(Part):
    """The register says `value` of its `field` from now on."""

    personal_id: PersonalId
    field: Name
    value: Any


SHAPES: dict[str, type[BaseModel]] = {
    "birth": Birth,
    "marriage": Marriage,
    "divorce": Divorce,
    "death": Death,
    "permanent_residence": PermanentResidence,
    "temporary_residence": TemporaryResidence,
    "absence": Absence,
    "licence": Licence,
    "correction": Correction,
}
