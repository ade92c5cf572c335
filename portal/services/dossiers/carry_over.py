"""A draft that meets a new version of its procedure: its answers are carried over, and none is ever lost.

An answer that the new version no longer asks, or no longer understands, is set aside in the draft: the citizen goes on
seeing it, and it comes back should a later version ask for it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import looked_up_elements
from portal.services.catalogue.compare import Change, changes_between, label_of
from portal.services.catalogue.elements import Element
from portal.services.catalogue.loader import group_keys, questions_of
from portal.services.catalogue.provenance import Answer, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.newer_version import newer_version
from portal.services.dossiers.open_draft import draft_for

SET_ASIDE = "set_aside"  # in the draft: element -> {"answer", "label", "text"}


@dataclass(frozen=True)
class CarriedOver:
    """What carrying over would do: the changes that a citizen notices, and what is kept though nobody asks for it."""

    changes: tuple[Change, ...]
    set_aside: tuple[tuple[str, str], ...]


def look_ahead(session: Session, draft: Dossier, new: Procedure, language: str = "vi") -> CarriedOver:
    """What carrying the draft over to the version would do, without doing it."""
    old = by_hash(session, draft.version_hash)
    aside = _sorted_out(draft.draft, old, new)[1]
    seen = tuple(change for change in changes_between(old, new, language) if change.is_seen)
    return CarriedOver(seen, tuple((kept["label"], kept["text"]) for kept in aside.values()))


def carry_over(session: Session, actor: Actor, draft: Dossier) -> None:
    """Carry the actor's draft over to the version in force; where it is in that version already nothing happens.

    State: draft, before and after. The look-ups are agreed to again where the new version asks registries differently.

    Raises:
        NotFound: not the actor's draft.
    """
    draft = draft_for(session, actor, draft.id, lock=True)
    new = newer_version(session, draft)
    if draft.draft is None or new is None:
        return
    old = by_hash(session, draft.version_hash)
    answers, aside = _sorted_out(draft.draft, old, new)
    changes: dict[str, Any] = {"answers": answers, SET_ASIDE: aside}
    if old.definition.lookups != new.definition.lookups:
        changes["consent"] = None
    if old.definition.competence != new.definition.competence:
        changes["office_code"] = None
    draft.draft = {**draft.draft, **changes}
    draft.version_hash = new.content_hash
    draft.updated_at = clock.now()


def _sorted_out(content: dict[str, Any], old: Procedure, new: Procedure) -> tuple[Answers, dict[str, Any]]:
    """The answers that the new version takes, those set aside before that it asks for again among them, and the rest."""
    aside: dict[str, Any] = dict(content.get(SET_ASIDE) or {})
    known: dict[str, Answer] = {key: kept["answer"] for key, kept in aside.items()} | content["answers"]
    answers = {key: answer for key, answer in known.items() if _takes(new, key, answer)}
    for key, answer in content["answers"].items():
        if key not in answers:
            aside[key] = {"answer": answer, "label": _label(old, key), "text": _in_words(old, key, answer)}
    return answers, {key: kept for key, kept in aside.items() if key not in answers}


def _takes(procedure: Procedure, key: str, answer: Answer) -> bool:
    """Whether the version asks for the element, and the answer is one that it understands."""
    if key in group_keys(procedure.definition):
        return isinstance(answer["value"], list)
    asked = {question.element for question in questions_of(procedure.definition)}
    asked |= {element.key for element in looked_up_elements(procedure)}
    return key in asked and is_understood(procedure.elements[key], answer["value"])


def is_understood(element: Element, value: Any) -> bool:
    """Whether a value given earlier still is a value of the element."""
    options = {option.value for option in element.options}
    match element.kind:
        case "choice":
            return value in options
        case "choices":
            return isinstance(value, list) and set(value) <= options
        case "count" | "money" | "year":
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return (
                is_number
                and (element.minimum is None or value >= element.minimum)
                and (element.maximum is None or value <= element.maximum)
            )
        case "declaration":
            return value is True
        case "text" | "long_text" | "name" | "email" | "phone" | "personal_id" | "tax_code" | "time":
            return isinstance(value, str) and len(value) <= element.max_length
        case "date":
            return isinstance(value, str) and len(value) == len("2026-11-25")
        case "partial_date":
            return isinstance(value, str)
        case "person" | "typed_address" | "bank_account" | "period":
            return isinstance(value, dict)
    return True


def _label(procedure: Procedure, key: str) -> str:
    groups = {group.key: group.title for page in procedure.definition.pages for group in page.groups}
    return groups.get(key) or label_of(procedure, key)


def _in_words(procedure: Procedure, key: str, answer: Answer) -> str:
    element = procedure.elements.get(key)
    if element is not None:
        return show(element, answer["value"])
    items = [item["answers"] for item in answer["value"]]
    return "; ".join(
        ", ".join(show(procedure.elements[name], said["value"]) for name, said in item.items() if name in procedure.elements)
        for item in items
    )
