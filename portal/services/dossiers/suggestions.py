"""The state comes to the person: what registries hold, read by rules that are data, for those alone who agreed to it.

A suggestion opens a form that is filled in already; it decides nothing, and is refused with one press. What was refused is
not suggested again while the registries say the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM, Actor
from portal.models import Account, DataKey, Suggestion, SuggestionAgreement
from portal.services.catalogue.conditions import ALWAYS, Condition, elements_of, holds
from portal.services.catalogue.elements import Text2
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.errors import GuardRefused, NotFound
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester, Subject
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import Wanted, connected, prefilled

RULES = Path(__file__).with_name("suggestions.yaml")
CHECKED_EVERY = timedelta(days=1)
REFERENCE = "suggestions:"
OPEN, REFUSED, TAKEN, GONE = "open", "refused", "taken", "gone"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DueWithin(_Part):
    """A date of a registry that lies at most so many days ahead, and is not past."""

    element: str
    days: int = Field(ge=1, le=366)


class Rule(_Part):
    """What is looked at, of which registries, for which form; `unsure` says what must be checked before production."""

    id: str = Field(pattern=r"^[a-z][a-z-]+$")
    procedure: str
    purpose: str
    legal_ground: str
    title: Text2
    text: Text2
    when: Condition = ALWAYS
    due_within: DueWithin | None = None
    shows: tuple[str, ...] = Field(min_length=1)
    unsure: str = ""

    @model_validator(mode="after")
    def _looks_at_something(self) -> Rule:
        if not set(self.elements) - set(self.shows) and self.due_within is None and self.when == ALWAYS:
            raise ValueError("a rule that always holds")
        return self

    @property
    def elements(self) -> tuple[str, ...]:
        """Everything that it looks at or shows."""
        due = (self.due_within.element,) if self.due_within else ()
        return tuple(dict.fromkeys((*elements_of(self.when), *due, *self.shows)))

    def holds_for(self, facts: Mapping[str, Any], today: date) -> bool:
        """Whether the facts call for the suggestion today."""
        if self.due_within is not None:
            until = str(facts.get(self.due_within.element) or "")
            if len(until) != len("2026-11-25") or not 0 <= (date.fromisoformat(until) - today).days <= self.due_within.days:
                return False
        return holds(self.when, facts)


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every rule, by its id."""
    listed = TypeAdapter(list[Rule]).validate_python(yaml.safe_load(RULES.read_text(encoding="utf-8")))
    return {rule.id: rule for rule in listed}


def working_rules(session: Session) -> list[tuple[Rule, Procedure]]:
    """The rules whose procedure is in force and filed here, each with it."""
    found = []
    for rule in rules().values():
        try:
            procedure = current(session, rule.procedure)
        except NotFound:
            continue
        if procedure.is_filed_online and set(rule.elements) <= {element.element for element in _wanted(rule, procedure)}:
            found.append((rule, procedure))
    return found


def _wanted(rule: Rule, procedure: Procedure) -> list[Wanted]:
    """The rule's elements that the procedure looks up of whoever files, each with the look-up made for the rule."""
    found = []
    for lookup in procedure.definition.lookups:
        for key in lookup.elements:
            source = procedure.elements[key].source
            if key in rule.elements and not lookup.about and source:
                found.append(Wanted(key, f"{lookup.registry}/{rule.id}", source.path))
    return found


def agreement_of(session: Session, actor: Actor) -> SuggestionAgreement | None:
    """Whether, and since when, the portal looks ahead for the actor."""
    query = select(SuggestionAgreement).where(SuggestionAgreement.account_id == actor.account_id)
    return session.scalars(query.where(SuggestionAgreement.ended_at.is_(None))).first()


def agree_to_suggestions(session: Session, actor: Actor) -> SuggestionAgreement:
    """Let the portal look ahead for the actor by today's rules; agreeing again, by the rules of now.

    Effects: the agreement's row.
    Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (consent for each purpose, withdrawn at any time).
    """
    session.get_one(Account, actor.account_id, with_for_update={"of": Account, "key_share": True})  # two tabs follow each other
    before, named = agreement_of(session, actor), [rule.id for rule, _procedure in working_rules(session)]
    if before is not None and before.rules == named:
        return before
    if before is not None:
        before.ended_at = clock.now()
        session.flush()
    made = SuggestionAgreement(account_id=actor.account_id, rules=named, given_at=clock.now())
    session.add(made)
    session.flush()
    return made


def end_suggestions(session: Session, actor: Actor) -> None:
    """Look ahead no more; what was found is forgotten. That it was looked up stays in the ledger."""
    agreement = agreement_of(session, actor)
    if agreement is not None:
        agreement.ended_at = clock.now()
    query = select(Suggestion).where(Suggestion.account_id == actor.account_id, Suggestion.state != GONE)
    for found in session.scalars(query.with_for_update()):
        _let_go(found)
    session.flush()


def suggestion_asks(session: Session, agreement: SuggestionAgreement, requester: Requester) -> dict[str, Ask]:
    """What is to be asked for the person: rule by rule, of each registry the fields that the rule looks at, and no other."""
    profile = agreement.account.profile
    subject = Subject(profile["personal_id"], profile["full_name"], profile["date_of_birth"])
    asks: dict[str, Ask] = {}
    for rule, procedure in working_rules(session):
        by_lookup: dict[str, list[str]] = {}
        for wanted in _wanted(rule, procedure):
            by_lookup.setdefault(wanted.lookup, []).append(wanted.path.partition(".")[0])
        for name, fields in by_lookup.items():
            if rule.id in agreement.rules and name.partition("/")[0] in connected():
                asks[name] = Ask(
                    subject, requester, procedure.code, rule.purpose, rule.legal_ground, tuple(dict.fromkeys(fields)),
                    "consent", f"{REFERENCE}{agreement.id}",
                )  # fmt: skip
    return asks


