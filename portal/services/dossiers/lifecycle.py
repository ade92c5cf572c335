"""The life of a dossier as one table: who may do what, from which place to which, and what each act brings about."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.auth.permissions import OWNER_GRANTS, SYSTEM_GRANTS, Actor, Permission
from portal.services.errors import Forbidden, GuardRefused, IllegalMove


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
ENDED = frozenset({State.NOT_RECEIVED, State.WITHDRAWN, State.RETURNED})


class Stage(StrEnum):
    """Where a dossier stands inside processing; never synchronised."""

    AWAITING_ASSIGNMENT = "awaiting_assignment"
    APPRAISING = "appraising"
    AWAITING_SIGNATURE = "awaiting_signature"
    ISSUING = "issuing"


class Act(StrEnum):
    """A verb; its past tense (`EVENT_NAMES`) is the event that it leaves."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    REFUSE = "refuse"
    FORWARD = "forward"
    ASSIGN = "assign"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    ISSUE = "issue"
    RETURN_RESULT = "return_result"


EVENT_NAMES: dict[Act, str] = {
    Act.SUBMIT: "submitted",
    Act.RECEIVE: "received",
    Act.REFUSE: "refused",
    Act.FORWARD: "forwarded",
    Act.ASSIGN: "assigned",
    Act.PROPOSE: "proposed",
    Act.SEND_BACK: "sent_back",
    Act.APPROVE: "approved",
    Act.ISSUE: "issued",
    Act.RETURN_RESULT: "result_returned",
}


class Clock(StrEnum):
    """What an act does to the legal clock."""

    UNTOUCHED = "untouched"
    STARTS = "starts"
    ENDS = "ends"


