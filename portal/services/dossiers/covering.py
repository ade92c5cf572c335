"""Sensitive answers at the desk: covered for everybody but whoever must judge them, until somebody says why they need them.

| who                                              | sees sensitive answers      |
|--------------------------------------------------|-----------------------------|
| the officer who appraises, or who stands in      | while the appraisal is theirs |
| a leader, at signing                             | the words to be signed alone |
| a clerk who fills the form for the person        | what the two fill in together |
| everybody else who may open the dossier          | after a reason, for one page |
| staff of another office who opened it to read it | never                       |

Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (sensitive data: ethnic origin, health, criminal record, bank accounts; the
kinds from memory, to be checked). Where somebody lives is no location data in its sense.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.models import Dossier
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.queries import at_counter, evidence_of, latest_answers
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.recheck import Comparison, comparisons
from portal.services.dossiers.vocabulary import APPRAISING, SIGNATURE, Place, Stage, State
from portal.services.errors import NotFound
from portal.services.registries.ledger import Purpose, Seat, note_reveal

REVEALING = Purpose("reveal_sensitive", "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: dữ liệu nhạy cảm, có lý do và ghi lại")
REASON_FIELD = "reveal_reason"


def must_judge(dossier: Dossier, actor: Actor) -> bool:
    """Whether the appraisal is the actor's own now, or of somebody in whose place they act."""
    place = Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    is_theirs = actor.is_one_of(dossier.assigned_to) or dossier.assigned_to in actor.stands_in_for
    return place == APPRAISING and is_theirs


def must_sign(dossier: Dossier, actor: Actor) -> bool:
    """Whether the words that the officer proposes lie before the actor now, to be signed."""
    place = Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    role = actor.role_for(Permission.APPROVE, dossier.office_code or "", dossier.procedure_code)
    return place == SIGNATURE and role is not None


def covered_keys(dossier: Dossier, actor: Actor, procedure: Procedure, answers: Answers) -> frozenset[str]:
    """The sensitive ones among the answers, and among the words that the officer proposes, that the actor is not shown."""
    if must_judge(dossier, actor):
        return frozenset()
    proposed = frozenset() if must_sign(dossier, actor) else sensitive_keys(procedure, _proposed(dossier))
    return sensitive_keys(procedure, answers) | proposed


def with_rechecked(answers: Answers, compared: Iterable[Comparison]) -> Answers:
    """The answers, and by name alone what only the desk's own asking gave."""
    return {**{one.element.key: {} for one in compared if one.now is not None}, **answers}


def _proposed(dossier: Dossier) -> Answers:
    words: Answers = dossier.proposal["answers"] if dossier.proposal else {}
    return words


def sensitive_elements() -> frozenset[str]:
    """The sensitive elements that procedures may share, for lists, where nobody uncovers anything."""
    return frozenset(key for key, element in dictionary().items() if element.is_sensitive)


def sensitive_keys(procedure: Procedure, answers: Answers) -> frozenset[str]:
    """The sensitive ones among the answers; a repeating group counts as a whole when one of its elements does.

    What the dictionary has come to call sensitive is so in versions of before too.
    """
    sensitive = {key for key, element in procedure.elements.items() if element.is_sensitive} | sensitive_elements()
    held = {key for key in answers if key in sensitive}
    groups = [group for page in procedure.definition.pages for group in page.groups]
    for group in groups:
        items = answers.get(group.key, {}).get("value") or []
        if any(sensitive & set(item["answers"]) for item in items):
            held.add(group.key)
    return frozenset(held)


def reveal(session: Session, actor: Actor, code: str, reason: str, seat: Seat) -> Dossier:
    """Uncover the dossier's sensitive answers for one page, for the reason that the actor gives.

    Raises:
        NotFound: not a dossier of the actor's offices, or it holds nothing sensitive.
        InvalidInput: no reason; nothing is uncovered.

    Effects: an entry of the ledger with the names of what was uncovered; the person reads it with the reason.
    """
    dossier = at_counter(session, actor, code)
    procedure, answers = by_hash(session, dossier.version_hash), latest_answers(session, dossier).content
    compared = comparisons(evidence_of(session, dossier), procedure, answers)
    fields = sorted(sensitive_keys(procedure, {**_proposed(dossier), **with_rechecked(answers, compared)}))
    if not fields:
        raise NotFound
    note_reveal(session, actor, dossier, seat, REVEALING, fields, checked_reason(reason, REASON_FIELD))
    return dossier
