"""An address in the two-level structure of July 2025, with the old text kept word for word; no people."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from portal.sandbox.people.territory import MERGER_DAY, OLD_PROVINCES, PROVINCES_34, STREETS, Ward


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is: codes of today when they are known, and the text as it was once written."""

    country: str
    province_code: str | None
    province_name: str | None
    ward_code: str | None
    ward_name: str | None
    detail: str
    as_entered_text: str
    valid_as_of: str

    def as_json(self) -> dict[str, str | None]:
        """The address as the registries exchange it."""
        return {name: getattr(self, name) for name in self.__slots__}


def house_in(ward: Ward, rng: Random, entered_on: str) -> Address:
    """A house of an invented street in `ward`, written as people wrote addresses on the day `entered_on`."""
    number, street = rng.randint(1, 399), rng.choice(STREETS)
    detail = f"Số {number}, {street}" if rng.random() < 0.55 else f"Số {number % 40 + 1}, ngõ {number}, {street}"
    return address_in(ward, detail, entered_on, rng.choice(ward.old_communes))


def address_in(ward: Ward, detail: str, entered_on: str, old_commune: str = "") -> Address:
    """`detail` in `ward`; before the merger the text names the old commune, district and province."""
    province = PROVINCES_34[ward.province_code]
    if entered_on < MERGER_DAY:
        written = f"{detail}, {old_commune or ward.old_communes[0]}"
    else:
        written = f"{detail}, {_lower_first(ward.name)}, {_lower_first(province)}"
    return Address("VN", ward.province_code, province, ward.code, ward.name, detail, written, max(entered_on, MERGER_DAY))


def birthplace(old_code: str) -> Address:
    """A commune of an old province: today's province is known, the ward is not, the old text stands."""
    old = OLD_PROVINCES[old_code]
    return Address("VN", old.today, PROVINCES_34[old.today], None, None, "", f"{old.commune}, {old.name}", MERGER_DAY)


def abroad(country: str, country_name: str) -> Address:
    """A place in another country."""
    return Address(country, None, None, None, None, country_name, country_name, MERGER_DAY)


def _lower_first(text: str) -> str:
    # «Thành phố Hồ Chí Minh» keeps its capital by custom.
    return text if text == "Thành phố Hồ Chí Minh" else text[:1].lower() + text[1:]