class Document(StrEnum):
    """A paper that an act makes."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT = "form_01"
    REFUSAL = "form_03"
    RESULT = "result"


@dataclass(frozen=True)
class Place:
    """A state, and inside processing a stage."""

    state: State
    stage: Stage | None = None

    def __str__(self) -> str:
        return f"{self.state}/{self.stage}" if self.stage else str(self.state)


@dataclass(frozen=True)
class Facts:
    """What the table needs to know of a dossier; people stand as account ids and keyed hashes only."""

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


Guard = Callable[[Facts, Actor], str | None]


def answers_complete(facts: Facts, actor: Actor) -> str | None:
    """Every question is answered and the declaration is made."""
    return None if facts.answers_are_complete else "Hồ sơ còn câu hỏi chưa trả lời."


def papers_attached(facts: Facts, actor: Actor) -> str | None:
    """Every paper that the procedure wants from the citizen is attached, or stands in their vault."""
    return None if facts.papers_are_attached else "Hồ sơ còn thiếu giấy tờ kèm theo."


def not_own_dossier(facts: Facts, actor: Actor) -> str | None:
    """Nobody decides on themself or on a member of their household."""
    if actor.account_id == facts.owner_id or actor.subject_hash in facts.household_hashes | {facts.subject_hash}:
        return "Ông/bà không được giải quyết hồ sơ của chính mình hoặc của người cùng hộ."
    return None


def assigned_here(facts: Facts, actor: Actor) -> str | None:
    """Only the officer who holds the dossier appraises it."""
    return None if facts.assigned_to == actor.account_id else "Hồ sơ đang do chuyên viên khác thụ lý."


def four_eyes(facts: Facts, actor: Actor) -> str | None:
    """Whoever received or appraised a dossier cannot sign it."""
    if actor.account_id in {facts.received_by, facts.proposed_by, facts.assigned_to}:
        return "Người đã tiếp nhận hoặc thẩm định không được ký cùng hồ sơ."
    return None


def result_signed(facts: Facts, actor: Actor) -> str | None:
    """A dossier finishes only with its signed document."""
    return None if facts.result_is_signed else "Kết quả chưa được ký số."


def delivery_fits(facts: Facts, actor: Actor) -> str | None:
    """The portal itself returns only results that were asked for electronically."""
    if actor.is_system and not facts.is_delivered_electronically:
        return "Người nộp chọn nhận kết quả tại quầy."
    return None


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    act: Act
    source: Place
    target: Place
    permission: Permission
    guards: tuple[Guard, ...]
    clock: Clock
    document: Document | None
    is_notified: bool
    legal_source: str


DRAFT = Place(State.DRAFT)
SUBMITTED = Place(State.SUBMITTED)
RECEIVED = Place(State.RECEIVED)
UNASSIGNED = Place(State.IN_PROCESSING, Stage.AWAITING_ASSIGNMENT)
APPRAISING = Place(State.IN_PROCESSING, Stage.APPRAISING)
SIGNATURE = Place(State.IN_PROCESSING, Stage.AWAITING_SIGNATURE)
ISSUING = Place(State.IN_PROCESSING, Stage.ISSUING)
FINISHED = Place(State.FINISHED)
NOT_RECEIVED = Place(State.NOT_RECEIVED)
RETURNED = Place(State.RETURNED)

_DECREE = "NĐ 118/2025/NĐ-CP"

# fmt: off
TABLE: tuple[Move, ...] = (
    Move(Act.SUBMIT,        DRAFT,      SUBMITTED,                Permission.SUBMIT,        (answers_complete, papers_attached),
         Clock.UNTOUCHED, Document.ACKNOWLEDGEMENT, True,  f"{_DECREE}: nộp trực tuyến"),
    Move(Act.RECEIVE,       SUBMITTED,  RECEIVED,                 Permission.RECEIVE,       (not_own_dossier,),
         Clock.STARTS,    Document.RECEIPT,         True,  f"{_DECREE}: giấy tiếp nhận và hẹn trả (R1)"),
    Move(Act.REFUSE,        SUBMITTED,  NOT_RECEIVED,             Permission.REFUSE,        (not_own_dossier,),
         Clock.ENDS,      Document.REFUSAL,         True,  f"{_DECREE}: từ chối bằng văn bản, nêu lý do (R5)"),
    Move(Act.FORWARD,       RECEIVED,   UNASSIGNED,               Permission.FORWARD,       (not_own_dossier,),
         Clock.UNTOUCHED, None,                     True,  f"{_DECREE}: chuyển trong ngày, sau 15 giờ sang đầu ngày sau"),
    Move(Act.ASSIGN,        UNASSIGNED, APPRAISING,               Permission.ASSIGN,        (not_own_dossier,),
         Clock.UNTOUCHED, None,                     False, f"{_DECREE}: phân công có ghi nhận"),
    Move(Act.PROPOSE,       APPRAISING, SIGNATURE,                Permission.PROPOSE,       (not_own_dossier, assigned_here),
         Clock.UNTOUCHED, None,                     False, f"{_DECREE}: thẩm định, trình ký"),
    Move(Act.SEND_BACK,     SIGNATURE,  APPRAISING,               Permission.SEND_BACK,     (not_own_dossier, four_eyes),
         Clock.UNTOUCHED, None,                     False, "Quy trình nội bộ: trả lại người dự thảo"),
    Move(Act.APPROVE,       SIGNATURE,  ISSUING,                  Permission.APPROVE,       (not_own_dossier, four_eyes),
         Clock.UNTOUCHED, Document.RESULT,          False, f"{_DECREE}: phê duyệt, ký số"),
    Move(Act.ISSUE,         ISSUING,    FINISHED,                 Permission.ISSUE,         (result_signed,),
         Clock.ENDS,      None,                     True,  "QĐ 766/QĐ-TTg: thời điểm kết thúc xử lý"),
    Move(Act.RETURN_RESULT, FINISHED,   RETURNED,                 Permission.RETURN_RESULT, (delivery_fits,),
         Clock.UNTOUCHED, None,                     True,  f"{_DECREE}: trả kết quả, ghi nhận việc trả"),
)
# fmt: on

_BY_PLACE = {(move.act, move.source): move for move in TABLE}
PLACES: tuple[Place, ...] = tuple(dict.fromkeys(place for move in TABLE for place in (move.source, move.target)))


def _may(move: Move, facts: Facts, actor: Actor) -> bool:
    if actor.is_system:
        return move.permission in SYSTEM_GRANTS
    if move.permission in OWNER_GRANTS:
        return actor.account_id == facts.owner_id
    return actor.role_for(move.permission, facts.office_code, facts.procedure_code) is not None


def move_for(act: Act, facts: Facts, actor: Actor) -> Move:
    """The row by which the actor may do the act now.

    Raises:
        Forbidden: no role of the actor at the dossier's office carries the act's permission.
        IllegalMove: the act does not start where the dossier stands.
        GuardRefused: a guard of the row stands against it, with its reason.
    """
    if not any(row.act is act and _may(row, facts, actor) for row in TABLE):
        raise Forbidden(act)
    move = _BY_PLACE.get((act, facts.place))
    if move is None:
        raise IllegalMove(f"{act} from {facts.place}")
    for guard in move.guards:
        reason = guard(facts, actor)
        if reason:
            raise GuardRefused(reason)
    return move


def allowed(facts: Facts, actor: Actor) -> tuple[Move, ...]:
    """The acts that the actor may do on the dossier now, in the order of the table (draws the buttons)."""
    return tuple(
        move
        for move in TABLE
        if move.source == facts.place and _may(move, facts, actor) and not any(guard(facts, actor) for guard in move.guards)
    )
