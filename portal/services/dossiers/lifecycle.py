"""The life of a dossier as one table: who may do what, from which place to which, and what each act brings about."""

from __future__ import annotations

from dataclasses import dataclass

from portal.auth.permissions import OWNER_GRANTS, SYSTEM_GRANTS, Actor, Permission
from portal.services.dossiers.guards import (
    Guard,
    answers_complete,
    assigned_here,
    delivery_fits,
    draft_goes_to_citizen,
    draft_stays_inside,
    four_eyes,
    not_extended,
    not_own_dossier,
    not_own_draft,
    not_own_question,
    not_paid_before,
    opinions_in,
    papers_attached,
    result_signed,
    silence_or_owner,
    window_open,
    window_over,
)
from portal.services.dossiers.vocabulary import (
    APPRAISING,
    CONFIRMATION,
    DRAFT,
    FINISHED,
    ISSUING,
    NOT_RECEIVED,
    PAUSED,
    RECEIVED,
    RETURNED,
    SIGNATURE,
    STOPPED,
    SUBMITTED,
    SUPPLIED,
    TO_COMPLETE,
    TO_PAY,
    TO_PREPAY,
    TO_REQUEST,
    TO_SUPPLY,
    UNASSIGNED,
    WITHDRAWING,
    WITHDRAWN,
    Act,
    Clock,
    Document,
    Facts,
    Place,
)
from portal.services.errors import Forbidden, GuardRefused, IllegalMove


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


_DECREE = "NĐ 118/2025/NĐ-CP"
_OPINION = f"{_DECREE}: lấy ý kiến, trả lời chậm được ghi lại"
_CALENDAR = "Lịch làm việc đổi sau khi đã hẹn: tính lại và báo"
BEFORE_RECEIPT = (SUBMITTED, TO_COMPLETE, TO_PREPAY)
_HOLDER = (not_own_dossier, assigned_here)
_READY = (*_HOLDER, opinions_in)
RUNNING = (RECEIVED, UNASSIGNED, APPRAISING, TO_REQUEST, CONFIRMATION, SIGNATURE, ISSUING)
IN_WORK = (RECEIVED, UNASSIGNED, APPRAISING, TO_REQUEST, CONFIRMATION, SIGNATURE)
WAITING = (TO_SUPPLY, SUPPLIED, TO_PAY)

