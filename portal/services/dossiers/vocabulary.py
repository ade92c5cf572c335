"""The words of a dossier's life: states, stages, acts, effects on the clock, papers; the moves between them are `lifecycle`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """A draft, and the ten statuses that the national portal synchronises (`STATUS_CODES`)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    IN_PROCESSING = "in_processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_REQUESTED = "payment_requested"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    FINISHED = "finished"
    RETURNED = "returned"


STATUS_CODES: dict[State, int] = {state: code for code, state in enumerate(State) if code}


class Stage(StrEnum):
    """Where a dossier stands inside a status; never synchronised."""

    AWAITING_ASSIGNMENT = "awaiting_assignment"
    APPRAISING = "appraising"
    AWAITING_REQUEST = "awaiting_request"  # the officer misses something; the counter has yet to ask the citizen for it
    AWAITING_CONFIRMATION = "awaiting_confirmation"  # the citizen reads the draft result, or the counter a withdrawal
    AWAITING_SIGNATURE = "awaiting_signature"
    ISSUING = "issuing"
    BEFORE_RECEIPT = "before_receipt"
    AFTER_RECEIPT = "after_receipt"
    SUPPLIED = "supplied"  # the citizen sent what was asked; the counter has yet to look at it
    FOR_A_TIME = "for_a_time"


class Act(StrEnum):
    """A verb; its past tense (`EVENT_NAMES`) is the event that it leaves."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    FORWARD = "forward"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    PROPOSE_SUPPLEMENTS = "propose_supplements"
    REQUEST_SUPPLEMENTS = "request_supplements"
    SUPPLY_SUPPLEMENTS = "supply_supplements"
    ACCEPT_SUPPLEMENTS = "accept_supplements"
    REQUEST_PAYMENT = "request_payment"
    RECORD_PAYMENT = "record_payment"
    ASK_OPINION = "ask_opinion"
    GIVE_OPINION = "give_opinion"
    RECORD_VERIFICATION = "record_verification"
    PROPOSE = "propose"
    SEND_DRAFT = "send_draft"
    CONFIRM_DRAFT = "confirm_draft"
    DISPUTE_DRAFT = "dispute_draft"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    ISSUE = "issue"
    TAKE_BACK = "take_back"
    RETURN_RESULT = "return_result"
    EXTEND_DEADLINE = "extend_deadline"
    RECALCULATE = "recalculate"
    STOP = "stop"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"


EVENT_NAMES: dict[Act, str] = {
    Act.SUBMIT: "submitted",
    Act.RECEIVE: "received",
    Act.REFUSE: "refused",
    Act.TRANSFER: "transferred",
    Act.FORWARD: "forwarded",
    Act.ASSIGN: "assigned",
    Act.REASSIGN: "reassigned",
    Act.PROPOSE_SUPPLEMENTS: "supplements_proposed",
    Act.REQUEST_SUPPLEMENTS: "supplements_requested",
    Act.SUPPLY_SUPPLEMENTS: "supplements_supplied",
    Act.ACCEPT_SUPPLEMENTS: "supplements_accepted",
    Act.REQUEST_PAYMENT: "payment_requested",
    Act.RECORD_PAYMENT: "payment_recorded",
    Act.ASK_OPINION: "opinion_asked",
    Act.GIVE_OPINION: "opinion_given",
    Act.RECORD_VERIFICATION: "verification_recorded",
    Act.PROPOSE: "proposed",
    Act.SEND_DRAFT: "draft_sent",
    Act.CONFIRM_DRAFT: "draft_confirmed",
    Act.DISPUTE_DRAFT: "draft_disputed",
    Act.SEND_BACK: "sent_back",
    Act.APPROVE: "approved",
    Act.ISSUE: "issued",
    Act.TAKE_BACK: "taken_back",
    Act.RETURN_RESULT: "result_returned",
    Act.EXTEND_DEADLINE: "deadline_extended",
    Act.RECALCULATE: "deadline_recalculated",
    Act.STOP: "stopped",
    Act.RESUME: "resumed",
    Act.WITHDRAW: "withdrawal_requested",
    Act.CONFIRM_WITHDRAWAL: "withdrawal_confirmed",
}


class Clock(StrEnum):
    """What an act does to the legal clock."""

    UNTOUCHED = "untouched"
    STARTS = "starts"
    PAUSES = "pauses"
    RESUMES = "resumes"
    RESTARTS = "restarts"  # from zero
    MOVES = "moves"  # another moment is promised, and the clock runs on
    ENDS = "ends"


class Document(StrEnum):
    """A paper that an act makes."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT = "form_01"
    SUPPLEMENT_REQUEST = "form_02"
    REFUSAL = "form_03"
    APOLOGY = "form_04"
    PAYMENT_NOTICE = "payment_notice"
    STOP_NOTICE = "stop_notice"
    WITHDRAWAL_RECORD = "withdrawal_record"
    VERIFICATION_RECORD = "verification_record"
    RESULT = "result"


