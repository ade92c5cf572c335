"""Any life of a dossier, whoever tries whatever in whatever order: what must hold of it holds after every try."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from hypothesis import HealthCheck
from hypothesis import settings as tried
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import ANONYMOUS, SYSTEM, Actor, Duty, Role
from portal.models import Dossier, Notice, OutboxItem
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import buttons, documents_of, latest_answers
from portal.services.dossiers.return_result import release_result
from portal.services.dossiers.submit import submit
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import PortalError
from portal.services.oversight.audit import verify
from tests.filings import filled_draft
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer, staff
from tests.services.dossiers.doings import DOINGS, PDF, REASON, place_of

BEGUN = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
ENDS = {"not_received", "withdrawn", "stopped", "returned"}
VERBS = sorted(set(DOINGS) - {"transfer"})  # it would go on at another office
FORWARD = {
    "receive",
    "forward",
    "assign",
    "propose",
    "approve",
    "return_result",
    "record_payment",
    "resume",
    "confirm_withdrawal",
}
CAST = (
    "owner", "clerk", "second clerk", "officer", "second officer", "leader", "second leader", "everything at once",
    "kin of the owner", "owner in post", "leader elsewhere", "officer elsewhere", "administrator", "auditor", "nobody", "portal",
)  # fmt: skip
TRIED = tried(
    max_examples=35,
    stateful_step_count=16,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def cast(session: Session) -> dict[str, Actor]:
    """Everybody who might try something: those whose work it is, and those whose it is not."""
    owner, kin = citizen(session), clerk(session)
    roles = (Role.CLERK, Role.OFFICER, Role.LEADER)
    everything = replace(clerk(session), duties=frozenset(Duty(role, OFFICE) for role in roles))
    people = (
        owner, clerk(session), clerk(session), officer(session), officer(session), leader(session), leader(session), everything,
        replace(kin, duties=everything.duties), replace(owner, duties=everything.duties), leader(session, OTHER_OFFICE),
        officer(session, OTHER_OFFICE), staff(session, Role.ADMINISTRATOR), staff(session, Role.AUDITOR), ANONYMOUS, SYSTEM,
    )  # fmt: skip
    return dict(zip(CAST, people, strict=True))


class Life(RuleBasedStateMachine):
    """One dossier of an electronic delivery, from its draft on, in a transaction of its own."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.trial = session.begin_nested()
        self.clock = time_machine.travel(BEGUN, tick=False)
        self.traveller = self.clock.start()
        self.people = cast(session)
        self.dossier: Dossier = filled_draft(session, self.people["owner"])
        self.dossier.household_hashes = [self.people["kin of the owner"].subject_hash]
        session.flush()
        self.seen: list[tuple[str, int]] = [("draft", 0)]
        self.filed: dict[str, Any] | None = None

    def teardown(self) -> None:
        findings = verify(self.session).findings
        self.trial.rollback()
        self.session.expire_all()
        self.clock.stop()
        assert findings == ()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Try something; what is refused must leave no trace."""
        self.traveller.shift(timedelta(minutes=1))
        with self.session.begin_nested() as attempt:
            try:
                act()
            except PortalError:
                attempt.rollback()
                self.session.expire_all()
                return False
        self.session.expire_all()
        return True

    def note(self, was: tuple[str, int], *, happened: bool) -> None:
        """A move is one step from where it stood; anything else is no step at all."""
        now = (place_of(self.dossier), self.dossier.version)
        if not happened or now == was:
            assert now == was
            return
        assert now[1] == was[1] + 1
        assert was[0] not in ENDS
        self.seen.append(now)

    @rule(who=st.sampled_from(CAST), is_declared=st.booleans(), level=st.sampled_from([1, 2]))
    def try_to_submit(self, who: str, is_declared: bool, level: int) -> None:
        was, actor = (place_of(self.dossier), self.dossier.version), self.people[who]
        actor = replace(actor, level=level)
        happened = self.attempt(lambda: submit(self.session, actor, self.dossier.id, is_declared=is_declared))
        if happened and was[0] == "draft":
            assert actor.account_id == self.people["owner"].account_id
            assert is_declared
            assert level == 2
            self.filed = copy.deepcopy(latest_answers(self.session, self.dossier).content)
            self.dossier.household_hashes = [self.people["kin of the owner"].subject_hash]
            self.session.flush()
        self.note(was, happened=happened)

    @precondition(lambda self: self.dossier.code)
    @rule(who=st.sampled_from(CAST), verb=st.sampled_from(VERBS), behind=st.sampled_from([0, 0, 0, 0, -1, 1]))
    def try_an_act(self, who: str, verb: str, behind: int) -> None:
        was, actor = (place_of(self.dossier), self.dossier.version), self.people[who]
        offered = {move.act.value for move in buttons(self.dossier, actor)}
        code, seen = str(self.dossier.code), self.dossier.version + behind
        happened = self.attempt(lambda: DOINGS[verb].do(self.session, actor, code, seen))
        is_possible = behind == 0 and verb in offered and actor not in (SYSTEM, ANONYMOUS)
        if verb == "ask_opinion" and OTHER_OFFICE in self.dossier.asked_offices:
            assert happened <= is_possible  # an office that is being asked is not asked again
        else:
            assert happened is is_possible
        self.note(was, happened=happened)

    @precondition(lambda self: self.dossier.code)
    @rule(who=st.sampled_from(["officer", "second officer", "everything at once"]))
    def try_to_propose_a_refusal(self, who: str) -> None:
        was, form = (place_of(self.dossier), self.dossier.version), {"decision": "refuse", "reason": REASON}
        code, seen = str(self.dossier.code), self.dossier.version
        happened = self.attempt(lambda: propose(self.session, self.people[who], code, expected_version=seen, form=form))
        self.note(was, happened=happened)

    @initialize(steps=st.sampled_from([0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8]))
    def life_has_gone_well_so_far(self, steps: int) -> None:
        for _ in range(steps):
            self.somebody_whose_turn_it_is_goes_on()

    @rule()
    def somebody_whose_turn_it_is_goes_on(self) -> None:
        """So that lives get long: the first act that the table offers to one of those whose work it is."""
        if self.dossier.state == "draft":
            self.try_to_submit("owner", is_declared=True, level=2)
        elif self.dossier.stage == "issuing":
            self.worker_makes_the_result(again=False)
        for who in ("clerk", "officer", "second officer", "leader", "second leader"):
            for move in buttons(self.dossier, self.people[who]):
                if move.act.value in FORWARD:
                    self.go_on(who, move.act.value)
                    return

    def go_on(self, who: str, verb: str) -> None:
        was, code, seen = (place_of(self.dossier), self.dossier.version), str(self.dossier.code), self.dossier.version
        assert self.attempt(lambda: DOINGS[verb].do(self.session, self.people[who], code, seen))
        self.note(was, happened=True)

    @precondition(lambda self: self.dossier.code)
    @rule(who=st.sampled_from(["owner", "clerk", "leader"]), is_late=st.booleans())
    def try_to_withdraw(self, who: str, is_late: bool) -> None:
        was, actor = (place_of(self.dossier), self.dossier.version), self.people[who]
        code, seen = str(self.dossier.code), self.dossier.version - is_late
        may = who == "owner" and not is_late and "withdraw" in {move.act.value for move in buttons(self.dossier, actor)}
        assert self.attempt(lambda: withdraw(self.session, actor, code, expected_version=seen)) is may
        self.note(was, happened=may)

    @precondition(lambda self: self.dossier.approved_by is not None)
    @rule(again=st.booleans())
    def worker_makes_the_result(self, again: bool) -> None:
        (result,) = (paper for paper in documents_of(self.session, self.dossier) if paper.kind == "result")
        order = order_of(self.session, result.id)
        if order is None:
            return
        was = (place_of(self.dossier), self.dossier.version)
        self.note(was, happened=self.attempt(lambda: issue(self.session, order, PDF)))
        if again:
            was = (place_of(self.dossier), self.dossier.version)
            self.note(was, happened=self.attempt(lambda: issue(self.session, order, PDF + b" once more")))

    @precondition(lambda self: self.dossier.code)
    @rule()
    def worker_releases_the_result(self) -> None:
        was = (place_of(self.dossier), self.dossier.version)
        happened = self.attempt(lambda: release_result(self.session, self.dossier.id))
        assert happened is (was[0] in ("finished", "returned"))
        self.note(was, happened=happened)

    @invariant()
    def history_tells_every_step_and_the_last_one_is_where_it_stands(self) -> None:
        events = events_of(self.session, self.dossier.id)
        assert [(event.to_place, event.dossier_version) for event in events] == self.seen[1:]
        assert [event.from_place for event in events] == [place for place, _version in self.seen[:-1]]
        assert (place_of(self.dossier), self.dossier.version) == self.seen[-1]

    @invariant()
    def moments_never_run_backwards(self) -> None:
        moments = [event.happened_at for event in events_of(self.session, self.dossier.id)]
        assert moments == sorted(moments)

    @invariant()
    def end_is_an_end_for_everybody(self) -> None:
        if place_of(self.dossier) in ENDS:
            assert all(buttons(self.dossier, actor) == () for actor in self.people.values())

    @invariant()
    def clock_stands_exactly_while_the_citizen_or_a_stop_is_waited_for(self) -> None:
        if place_of(self.dossier) in ("payment_requested/after_receipt", "stopped/for_a_time"):
            assert self.dossier.paused_at is not None
        elif self.dossier.state in ("received", "in_processing"):
            assert self.dossier.paused_at is None

    @invariant()
    def promise_is_what_the_last_event_that_spoke_of_it_said(self) -> None:
        said = [event.facts["promised_at"] for event in events_of(self.session, self.dossier.id) if "promised_at" in event.facts]
        assert self.dossier.promised_at == (datetime.fromisoformat(said[-1]) if said else None)

    @invariant()
    def there_is_one_result_at_most_and_it_was_approved_by_other_eyes(self) -> None:
        results = [paper for paper in documents_of(self.session, self.dossier) if paper.kind == "result"]
        assert len(results) == (self.dossier.approved_by is not None)
        if results:
            hands_on_it = {self.dossier.received_by, self.dossier.assigned_to, self.dossier.proposed_by, self.dossier.owner_id}
            assert self.dossier.approved_by not in hands_on_it
            assert self.dossier.approved_by in {
                self.people[who].account_id for who in ("leader", "second leader", "everything at once")
            }

    @invariant()
    def nobody_near_the_owner_and_nobody_from_elsewhere_ever_acted(self) -> None:
        strangers = {
            str(self.people[who].account_id)
            for who in ("kin of the owner", "leader elsewhere", "officer elsewhere", "administrator", "auditor")
        }
        events = events_of(self.session, self.dossier.id)
        acted = {event.actor_id for event in events}
        assert not acted & strangers
        assert {event.name for event in events if event.actor_id == str(self.people["owner"].account_id)} <= {
            "submitted",
            "result_returned",
            "withdrawal_requested",
        }

    @invariant()
    def what_was_filed_stays_as_it_was_filed(self) -> None:
        if self.filed is not None:
            assert latest_answers(self.session, self.dossier).content == self.filed

    @invariant()
    def each_change_was_told_once_and_nothing_that_did_not_happen(self) -> None:
        notices = self.session.scalars(select(Notice).where(Notice.dossier_id == self.dossier.id)).all()
        told = [(notice.kind, notice.dossier_version) for notice in notices]
        assert len(told) == len(set(told))
        assert set(told) <= {(event.name, event.dossier_version) for event in events_of(self.session, self.dossier.id)}
        keys = self.session.scalars(select(OutboxItem.key).where(OutboxItem.dossier_id == self.dossier.id)).all()
        assert len(keys) == len(set(keys))

    @invariant()
    def legal_clock_runs_from_reception_on(self) -> None:
        was_received = any(place == "received" for place, _version in self.seen)
        assert (self.dossier.received_at is not None) is was_received
        assert (self.dossier.promised_at is not None) is was_received
        assert (self.dossier.finished_at is not None) is (self.dossier.state in ("finished", "returned"))


def test_whatever_is_tried_by_whomever_the_life_stays_lawful(session: Session) -> None:
    run_state_machine_as_test(lambda: Life(session), settings=TRIED)
