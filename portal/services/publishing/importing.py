"""Taking a procedure's file in: looked into first, then laid into a draft; nothing is published by it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import ProcedureDraft
from portal.services.catalogue.compare import Change, changes_between
from portal.services.catalogue.file_format import read
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.places import seen, whole
from portal.services.catalogue.versions import current
from portal.services.errors import NotFound
from portal.services.publishing.drafts import definition_in, draft_of, replace_all, start, start_new


@dataclass(frozen=True)
class LookedInto:
    """What a file holds, and what importing it would change against the draft under way, or else what is in force."""

    code: str
    name: str
    is_new: bool
    has_draft: bool
    changes: tuple[Change, ...]


def look_into(session: Session, text: str) -> LookedInto:
    """What importing the file would do, without doing it.

    Raises:
        BadProcedure: the file is not a procedure that this portal can hold.
    """
    definition = read(text)
    procedure = procedure_of(definition)
    draft = draft_of(session, definition.code)
    try:
        old = procedure_of(definition_in(draft)) if draft else current(session, definition.code)
    except NotFound:
        return LookedInto(definition.code, definition.name, is_new=True, has_draft=False, changes=())
    changes = changes_between(old, procedure)
    return LookedInto(definition.code, definition.name, is_new=False, has_draft=draft is not None, changes=changes)


def import_file(session: Session, actor: Actor, text: str) -> ProcedureDraft:
    """Lay the file into the procedure's draft, which is started if there is none.

    Raises:
        BadProcedure: the file is not a procedure that this portal can hold.
        Forbidden: the actor may not edit the catalogue.
        GuardRefused: the draft waits for a second administrator.
    """
    definition = read(text)
    if look_into(session, text).is_new:
        return start_new(session, actor, definition)
    draft = start(session, actor, definition.code)
    replace_all(session, actor, definition.code, definition, mark=seen(whole(definition_in(draft))))
    return draft