@dataclass(frozen=True)
class Place:
    """A state, and where it has some, a stage."""

    state: State
    stage: Stage | None = None

    def __str__(self) -> str:
        return f"{self.state}/{self.stage}" if self.stage else str(self.state)


DRAFT = Place(State.DRAFT)
SUBMITTED = Place(State.SUBMITTED)
RECEIVED = Place(State.RECEIVED)
NOT_RECEIVED = Place(State.NOT_RECEIVED)
UNASSIGNED = Place(State.IN_PROCESSING, Stage.AWAITING_ASSIGNMENT)
APPRAISING = Place(State.IN_PROCESSING, Stage.APPRAISING)
TO_REQUEST = Place(State.IN_PROCESSING, Stage.AWAITING_REQUEST)
CONFIRMATION = Place(State.IN_PROCESSING, Stage.AWAITING_CONFIRMATION)
SIGNATURE = Place(State.IN_PROCESSING, Stage.AWAITING_SIGNATURE)
ISSUING = Place(State.IN_PROCESSING, Stage.ISSUING)
TO_COMPLETE = Place(State.SUPPLEMENT_REQUESTED, Stage.BEFORE_RECEIPT)
TO_SUPPLY = Place(State.SUPPLEMENT_REQUESTED, Stage.AFTER_RECEIPT)
SUPPLIED = Place(State.SUPPLEMENT_REQUESTED, Stage.SUPPLIED)
TO_PREPAY = Place(State.PAYMENT_REQUESTED, Stage.BEFORE_RECEIPT)
TO_PAY = Place(State.PAYMENT_REQUESTED, Stage.AFTER_RECEIPT)
WITHDRAWING = Place(State.WITHDRAWN, Stage.AWAITING_CONFIRMATION)
WITHDRAWN = Place(State.WITHDRAWN)
PAUSED = Place(State.STOPPED, Stage.FOR_A_TIME)
STOPPED = Place(State.STOPPED)
FINISHED = Place(State.FINISHED)
RETURNED = Place(State.RETURNED)

ENDED = frozenset({NOT_RECEIVED, WITHDRAWN, STOPPED, RETURNED})


@dataclass(frozen=True)
class Facts:
    """What the table needs to know of a dossier; people stand as account ids and keyed hashes only.

    `now`, `waits_until`: the moment of asking, and until when the citizen's answer is awaited.
    `confirms_draft`: the citizen reads the draft result before it is signed.
    `filed_by`: the clerk who files for the owner at the counter, if one does. `appraised_by`: everybody who did an act of the
    holder's, also those who gave the dossier away again.
    `asked_offices`: whose opinion is still awaited, or overdue; `opinion_is_awaited`: one is, and its time is not over.
    """

    place: Place
    office_code: str
    owner_id: uuid.UUID
    subject_hash: bytes
    household_hashes: frozenset[bytes] = frozenset()
    received_by: uuid.UUID | None = None
    assigned_to: uuid.UUID | None = None
    proposed_by: uuid.UUID | None = None
    answers_are_complete: bool = True
    papers_are_attached: bool = True
    result_is_signed: bool = False
    is_delivered_electronically: bool = True
    procedure_code: str = ""
    was_extended: bool = False
    is_paid: bool = False
    confirms_draft: bool = False
    opinion_is_awaited: bool = False
    asked_offices: frozenset[str] = frozenset()
    waits_until: datetime | None = None
    now: datetime | None = None
    filed_by: uuid.UUID | None = None
    appraised_by: frozenset[uuid.UUID] = frozenset()
