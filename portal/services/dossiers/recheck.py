"""Asking the registries again at the desk: what they say now stands beside what was filed, and every asking is kept.

No move of the dossier: it stays where it is, and what was filed stays as it was filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.models import Dossier, Evidence
from portal.services.catalogue.elements import Element
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.lookups import asks_about, asks_for
from portal.services.dossiers.queries import at_counter, latest_answers
from portal.services.errors import Forbidden
from portal.services.registries.exchange import Ask, Reply, Requester, Subject
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import value_at

OFFICER: Literal["officer"] = "officer"


def recheck_asks(session: Session, actor: Actor, code: str, *, client_ip: str) -> dict[str, Ask]:
    """The look-ups to make again, on the ground of the law, in the actor's and the office's name.

    Raises:
        NotFound: not a dossier of the actor's offices.
        Forbidden: the actor's role at the office does not look registries up.
    """
    dossier = _allowed(session, actor, code)
    procedure = by_hash(session, dossier.version_hash)
    said = latest_answers(session, dossier).content
    subject = Subject(*(str(said[f"subject.{factor}"]["value"]) for factor in ("personal_id", "full_name", "date_of_birth")))
    requester = Requester(OFFICER, actor.id, dossier.office_code, client_ip)
    asks = {**asks_for(procedure, subject, requester, str(dossier.code)), **asks_about(procedure, said, requester)}
    return {
        name: replace(ask, basis="law", basis_reference=ask.legal_ground, dossier_code=dossier.code) for name, ask in asks.items()
    }


def keep_recheck(session: Session, actor: Actor, code: str, asks: Mapping[str, Ask], replies: Mapping[str, Reply]) -> None:
    """Keep what the registries answered as evidence of the dossier.

    Raises:
        NotFound, Forbidden: as `recheck_asks`.

    Effects: as `keep_lookups`, for each reply.
    """
    dossier = _allowed(session, actor, code)
    keep_lookups(session, actor, asks, replies, dossier=dossier)


def _allowed(session: Session, actor: Actor, code: str) -> Dossier:
    dossier = at_counter(session, actor, code)
    if actor.role_for(Permission.RECHECK, dossier.office_code or "", dossier.procedure_code) is None:
        raise Forbidden(Permission.RECHECK)
    return dossier


@dataclass(frozen=True)
class Comparison:
    """One element as it was filed and as its registry says it now; `now` is None where the registry did not say."""

    element: Element
    filed: dict[str, Any] | None
    now: Any
    as_of: str | None
    source: str

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return self.now is not None and (self.filed or {}).get("value") != self.now


def comparisons(evidence: Iterable[Evidence], procedure: Procedure, answers: Answers) -> tuple[Comparison, ...]:
    """Each looked-up element against the desk's newest asking among the dossier's evidence; empty where it has not asked."""
    newest = {(row.source, row.about): row for row in evidence if row.requester_kind == OFFICER}
    found = []
    for lookup in procedure.definition.lookups:
        row = newest.get((lookup.registry, lookup.about))
        for element in (procedure.elements[key] for key in lookup.elements):
            if row is not None and element.source is not None and element.is_locked:
                now = value_at(row.content, element.source.path)
                as_of = row.as_of.isoformat() if row.as_of else None
                found.append(Comparison(element, answers.get(element.key), now, as_of, row.source))
    return tuple(found)
