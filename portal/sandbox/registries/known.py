"""Every registry of the country, by name; to add one, write its file and name it here."""

from __future__ import annotations

from portal.sandbox.registries import (
    business,
    civil_status,
    criminal_record,
    driving_licences,
    education,
    health,
    land,
    population,
    residence,
    social_insurance,
    social_support,
    tax,
    vault,
    vehicles,
)
from portal.sandbox.registries.frame import Registry

KNOWN: dict[str, Registry] = {
    room.REGISTRY.name: room.REGISTRY
    for room in (
        population,
        civil_status,
        residence,
        social_insurance,
        tax,
        driving_licences,
        vehicles,
        education,
        land,
        business,
        criminal_record,
        social_support,
        health,
        vault,
    )
}
