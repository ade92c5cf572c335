"""A draft under way as the filing pages see it: its steps, where each leads, and what stands around its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.models import Dossier
from portal.services.catalogue.answers import first_incomplete_page, shown_pages
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash, current
from portal.services.dossiers.attachments import missing, standings
from portal.services.dossiers.open_draft import draft_of
from portal.services.errors import NotFound
from portal.web.database import db
from portal.web.language import current_language


@dataclass(frozen=True)
class Filing:
    """A draft under way with its procedure."""

    procedure: Procedure
    draft: Dossier

    @property
    def answers(self) -> Answers:
        answers: Answers = self.draft.draft["answers"]
        return answers

    @property
    def steps(self) -> list[str]:
        """The steps in order: consent, facts, the pages and the papers that the answers call for, review."""
        pages = [page.id for page in shown_pages(self.procedure, self.answers)]
        papers = ["attachments"] if components_wanted(self.procedure, self.answers) else []
        return ["consent", "facts", *pages, *papers, "review"]

    def url(self, step: str) -> str:
        code = self.procedure.code
        if step == "consent":
            return url_for("citizen.consent", code=code)
        if step in ("facts", "attachments", "review"):
            return url_for(f"citizen.{step}", code=code)
        return url_for("citizen.page", code=code, page_id=step)

    def around(self, step: str) -> dict[str, Any]:
        """What every step's page shows around its form."""
        steps = self.steps
        at = steps.index(step)
        return {
            "procedure": self.procedure,
            "procedure_name": self.procedure.say(self.procedure.definition.name, current_language()),
            "step_number": at + 1,
            "step_count": len(steps),
            "back_href": self.url(steps[at - 1]) if at else url_for("citizen.procedure", code=self.procedure.code),
            "saved_at": self.draft.updated_at,
        }

    def after(self, step: str) -> str:
        """Where the step leads."""
        steps = self.steps
        return self.url(steps[steps.index(step) + 1])

    def next_open_step(self) -> str:
        """The first step that still wants something."""
        if self.draft.draft["consent"] is None:
            return "consent"
        if self.draft.draft["office_code"] is None:
            return "facts"
        page = first_incomplete_page(self.procedure, self.answers)
        if page is not None:
            return page.id
        lacking = missing(standings(db(), self.draft, self.procedure, self.answers))
        return "attachments" if lacking else "review"


def procedure_level(code: str, **_others: str) -> int:
    """The level of assurance that filing the procedure needs; one that is only described here has no such pages."""
    procedure = current(db(), code)
    if not procedure.is_filed_online:
        raise NotFound
    return procedure.definition.assurance


def filing_of(code: str) -> Filing | None:
    """The person's draft of the procedure, if there is one."""
    draft = draft_of(db(), current_actor(), code)
    if draft is None:
        return None
    procedure = by_hash(db(), draft.version_hash)
    return Filing(procedure, draft)


def to_consent(code: str) -> ResponseReturnValue:
    """Back to the first step."""
    return redirect(url_for("citizen.consent", code=code))
