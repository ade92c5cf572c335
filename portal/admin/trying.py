"""Trying a draft: its rehearsals run by the real acts, undone at once, with their papers and what is not walked yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal.admin import blueprint
from portal.admin.draft import opened
from portal.auth.permissions import Permission
from portal.config import settings
from portal.services.catalogue.schema import Definition, Rehearsal
from portal.services.catalogue.versions import by_hash
from portal.services.errors import NotFound
from portal.services.publishing.coverage import coverage_of, differences
from portal.services.publishing.rehearse import Rehearsed, put_on, rehearse
from portal.services.registries.exchange import Ask, Reply
from portal.services.registries.prefill import ask_all
from portal.web.access import staff
from portal.web.database import close_session, db
from portal.web.documents import pdf_response
from portal.web.filters import write_short_moment
from portal.web.limits import rehearsing
from portal.web.words import state_name

MOST_AT_ONCE = 20


def _run(definition: Definition, cases: Sequence[Rehearsal]) -> list[Rehearsed]:
    """The cases in the definition, each undone before the next; nothing of them stays."""
    went = []
    for case in cases:
        went.append(rehearse(db(), put_on(db(), definition), case, ask_synthetic))
        db().rollback()
    return went


def ask_synthetic(asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
    """The registries' replies about a synthetic person; real registries, which hold real people, are never asked."""
    return ask_all(asks) if settings().is_demo else {}


@blueprint.post("/procedures/<code>/draft/rehearse")
@staff(Permission.EDIT_CATALOGUE)
@rehearsing
def rehearse_draft(code: str) -> ResponseReturnValue:
    draft = opened(code)
    definition = draft.procedure.definition
    base = by_hash(db(), draft.row.base_hash).definition if draft.row.base_hash else None
    went = _run(definition, definition.rehearsals[:MOST_AT_ONCE])
    before = _run(base, definition.rehearsals[:MOST_AT_ONCE]) if base else []
    return render_template(
        "admin/rehearsed.html",
        code=code,
        name=definition.name,
        rehearsed=[_shown(number, one) for number, one in enumerate(went, 1)],
        coverage=coverage_of(draft.procedure, went),
        differences=differences(before, went),
        has_base=base is not None,
    )


def _shown(number: int, one: Rehearsed) -> dict[str, Any]:
    return {
        "number": number,
        "name": one.name,
        "is_right": one.is_right,
        "faults": [*([one.stopped] if one.stopped else []), *one.faults],
        "places": [name for name, _same in groupby(state_name(place.partition("/")[0]) for place in one.places)],
        "pages": one.pages,
        "fee_vnd": one.fee_vnd,
        "term": one.term,
        "promised": write_short_moment(one.promised_at) if one.promised_at else "",
        "papers": [{"title": paper.title, "kind": paper.kind} for paper in one.papers],
    }


@blueprint.get("/procedures/<code>/draft/rehearsed/<int:number>/<kind>.pdf")
@staff(Permission.EDIT_CATALOGUE)
@rehearsing
def rehearsed_paper(code: str, number: int, kind: str) -> Response:
    definition = opened(code).procedure.definition
    if not 1 <= number <= len(definition.rehearsals):
        raise NotFound
    (one,) = _run(definition, definition.rehearsals[number - 1 : number])
    paper = next((paper for paper in one.papers if paper.kind == kind), None)
    if paper is None:
        raise NotFound
    close_session()  # drawing takes seconds, and needs no database
    return pdf_response(paper.draw(), f"dien-tap-{code}-{kind}.pdf")
