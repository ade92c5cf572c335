"""What a filed dossier says, the same at the desk and for its owner: the registries' facts, what nobody vouches for, the rest."""

from __future__ import annotations

from typing import Any

from portal.services.catalogue.answers import looked_up_elements
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.web.groups import group_rows
from portal.web.questions import fact_rows, said_rows


def filed_words(procedure: Procedure, answers: Answers, language: str) -> dict[str, list[dict[str, Any]]]:
    """`facts` of registries, `unverified` that the person typed in place of one, and what else was `asked`, in words."""
    looked_up = [element.key for element in looked_up_elements(procedure)]
    locked = [key for key in looked_up if procedure.elements[key].is_locked]
    return {
        "facts": fact_rows(procedure, answers, language, looked_up),
        "unverified": said_rows(procedure, answers, language, locked),
        "asked": _asked(procedure, answers, language, frozenset(locked)),
    }


def _asked(procedure: Procedure, answers: Answers, language: str, locked: frozenset[str]) -> list[dict[str, Any]]:
    own = [key for key in answers if key in procedure.elements and key not in locked]
    groups = [group for page in procedure.definition.pages for group in page.groups]
    return said_rows(procedure, answers, language, own) + group_rows(procedure, groups, answers, language)