def keep_suggestions(
    session: Session, actor: Actor, agreement_id: uuid.UUID, asks: Mapping[str, Ask], replies: Mapping[str, Reply]
) -> None:
    """Hold the rules against what the registries say now: found, kept, or gone. One that keeps silent changes nothing.

    Effects: as `keep_lookups`, for each reply; the suggestions' rows.
    """
    keep_lookups(session, actor, asks, replies, dossier=None)
    query = select(SuggestionAgreement).where(SuggestionAgreement.id == agreement_id, SuggestionAgreement.ended_at.is_(None))
    agreement = session.scalars(query.with_for_update(of=SuggestionAgreement)).first()
    if agreement is None:
        return
    agreement.checked_at = clock.now()
    for rule, procedure in working_rules(session):
        wanted = [one for one in _wanted(rule, procedure) if one.lookup in replies]
        is_told = wanted and all(replies[one.lookup].outcome in (Outcome.FOUND, Outcome.NOT_MATCHED) for one in wanted)
        if rule.id in agreement.rules and is_told:
            facts = {key: answer["value"] for key, answer in prefilled(wanted, replies).items()}
            _hold_against(session, agreement.account, rule, facts)
    session.flush()


def _hold_against(session: Session, account: Account, rule: Rule, facts: dict[str, Any]) -> None:
    query = select(Suggestion).where(Suggestion.account_id == account.id, Suggestion.rule == rule.id, Suggestion.state != GONE)
    before = list(session.scalars(query.with_for_update()))
    calls = rule.holds_for(facts, clock.today())
    for found in before:
        if found.state == OPEN and not (calls and found.facts == facts):
            _let_go(found)
    if calls and not any(found.state != GONE and found.facts == facts for found in before):
        session.flush()
        row = Suggestion(data_key=account.data_key, account_id=account.id, rule=rule.id, found_at=clock.now(), facts=facts)
        session.add(row)


def _let_go(found: Suggestion) -> None:
    found.state, found.decided_at, found.facts = GONE, clock.now(), None


def open_suggestions(session: Session, actor: Actor) -> list[Suggestion]:
    """What is suggested to the actor now, the newest first; of rules alone that still work."""
    working = [rule.id for rule, _procedure in working_rules(session)]
    query = select(Suggestion).where(Suggestion.account_id == actor.account_id, Suggestion.state == OPEN)
    return list(session.scalars(query.where(Suggestion.rule.in_(working)).order_by(Suggestion.found_at.desc(), Suggestion.id)))


def suggestions_to(session: Session, actor: Actor) -> list[Suggestion]:
    """Everything that was ever suggested to the actor, the newest first; of what is gone only that it was."""
    query = select(Suggestion).where(Suggestion.account_id == actor.account_id)
    return list(session.scalars(query.order_by(Suggestion.found_at.desc(), Suggestion.id)))


def decide_suggestion(session: Session, actor: Actor, suggestion_id: uuid.UUID, *, is_taken: bool) -> Rule:
    """Take a suggestion up, or refuse it; gives its rule.

    Raises:
        NotFound: not the actor's.
        GuardRefused: it was taken, refused or is gone already.
    """
    query = select(Suggestion).where(Suggestion.id == suggestion_id, Suggestion.account_id == actor.account_id)
    found = session.scalars(query.with_for_update()).first()
    if found is None or found.rule not in rules():
        raise NotFound
    if found.state not in (OPEN, TAKEN if is_taken else REFUSED):
        raise GuardRefused("Gợi ý này không còn nữa.")
    found.state, found.decided_at = (TAKEN if is_taken else REFUSED), clock.now()
    session.flush()
    return rules()[found.rule]


def due_agreements(session: Session, limit: int) -> list[uuid.UUID]:
    """Those for whom the registries have not been asked for a day, longest waiting first; set aside, so that no two workers
    ask for one person. Nobody whose key was destroyed.
    """
    now = clock.now()
    is_due = or_(SuggestionAgreement.checked_at.is_(None), SuggestionAgreement.checked_at < now - CHECKED_EVERY)
    query = select(SuggestionAgreement).join(Account, Account.id == SuggestionAgreement.account_id)
    query = query.join(DataKey, DataKey.id == Account.data_key_id)
    query = query.where(SuggestionAgreement.ended_at.is_(None), is_due, DataKey.wrapped.is_not(None))
    query = query.order_by(SuggestionAgreement.checked_at.nulls_first()).limit(limit)
    found = list(session.scalars(query.with_for_update(of=SuggestionAgreement, skip_locked=True)))
    for agreement in found:
        agreement.checked_at = now
    return [agreement.id for agreement in found]


def looks_ahead_itself(session: Session, agreement_id: uuid.UUID) -> dict[str, Ask]:
    """The asks of the portal's own round, in its own name, on the ground of the person's agreement; none once it has ended."""
    agreement = session.get_one(SuggestionAgreement, agreement_id)
    return {} if agreement.ended_at else suggestion_asks(session, agreement, Requester("system", SYSTEM.id))