# fmt: off
TABLE: tuple[Move, ...] = (
    Move(Act.SUBMIT,              DRAFT,        SUBMITTED,    Permission.SUBMIT,              (answers_complete, papers_attached),
         Clock.UNTOUCHED, Document.ACKNOWLEDGEMENT,     True,  f"{_DECREE}: nộp trực tuyến"),
    Move(Act.RECEIVE,             SUBMITTED,    RECEIVED,     Permission.RECEIVE,             (not_own_dossier,),
         Clock.STARTS,    Document.RECEIPT,             True,  f"{_DECREE}: giấy tiếp nhận và hẹn trả (R1)"),
    Move(Act.REQUEST_SUPPLEMENTS, SUBMITTED,    TO_COMPLETE,  Permission.REQUEST_SUPPLEMENTS, (not_own_dossier,),
         Clock.UNTOUCHED, Document.SUPPLEMENT_REQUEST,  True,  f"{_DECREE}: bổ sung một lần, đầy đủ, qua một cửa (R2, R3)"),
    Move(Act.REFUSE,              SUBMITTED,    NOT_RECEIVED, Permission.REFUSE,              (not_own_dossier,),
         Clock.ENDS,      Document.REFUSAL,             True,  f"{_DECREE}: từ chối bằng văn bản, nêu lý do (R5)"),
    Move(Act.REFUSE,              TO_COMPLETE,  NOT_RECEIVED, Permission.REFUSE,              (not_own_dossier, window_over),
         Clock.ENDS,      Document.REFUSAL,             True,  f"{_DECREE}: hết thời hạn bổ sung"),
    Move(Act.TRANSFER,            SUBMITTED,    SUBMITTED,    Permission.TRANSFER,            (not_own_dossier,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: hồ sơ nộp nhầm nơi chuyển đúng cơ quan (R28)"),
    Move(Act.REQUEST_PAYMENT,     SUBMITTED,    TO_PREPAY,    Permission.REQUEST_PREPAYMENT,  (not_own_dossier, not_paid_before),
         Clock.UNTOUCHED, Document.PAYMENT_NOTICE,      True,  f"{_DECREE}: phí, lệ phí thu trước"),
    Move(Act.RECORD_PAYMENT,      TO_PREPAY,    SUBMITTED,    Permission.RECORD_PAYMENT,      (not_own_dossier,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: đã nộp phí, lệ phí"),
    Move(Act.SUPPLY_SUPPLEMENTS,  TO_COMPLETE,  SUBMITTED,    Permission.SUPPLY_SUPPLEMENTS,  (window_open,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: bổ sung trước tiếp nhận, kiểm tra lại"),
    Move(Act.FORWARD,             RECEIVED,     UNASSIGNED,   Permission.FORWARD,             (not_own_dossier,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: chuyển trong ngày, sau 15 giờ sang đầu ngày sau"),
    Move(Act.ASSIGN,              UNASSIGNED,   APPRAISING,   Permission.ASSIGN,              (not_own_dossier,),
         Clock.UNTOUCHED, None,                         False, f"{_DECREE}: phân công có ghi nhận"),
    Move(Act.REASSIGN,            APPRAISING,   APPRAISING,   Permission.REASSIGN,            (not_own_dossier,),
         Clock.UNTOUCHED, None,                         False, f"{_DECREE}: phân công lại có ghi nhận"),
    Move(Act.PROPOSE_SUPPLEMENTS, APPRAISING,   TO_REQUEST,   Permission.PROPOSE_SUPPLEMENTS, _HOLDER,
         Clock.UNTOUCHED, None,                         False, f"{_DECREE}: thiếu thì trả qua bộ phận một cửa (R3)"),
    Move(Act.REQUEST_SUPPLEMENTS, TO_REQUEST,   TO_SUPPLY,    Permission.REQUEST_SUPPLEMENTS, (not_own_dossier,),
         Clock.PAUSES,    Document.SUPPLEMENT_REQUEST,  True,  f"{_DECREE}: trong 3 ngày làm việc từ khi nhận (R2, R5)"),
    Move(Act.SUPPLY_SUPPLEMENTS,  TO_SUPPLY,    SUPPLIED,     Permission.SUPPLY_SUPPLEMENTS,  (window_open,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: người nộp gửi bổ sung"),
    Move(Act.ACCEPT_SUPPLEMENTS,  SUPPLIED,     APPRAISING,   Permission.ACCEPT_SUPPLEMENTS,  (not_own_dossier,),
         Clock.RESTARTS,  Document.RECEIPT,             True,  f"{_DECREE}: bổ sung đủ, thời hạn tính lại từ đầu (R4)"),
    Move(Act.REQUEST_PAYMENT,     APPRAISING,   TO_PAY,       Permission.REQUEST_PAYMENT,     (not_own_dossier, not_paid_before),
         Clock.PAUSES,    Document.PAYMENT_NOTICE,      True,  f"{_DECREE}: nghĩa vụ tài chính"),
    Move(Act.RECORD_PAYMENT,      TO_PAY,       APPRAISING,   Permission.RECORD_PAYMENT,      (not_own_dossier,),
         Clock.RESUMES,   None,                         True,  f"{_DECREE}: đã thực hiện nghĩa vụ tài chính"),
    Move(Act.ASK_OPINION,         APPRAISING,   APPRAISING,   Permission.ASK_OPINION,         _HOLDER,
         Clock.UNTOUCHED, None,                         False, _OPINION),
    *(Move(Act.GIVE_OPINION,      place,        place,        Permission.GIVE_OPINION,        (not_own_dossier, not_own_question),
           Clock.UNTOUCHED, None,                       False, _OPINION)
      for place in (APPRAISING, CONFIRMATION, SIGNATURE)),
    Move(Act.RECORD_VERIFICATION, APPRAISING,   APPRAISING,   Permission.RECORD_VERIFICATION, _HOLDER,
         Clock.UNTOUCHED, Document.VERIFICATION_RECORD, False, f"{_DECREE}: biên bản xác minh (R30)"),
    Move(Act.PROPOSE,             APPRAISING,   SIGNATURE,    Permission.PROPOSE,             (*_READY, draft_stays_inside),
         Clock.UNTOUCHED, None,                         False, f"{_DECREE}: thẩm định, trình ký"),
    Move(Act.SEND_DRAFT,          APPRAISING,   CONFIRMATION, Permission.SEND_DRAFT,          (*_READY, draft_goes_to_citizen),
         Clock.UNTOUCHED, None,                         True,  "Hộ tịch trực tuyến: gửi bản dự thảo để xác nhận (R23)"),
    Move(Act.CONFIRM_DRAFT,       CONFIRMATION, SIGNATURE,    Permission.CONFIRM_DRAFT,       (silence_or_owner, not_own_draft),
         Clock.UNTOUCHED, None,                         False, "Hộ tịch trực tuyến: im lặng sau một ngày là đồng ý (R23)"),
    Move(Act.DISPUTE_DRAFT,       CONFIRMATION, APPRAISING,   Permission.DISPUTE_DRAFT,       (not_own_draft,),
         Clock.UNTOUCHED, None,                         False, "Hộ tịch trực tuyến: bản dự thảo cần sửa (R23)"),
    Move(Act.SEND_BACK,           SIGNATURE,    APPRAISING,   Permission.SEND_BACK,           (not_own_dossier, four_eyes),
         Clock.UNTOUCHED, None,                         False, "Quy trình nội bộ: trả lại người dự thảo"),
    Move(Act.APPROVE,             SIGNATURE,    ISSUING,      Permission.APPROVE,             (not_own_dossier, four_eyes),
         Clock.UNTOUCHED, Document.RESULT,              False, f"{_DECREE}: phê duyệt, ký số"),
    Move(Act.ISSUE,               ISSUING,      FINISHED,     Permission.ISSUE,               (result_signed,),
         Clock.ENDS,      None,                         True,  "QĐ 766/QĐ-TTg: thời điểm kết thúc xử lý"),
    Move(Act.TAKE_BACK,           ISSUING,      SIGNATURE,    Permission.TAKE_BACK,           (),
         Clock.UNTOUCHED, None,                         False, f"{_DECREE}: chưa ký, cơ sở dữ liệu từ chối ghi (R23)"),
    Move(Act.RETURN_RESULT,       FINISHED,     RETURNED,     Permission.RETURN_RESULT,       (delivery_fits,),
         Clock.UNTOUCHED, None,                         True,  f"{_DECREE}: trả kết quả, ghi nhận việc trả"),
    *(Move(Act.EXTEND_DEADLINE,   place,        place,        Permission.EXTEND_DEADLINE,   (not_own_dossier, not_extended),
           Clock.MOVES,     Document.APOLOGY,           True,  f"{_DECREE}: xin lỗi, hẹn lại một lần (R6)")
      for place in IN_WORK),
    *(Move(Act.RECALCULATE,       place,        place,        Permission.RECALCULATE,         (),
           Clock.MOVES,     None,                       True,  _CALENDAR)
      for place in RUNNING),
    Move(Act.STOP,                TO_SUPPLY,    STOPPED,      Permission.STOP,                (not_own_dossier, window_over),
         Clock.ENDS,      Document.STOP_NOTICE,         True,  f"{_DECREE}: hết thời hạn bổ sung"),
    Move(Act.STOP,                APPRAISING,   PAUSED,       Permission.STOP,                (not_own_dossier,),
         Clock.PAUSES,    Document.STOP_NOTICE,         True,  f"{_DECREE}: dừng có lý do bằng văn bản"),
    Move(Act.RESUME,              PAUSED,       APPRAISING,   Permission.RESUME,              (not_own_dossier,),
         Clock.RESUMES,   None,                         True,  f"{_DECREE}: hết lý do dừng"),
    Move(Act.STOP,                PAUSED,       STOPPED,      Permission.STOP,                (not_own_dossier,),
         Clock.ENDS,      Document.STOP_NOTICE,         True,  f"{_DECREE}: dừng hẳn, có lý do bằng văn bản"),
    *(Move(Act.WITHDRAW,          place,        WITHDRAWN,    Permission.WITHDRAW,            (),
           Clock.ENDS,      None,                       True,  f"{_DECREE}: rút hồ sơ trước tiếp nhận")
      for place in BEFORE_RECEIPT),
    *(Move(Act.WITHDRAW,          place,        WITHDRAWING,  Permission.WITHDRAW,            (),
           Clock.UNTOUCHED, None,                       True,  f"{_DECREE}: người nộp đề nghị rút hồ sơ")
      for place in (*IN_WORK, *WAITING, PAUSED)),
    Move(Act.CONFIRM_WITHDRAWAL,  WITHDRAWING,  WITHDRAWN,    Permission.CONFIRM_WITHDRAWAL,  (not_own_dossier,),
         Clock.ENDS,      Document.WITHDRAWAL_RECORD,   True,  f"{_DECREE}: biên bản trả hồ sơ"),
)
# fmt: on

_BY_PLACE = {(move.act, move.source): move for move in TABLE}
PLACES: tuple[Place, ...] = tuple(dict.fromkeys(place for move in TABLE for place in (move.source, move.target)))


def _may(move: Move, facts: Facts, actor: Actor) -> bool:
    if actor.is_system:
        return move.permission in SYSTEM_GRANTS
    if move.permission in OWNER_GRANTS:
        if move.act is Act.SUBMIT and facts.filed_by is not None:
            return actor.account_id == facts.filed_by
        return actor.owner_id == facts.owner_id
    offices = facts.asked_offices if move.act is Act.GIVE_OPINION else {facts.office_code}
    return any(actor.role_for(move.permission, office, facts.procedure_code) is not None for office in offices)


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
    if not _may(move, facts, actor):
        raise Forbidden(act)
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
