"""What a person claims of a registry's value that is not right: which values may be disputed, and the claims of a draft.

The registry's value stays the value; the claim stands beside it, in the same answer, and goes with it from round to round.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import looked_up_elements, own_elements
from portal.services.catalogue.elements import Element
from portal.services.catalogue.provenance import CITIZEN, DISPUTED, Answer, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.open_draft import draft_for
from portal.services.errors import IllegalMove, NotFound

PROOF = "dispute."  # before the element's key: what a paper that proves a claim is attached to, in a component's place


def is_disputable(procedure: Procedure, element: Element, answer: Answer | None) -> bool:
    """Whether a registry gave the value of whoever files: what was typed, or came with the login, no registry has to mend, and
    what is held of somebody else is theirs to dispute.
    """
    if element not in own_elements(procedure):
        return False
    return element.source is not None and answer is not None and answer["source"] == element.source.registry


def disputes(procedure: Procedure, answers: Answers) -> Iterator[tuple[Element, Answer]]:
    """Every answer that the person disputes, in the order of the look-ups."""
    for element in looked_up_elements(procedure):
        answer = answers.get(element.key)
        if answer is not None and DISPUTED in answer and is_disputable(procedure, element, answer):
            yield element, answer


def proof_of(key: str) -> str:
    """What a paper about the element's claim is attached to."""
    return f"{PROOF}{key}"


def proofs_of(answers: Answers) -> set[str]:
    """The same of every claim among the answers."""
    return {proof_of(key) for key, answer in answers.items() if DISPUTED in answer}


def disputing(session: Session, actor: Actor, draft_id: uuid.UUID, key: str) -> tuple[Dossier, Procedure, Element]:
    """The actor's draft, locked so that two tabs follow each other, with the element whose value a registry gave.

    Raises:
        NotFound: not the actor's draft, or no value of a registry under this key.
        IllegalMove: it was filed meanwhile.
    """
    draft = draft_for(session, actor, draft_id, lock=True)
    if draft.draft is None:
        raise IllegalMove("claims stay as they were filed")
    procedure = by_hash(session, draft.version_hash)
    for element in looked_up_elements(procedure):
        if element.key == key and is_disputable(procedure, element, draft.draft["answers"].get(key)):
            return draft, procedure, element
    raise NotFound


def with_claims(before: Mapping[str, Mapping[str, Any]], anew: Answers) -> Answers:
    """Answers that were looked up anew, with the claims that stood beside the earlier ones.

    A claim that the registry now says itself is no claim any more; where the registry keeps silent this time, what was
    claimed stands as what the person typed.
    """
    kept = dict(anew)
    for key, answer in before.items():
        claim = answer.get(DISPUTED)
        now = kept.get(key)
        if claim is None or (now is not None and now["value"] == claim["claimed"]):
            continue
        if now is None:
            kept[key] = {"value": claim["claimed"], "source": CITIZEN}
        elif now["source"] == answer["source"]:
            kept[key] = {**now, DISPUTED: claim}
    return kept
