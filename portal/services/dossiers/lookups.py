"""The look-ups that a dossier calls for: about who files, and about others whom it names; what is wanted of each."""

from __future__ import annotations

from collections.abc import Iterator

from portal.services.catalogue.form import Lookup
from portal.services.catalogue.others import known_people
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.registries.exchange import Ask, Requester, Subject
from portal.services.registries.prefill import Wanted, connected


def asks_for(procedure: Procedure, subject: Subject, requester: Requester, consent_reference: str) -> dict[str, Ask]:
    """The look-ups to make about who files, by their names, each with exactly the fields it needs.

    A registry that this installation is not connected to is not asked: what it would say is typed, and marked to be verified.
    """
    own = [lookup for lookup in procedure.definition.lookups if not lookup.about and lookup.registry in connected()]
    return {
        lookup.name: Ask(
            subject, requester, procedure.code, lookup.purpose, lookup.legal_ground, _scope(procedure, lookup),
            "consent", consent_reference,
        )
        for lookup in own
    }  # fmt: skip


def asks_about(procedure: Procedure, answers: Answers, requester: Requester) -> dict[str, Ask]:
    """The look-ups to make about others, by their names, on the ground of the law, never of somebody else's consent.

    A citizen has others looked up only whom a registry named; an officer also whom the citizen typed.
    """
    found = {}
    for lookup, person in known_people(procedure, answers, by_desk=requester.kind == "officer"):
        if lookup.registry in connected():
            subject = Subject(person["personal_id"], person["full_name"], person["date_of_birth"])
            found[lookup.name] = Ask(
                subject, requester, procedure.code, lookup.purpose, lookup.legal_ground, _scope(procedure, lookup),
                "law", lookup.legal_ground,
            )  # fmt: skip
    return found


def _scope(procedure: Procedure, lookup: Lookup) -> tuple[str, ...]:
    sources = [procedure.elements[key].source for key in lookup.elements]
    return tuple(dict.fromkeys(source.field for source in sources if source))


def wanted_of(procedure: Procedure) -> Iterator[Wanted]:
    """Every element that a look-up may fill in, with the look-up and where its registry keeps it."""
    for lookup in procedure.definition.lookups:
        for key in lookup.elements:
            source = procedure.elements[key].source
            if source:
                yield Wanted(key, lookup.name, source.path)
