"""Losing work, and leaving social insurance: little is typed, the book is not brought, nothing is paid."""

from __future__ import annotations

from datetime import date

import pytest

from portal.services.catalogue.answers import shown_questions
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.lint import counts
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import case_of, components_wanted, fee_of, term_rule
from tests.procedures import the_procedure

UNEMPLOYMENT, LUMP_SUM = "1.001978", "1.002179"


def said(**values: str) -> Answers:
    return {key.replace("__", "."): {"value": value, "source": "citizen"} for key, value in values.items()}


@pytest.mark.parametrize(("code", "most"), [(UNEMPLOYMENT, 5), (LUMP_SUM, 3)])
def test_little_is_typed_and_the_insurance_book_is_not_brought(code: str, most: int) -> None:
    procedure = the_procedure(code)
    assert counts(procedure).asked <= most
    assert [one.id for one in procedure.definition.components if one.satisfied_by == "registry"] == ["insurance-book"]


@pytest.mark.parametrize("code", [UNEMPLOYMENT, LUMP_SUM])
@pytest.mark.parametrize("channel", ["online", "counter", "post"])
def test_nothing_is_paid_by_any_channel(code: str, channel: str) -> None:
    lines = fee_of(the_procedure(code), {}, channel=channel, province_code="01", on=date(2026, 11, 25))  # type: ignore[arg-type]
    assert (len(lines), total_vnd(lines)) == (1, 0)


def test_decision_comes_within_twenty_days_or_seven_working_days() -> None:
    for code, term in ((UNEMPLOYMENT, "20d"), (LUMP_SUM, "7wd")):
        rule = term_rule(the_procedure(code).definition, "online", "")
        assert rule is not None
        assert rule.term == term


def test_account_is_asked_only_of_those_who_want_the_money_there() -> None:
    page = next(page for page in the_procedure(UNEMPLOYMENT).definition.pages if page.id == "payment")
    for method, asked in (("cash", ["payment.method"]), ("account", ["payment.method", "payment.account"])):
        shown = shown_questions(page.questions, said(payment__method=method))
        assert [question.element for question in shown] == asked


@pytest.mark.parametrize(
    ("reason", "case", "papers"),
    [
        ("abroad", "abroad", ["settlement"]),
        ("ill", "ill", ["medical-record"]),
        ("year_out", "ordinary", []),
        ("pension_age", "ordinary", []),
    ],
)
def test_each_reason_wants_its_own_paper_and_no_other(reason: str, case: str, papers: list[str]) -> None:
    procedure, answers = the_procedure(LUMP_SUM), said(insurance__lump_sum_reason=reason)
    assert case_of(procedure, answers) == case
    assert [component.id for component in components_wanted(procedure, answers)] == papers


def test_essential_service_takes_no_paper_and_says_so() -> None:
    reception = the_procedure(UNEMPLOYMENT).definition.reception
    assert not reception.is_paper_allowed
    assert "24/CT-TTg" in reception.paper_rule
