"""A result as it will look, with the label of each field in its place; nothing of anybody."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.loader import group_keys
from portal.services.catalogue.schema import Procedure
from portal.services.results.draw_apart import draw_apart
from portal.services.results.template import result_body

FRAME = '<!DOCTYPE html><html lang="vi"><title>Thử</title><body>{}</body></html>'


def sample_body(procedure: Procedure) -> str:
    """The words of the result, each field told by its label.

    Raises:
        jinja2.TemplateError: the template is not well formed, or reaches for what it may not have.
    """
    fields = {name: _sample(procedure, key) for name, key in procedure.definition.result.fields.items()}
    facts = {"fields": fields, "issued_at": clock.now().isoformat(), "dossier_code": "H26.31-20261125-0000001"}
    return result_body(procedure.definition.result.template, facts)


def try_to_draw(procedure: Procedure) -> None:
    """Draw the sample once, as an issued result would be drawn.

    Raises:
        GuardRefused: it could not be drawn within its memory and time.
        jinja2.TemplateError: as `sample_body`.
    """
    draw_apart(FRAME.format(sample_body(procedure)), title=procedure.definition.result.title)


def _sample(procedure: Procedure, key: str) -> dict[str, Any]:
    words = f"«{label_of(procedure, key)}»"
    if key not in group_keys(procedure.definition):
        return {"value": words, "text": words}
    group = next(group for page in procedure.definition.pages for group in page.groups if group.key == key)
    names = [*(group.seed.fields if group.seed else ()), *(question.element for question in group.questions)]
    item = {name.rpartition(".")[2]: {"value": "", "text": f"«{label_of(procedure, name)}»"} for name in names}
    return {"items": [item, item], "text": words}
