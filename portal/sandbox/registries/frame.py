"""The one shape of a registry: its name, its fields and how each is made of a synthetic person; no registry is here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.clock import REAL
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population

Fields = Mapping[str, Callable[[Person, Population], Any]]


def anybody(_: Person) -> bool:
    """Whoever was born."""
    return True


@dataclass(frozen=True)
class Registry:
    """One registry of the country.

    `has_record`: of whom it holds a record at all. `sensitive`: fields that no agreement gives to anybody. `narrow`: what
    a client without an agreement of its own may have. `except_for`: what the agreement on a procedure leaves out. `only_for`:
    the procedures that the agreement names, where it does not cover all. `nightly`: it shows the state of last midnight.
    `stale`: what it says when it has slept for years.
    """

    name: str
    title: str
    fields: Fields
    has_record: Callable[[Person], bool] = anybody
    sensitive: frozenset[str] = frozenset()
    narrow: frozenset[str] = frozenset()
    except_for: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only_for: frozenset[str] | None = None
    nightly: bool = False
    stale: Mapping[str, Any] = field(default_factory=dict)

    def record(self, person: Person, people: Population, scope: Iterable[str] | None = None) -> dict[str, Any]:
        """The person's fields, all or those of `scope`; made when they are asked for, the same every time."""
        if not self.has_record(person):
            return dict.fromkeys(self.fields if scope is None else scope)
        corrected = person.acts.get("corrected", {})
        return {
            name: corrected[key] if (key := f"{self.name}.{name}") in corrected else self.fields[name](person, people)
            for name in (self.fields if scope is None else scope)
        }

    def as_of(self) -> str:
        """The moment of which it tells."""
        now = REAL.iso()
        return f"{now[:10]}T00:00:00{now[19:]}" if self.nightly else now

    def allowed(self, procedure_code: str, *, is_wide: bool) -> frozenset[str]:
        """The fields that the agreement with a client gives for a procedure."""
        if not is_wide:
            return self.narrow
        if self.only_for is not None and procedure_code not in self.only_for:
            return frozenset()
        return frozenset(self.fields) - self.sensitive - self.except_for.get(procedure_code, frozenset())
