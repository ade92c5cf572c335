"""What a shipped procedure asks, wants and costs, for somebody whose answers are given: for the tests of its families."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from portal import clock
from portal.services.catalogue.answers import shown_groups, shown_pages, shown_questions
from portal.services.catalogue.fees import Channel, total_vnd
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import case_of, components_wanted, fee_of, term_rule
from portal.services.catalogue.schema import Procedure
from tests.procedures import the_procedure


@contextmanager
def on_the_day(day: str) -> Iterator[None]:
    """Noon of a day in Vietnam."""
    with clock.standing_at(datetime.combine(date.fromisoformat(day), time(5), UTC)):
        yield


@dataclass(frozen=True)
class Somebody:
    """A procedure met with these answers, on this day."""

    procedure: Procedure
    answers: Answers
    day: str

    @property
    def asked(self) -> set[str]:
        """Every question and group that these answers call for."""
        with on_the_day(self.day):
            pages = shown_pages(self.procedure, self.answers)
            questions = {one.element for page in pages for one in shown_questions(page.questions, self.answers)}
            return questions | {group.key for page in pages for group in shown_groups(page, self.answers)}

    @property
    def papers(self) -> set[str]:
        """The papers that must be attached."""
        with on_the_day(self.day):
            return {component.id for component in components_wanted(self.procedure, self.answers)}

    @property
    def case(self) -> str:
        """The situation that the law sees."""
        with on_the_day(self.day):
            return case_of(self.procedure, self.answers)

    def pays(self, channel: Channel = "online") -> int:
        """What it costs in Hà Nội."""
        on = date.fromisoformat(self.day)
        with on_the_day(self.day):
            return total_vnd(fee_of(self.procedure, self.answers, channel=channel, province_code="01", on=on))

    def waits(self, channel: Channel = "online") -> str:
        """The time limit."""
        rule = term_rule(self.procedure.definition, channel, self.case)
        return rule.term if rule else ""


def somebody(code: str, day: str = "2026-11-25", **said: Any) -> Somebody:
    """Somebody before a shipped procedure; `said` has the elements with `__` in place of the dot."""
    answers = {key.replace("__", "."): {"value": value, "source": "citizen"} for key, value in said.items()}
    return Somebody(the_procedure(code), answers, day)
