"""The catalogue of sources: who owns each registry, on what ground it is asked, how fresh it is; and the clients by name.

A source without a client, or a client without a source, is an error when the portal starts to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from portal.services.registries.business import business
from portal.services.registries.civil_status import civil_status
from portal.services.registries.criminal_record import criminal_record
from portal.services.registries.driving_licences import driving_licences
from portal.services.registries.education import education
from portal.services.registries.exchange import Exchange, HttpRegistry
from portal.services.registries.health import health
from portal.services.registries.land import land
from portal.services.registries.population import population
from portal.services.registries.residence import residence
from portal.services.registries.social_insurance import social_insurance
from portal.services.registries.social_support import social_support
from portal.services.registries.tax import tax
from portal.services.registries.vault import vault
from portal.services.registries.vehicles import vehicles

CATALOGUE = Path(__file__).with_name("sources.yaml")
CLIENTS: tuple[Callable[[Exchange], HttpRegistry], ...] = (
    population, civil_status, residence, social_insurance, tax, driving_licences, vehicles, education, land, business,
    criminal_record, social_support, health, vault,
)  # fmt: skip


class UnknownSource(ValueError):
    """A registry was named that the catalogue of sources does not know."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Part):
    """A name in both languages of the interface."""

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Mended(_Part):
    """The procedure by which alone a register corrects a field."""

    code: str = Field(pattern=r"^[1-6]\.\d{6}$")
    name: Name


class Corrections(_Part):
    """How a register corrects what it holds: within which term it answers, and which fields only a procedure changes."""

    within: str = Field("10wd", pattern=r"^[1-9][0-9]*(wd|d|h)$")
    by_procedure: dict[str, Mended] = {}


class Source(_Part):
    """One registry of the catalogue; `unsure` says what must be checked before production, empty where nothing must."""

    registry: str = Field(pattern=r"^[a-z][a-z-]+$")
    name: Name
    owner: str = Field(min_length=1)
    legal_ground: str = Field(min_length=1)
    freshness: Literal["at_once", "daily", "monthly"]
    connected: Literal["core", "by_agreement"]
    agreement: str = Field(min_length=1)
    fields: tuple[str, ...] = Field(min_length=1)
    never_asked: tuple[str, ...] = ()
    corrections: Corrections = Corrections()
    unsure: str = ""


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Every source of the catalogue, by its name, in the catalogue's order.

    Raises:
        UnknownSource: a name twice, a field twice, a field that is never asked among those that are, or one that is corrected
            and not there.
    """
    listed = TypeAdapter(list[Source]).validate_python(yaml.safe_load(CATALOGUE.read_text(encoding="utf-8")))
    found = {source.registry: source for source in listed}
    if len(found) != len(listed):
        raise UnknownSource("a source stands twice in the catalogue")
    for source in listed:
        if len({*source.fields, *source.never_asked}) != len(source.fields) + len(source.never_asked):
            raise UnknownSource(f"a field stands twice: {source.registry}")
        if unknown := source.corrections.by_procedure.keys() - set(source.fields):
            raise UnknownSource(f"corrected by a procedure, and not a field: {source.registry}, {', '.join(sorted(unknown))}")
    return found


def named(given: str, *, is_demo: bool) -> tuple[str, ...]:
    """The registries to ask: those that the operator names; without a word all in a demonstration, and the core elsewhere.

    Raises:
        UnknownSource: a name that the catalogue does not know.
    """
    wanted = given.replace(",", " ").split()
    if unknown := set(wanted) - set(sources()):
        raise UnknownSource(f"PORTAL_REGISTRIES: {', '.join(sorted(unknown))}")
    if not wanted:
        return tuple(name for name, source in sources().items() if is_demo or source.connected == "core")
    return tuple(name for name in sources() if name in wanted)


def clients(exchange: Exchange) -> dict[str, HttpRegistry]:
    """A client for each source of the catalogue.

    Raises:
        UnknownSource: the catalogue and the clients do not name the same registries.
    """
    made = {client.name: client for client in (make(exchange) for make in CLIENTS)}
    if made.keys() != sources().keys():
        raise UnknownSource(f"without a client or a source: {sorted(made.keys() ^ sources().keys())}")
    return made
