"""The publication check: what the catalogue finds, and what only drawing the result and knowing the offices can tell."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import TemplateError
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Office
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.lint import findings
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.schema import Definition, Procedure
from portal.services.errors import GuardRefused
from portal.services.publishing.sample import try_to_draw
from portal.services.results.template_language import checked_template


def check(session: Session, definition: Definition) -> tuple[Finding, ...]:
    """Everything that stands against publishing the definition here.

    Raises:
        BadProcedure: the definition does not hold together at all.
    """
    return check_procedure(session, procedure_of(definition))


def check_procedure(session: Session, procedure: Procedure) -> tuple[Finding, ...]:
    """Everything that stands against publishing the procedure here."""
    provinces = _provinces(session, procedure)
    return (*findings(procedure, provinces), *_offices(procedure, provinces), *_template(procedure))


def _provinces(session: Session, procedure: Procedure) -> tuple[str, ...]:
    level = procedure.definition.competence.level
    served = select(Office.province_code).where(Office.level == level, Office.valid_to.is_(None)).distinct()
    return tuple(session.scalars(served.order_by(Office.province_code)))


def _offices(procedure: Procedure, provinces: tuple[str, ...]) -> Iterator[Finding]:
    if not provinces:
        facts = {"level": str(procedure.definition.competence.level)}
        yield Finding("identity", "competence", "Chưa có cơ quan nào thuộc cấp «%(level)s» để giải quyết.", facts)


def _template(procedure: Procedure) -> Iterator[Finding]:
    try:
        checked_template(procedure.definition.result.template)
    except TemplateError as wrong:
        yield Finding("result", "template", "Mẫu không dùng được: %(what)s.", {"what": str(wrong).rstrip(".")})


def drawing_findings(procedure: Procedure) -> Iterator[Finding]:
    """What drawing a sample of the result once tells; it takes seconds, and so stands apart from the check."""
    try:
        try_to_draw(procedure)
    except GuardRefused as refused:
        yield Finding("result", "template", refused.message)
