"""What a filed dossier says, the same at the desk and for its owner: the registries' facts, what nobody vouches for, the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.services.catalogue.answers import looked_up_elements
from portal.services.catalogue.elements import Element
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.silent_registries import Check
from portal.web.groups import group_rows
from portal.web.questions import fact_rows, said_rows


def filed_words(
    procedure: Procedure, answers: Answers, language: str, checked: Mapping[str, Check] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """`facts` of registries, `unverified` that the person typed in place of one, and what else was `asked`, in words.

    `checked`: what came of asking the silent registries again, by element.
    """
    looked_up = [element.key for element in looked_up_elements(procedure)]
    locked = [key for key in looked_up if procedure.elements[key].is_locked]
    return {
        "facts": [
            {**row, **_check_words(procedure.elements[row["element"]], (checked or {}).get(row["element"]), language)}
            for row in fact_rows(procedure, answers, language, looked_up)
        ],
        "unverified": [
            {**row, **_check_words(procedure.elements[row["element"]], (checked or {}).get(row["element"]), language)}
            for row in said_rows(procedure, answers, language, locked)
        ],
        "asked": _asked(procedure, answers, language, frozenset(locked)),
    }


def _check_words(element: Element, check: Check | None, language: str) -> dict[str, str]:
    """What came of asking again, in words; nothing where nobody asks again."""
    if check is None:
        return {}
    words, colour = {
        "confirmed": (_("Cơ sở dữ liệu xác nhận"), "jade"),
        "differs": (_("Khác với cơ sở dữ liệu"), "red"),
        "not_there": (_("Cơ sở dữ liệu không có điều này"), "amber"),
        "not_matched": (_("Cơ sở dữ liệu không có ai khớp"), "red"),
        "waiting": (_("Cổng đang hỏi lại"), "amber"),
        "given_up": (_("Cơ sở dữ liệu vẫn chưa trả lời"), "amber"),
    }[check.finding]
    now = show(element, check.now, language) if check.finding == "differs" else ""
    return {"check": check.finding, "check_words": words, "check_colour": colour, "check_now": now}


def _asked(procedure: Procedure, answers: Answers, language: str, locked: frozenset[str]) -> list[dict[str, Any]]:
    own = [key for key in answers if key in procedure.elements and key not in locked]
    groups = [group for page in procedure.definition.pages for group in page.groups]
    return said_rows(procedure, answers, language, own) + group_rows(procedure, groups, answers, language)
