"""A draft under way as the filing pages of both desks see it: its steps, where each leads, and what stands around its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal import clock
from portal.models import Dossier
from portal.services.catalogue.answers import first_incomplete_page, shown_pages
from portal.services.catalogue.others import Relative, choosable
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.attachments import missing, standings
from portal.services.dossiers.other_people import is_whom_open
from portal.web.database import db
from portal.web.language import current_language


@dataclass(frozen=True)
class Desk:
    """Where a draft is filled: its name, the address of a step, of what lies before, of an attachment, of the page that says
    a registry's value is not right (element key, name of the step to come back to); what its pages add.
    """

    name: str
    step_url: Callable[[str], str]
    before_url: str
    attachment_url: Callable[[str], tuple[str, str]]
    dispute_url: Callable[[str, str], str]
    first_steps: tuple[str, ...] = ("consent", "facts")
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Filing:
    """A draft under way with its procedure, at the desk where it is filled."""

    procedure: Procedure
    draft: Dossier
    desk: Desk

    @property
    def answers(self) -> Answers:
        answers: Answers = self.draft.draft["answers"]
        return answers

    @property
    def steps(self) -> list[str]:
        """The steps in order: agreeing, whom it is about, facts, the pages and the papers that the answers call for, review."""
        pages = [page.id for page in shown_pages(self.procedure, self.answers)]
        papers = ["attachments"] if components_wanted(self.procedure, self.answers) else []
        *before, facts = self.desk.first_steps
        return [*before, *(["whom"] if self.relatives else []), facts, *pages, *papers, "review"]

    @property
    def relatives(self) -> tuple[Relative, ...]:
        """Whom the draft may be about beside who files."""
        return choosable(self.procedure, self.answers, clock.today())

    @property
    def is_whom_open(self) -> bool:
        """Whether it is to be said first whom the draft is about."""
        return is_whom_open(self.draft, self.procedure)

    def url(self, step: str) -> str:
        return self.desk.step_url(step)

    def dispute_url_from(self, step: str) -> Callable[[str], str]:
        """The address, for each element, of the page that disputes its value and leads back to the step."""
        return lambda key: self.desk.dispute_url(key, step)

    def around(self, step: str) -> dict[str, Any]:
        """What every step's page shows around its form."""
        steps = self.steps
        at = steps.index(step)
        return {
            "desk": self.desk.name,
            "procedure": self.procedure,
            "procedure_name": self.procedure.say(self.procedure.definition.name, current_language()),
            "step_number": at + 1,
            "step_count": len(steps),
            "back_href": self.url(steps[at - 1]) if at else self.desk.before_url,
            "saved_at": self.draft.updated_at,
            **self.desk.extra,
        }

    def after(self, step: str) -> str:
        """Where the step leads."""
        steps = self.steps
        return self.url(steps[steps.index(step) + 1])

    def next_open_step(self) -> str:
        """The first step that still wants something."""
        if self.draft.draft["consent"] is None:
            return self.desk.first_steps[0]
        if self.is_whom_open:
            return "whom"
        if self.draft.draft["office_code"] is None:
            return "facts"
        page = first_incomplete_page(self.procedure, self.answers)
        if page is not None:
            return page.id
        lacking = missing(standings(db(), self.draft, self.procedure, self.answers))
        return "attachments" if lacking else "review"
