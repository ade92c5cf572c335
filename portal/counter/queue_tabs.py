"""The lists of the desks: what each is called, which places it holds, in which order it is read, and for whom it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from portal.auth.permissions import Actor, Permission, Role
from portal.services.dossiers.bulk import permission_for
from portal.services.dossiers.lifecycle import RUNNING
from portal.services.dossiers.queue_counts import MOST_COUNTED, QueueCounts
from portal.services.dossiers.queues import OPINIONS_AT, Opinions
from portal.services.dossiers.vocabulary import (
    APPRAISING,
    CONFIRMATION,
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
    Place,
)
from portal.web.filters import write_number
from portal.web.language import current_language
from portal.web.words import act_name

Due = Literal["", "overdue", "due_soon"]
CLERK, OFFICER, LEADER = Role.CLERK, Role.OFFICER, Role.LEADER


@dataclass(frozen=True)
class Tab:
    """One list. `due`, `opinions`, `sent_back`: as the filter of the queue; `newest_first`: of what is over, the latest first."""

    places: tuple[Place, ...]
    roles: frozenset[Role]
    due: Due = ""
    opinions: Opinions = ""
    newest_first: bool = False
    sent_back: bool = False


def _tab(
    places: Iterable[Place], *roles: Role,
    due: Due = "", opinions: Opinions = "", newest_first: bool = False, sent_back: bool = False,
) -> Tab:  # fmt: skip
    return Tab(tuple(places), frozenset(roles), due, opinions, newest_first, sent_back)


# In the order in which a desk shows them.
TABS: dict[str, Tab] = {
    "submitted": _tab((SUBMITTED,), CLERK),
    "signature": _tab((SIGNATURE,), LEADER, OFFICER),
    "sent_back": _tab((APPRAISING,), LEADER, OFFICER, sent_back=True),
    "unassigned": _tab((UNASSIGNED,), OFFICER, LEADER),
    "appraising": _tab((APPRAISING,), OFFICER, LEADER),
    "supplied": _tab((SUPPLIED,), CLERK),
    "to_request": _tab((TO_REQUEST,), CLERK),
    "received": _tab((RECEIVED,), CLERK),
    "opinions": _tab(OPINIONS_AT, OFFICER, opinions="awaited"),
    "asked": _tab(OPINIONS_AT, OFFICER, opinions="asked_of_us"),
    "supplements": _tab((TO_COMPLETE, TO_SUPPLY), CLERK, OFFICER),
    "payment": _tab((TO_PREPAY, TO_PAY), CLERK, OFFICER),
    "confirmation": _tab((CONFIRMATION,), OFFICER),
    "processing": _tab((UNASSIGNED, APPRAISING, TO_REQUEST, CONFIRMATION, SIGNATURE, ISSUING), CLERK),
    "due_soon": _tab(RUNNING, CLERK, OFFICER, LEADER, due="due_soon"),
    "overdue": _tab(RUNNING, CLERK, OFFICER, LEADER, due="overdue"),
    "issuing": _tab((ISSUING,), LEADER),
    "finished": _tab((FINISHED,), CLERK, LEADER),
    "returned": _tab((RETURNED,), CLERK, newest_first=True),
    "issued": _tab((FINISHED, RETURNED), OFFICER, newest_first=True),
    "stopped": _tab((WITHDRAWING, WITHDRAWN, NOT_RECEIVED, PAUSED, STOPPED), CLERK, OFFICER, LEADER, newest_first=True),
}
# What may be done on many of a list at once.
FOR_MANY = {
    "submitted": Act.RECEIVE, "received": Act.FORWARD, "unassigned": Act.ASSIGN, "signature": Act.APPROVE,
    "finished": Act.RETURN_RESULT,
}  # fmt: skip
FIRST = {Role.CLERK: "submitted", Role.OFFICER: "unassigned", Role.LEADER: "signature"}


def roles_of(actor: Actor) -> frozenset[Role]:
    """In which capacities the actor sits at the desks."""
    return frozenset(duty.role for duty in actor.duties) & FIRST.keys()


def act_for_many(key: str, actor: Actor) -> Act | None:
    """What the actor may do on many of a list at once, be it on none of those that stand there now."""
    act = FOR_MANY.get(key)
    return act if act and actor.holds_anywhere(permission_for(act)) else None


def name_for_many(act: Act, actor: Actor) -> str:
    """The button of an act on many; whoever may say to whom assigns, and does not take."""
    return _("Phân công") if act is Act.ASSIGN and actor.holds_anywhere(Permission.REASSIGN) else act_name(act)


def tab_for(act: Act) -> str:
    """The list from which an act is done on many."""
    return next(key for key, one in FOR_MANY.items() if one is act)


TAB_NAMES: dict[str, LazyString] = {
    "submitted": N_("Chờ tiếp nhận"),
    "signature": N_("Trình ký"),
    "sent_back": N_("Trả lại"),
    "unassigned": N_("Chờ phân công"),
    "appraising": N_("Chờ xử lý"),
    "supplied": N_("Đã bổ sung, chờ kiểm tra"),
    "to_request": N_("Chờ gửi yêu cầu bổ sung"),
    "received": N_("Chờ chuyển xử lý"),
    "opinions": N_("Chờ ý kiến phối hợp"),
    "asked": N_("Được hỏi ý kiến"),
    "supplements": N_("Chờ bổ sung"),
    "payment": N_("Chờ nghĩa vụ tài chính"),
    "confirmation": N_("Dự thảo"),
    "processing": N_("Đang xử lý"),
    "due_soon": N_("Sắp đến hạn"),
    "overdue": N_("Quá hạn"),
    "issuing": N_("Chờ đóng dấu, vào sổ"),
    "finished": N_("Chờ trả kết quả"),
    "returned": N_("Đã trả kết quả"),
    "issued": N_("Đã phát hành"),
    "stopped": N_("Rút / từ chối / dừng"),
}


def tab_name(key: str, roles: frozenset[Role]) -> str:
    """What a list is called by those who work with it."""
    if key == "signature" and Role.LEADER in roles:
        return _("Chờ phê duyệt")
    return str(TAB_NAMES[key])


def order_words(tab: Tab | None) -> str:
    """Why the first row stands first."""
    if tab is None:
        return _("Tìm thấy theo mã, số định danh hoặc tên; hẹn trả sớm nhất đứng đầu. Chỉ xem được 200 hồ sơ đầu.")
    if tab.newest_first:
        return _("Hồ sơ hẹn trả gần đây nhất đứng đầu; chưa hẹn thì nộp sau đứng trước.")
    if tab.due == "overdue":
        return _("Hồ sơ quá hạn lâu nhất đứng đầu.")
    if tab.due == "due_soon":
        return _("Hồ sơ còn không quá một ngày làm việc; hết hạn trước đứng đầu.")
    if tab.places == (SUBMITTED,):
        return _("Chưa tiếp nhận thì chưa có ngày hẹn: nộp trước đứng trước.")
    return _("Hồ sơ hẹn trả sớm nhất đứng đầu; chưa hẹn thì nộp trước đứng trước.")


def how_many(key: str, counts: QueueCounts) -> str:
    """The number beside a list's name: exact for places, `99+` where only the beginning is counted."""
    tab = TABS[key]
    if tab.sent_back:
        return _or_more(counts.sent_back)
    if tab.due or tab.opinions:
        some = {"overdue": counts.overdue, "due_soon": counts.due_soon}.get(tab.due) if tab.due else None
        some = some if some is not None else {"awaited": counts.awaited, "asked_of_us": counts.asked_of_us}[tab.opinions]
        return _or_more(some)
    return write_number(sum(counts.places.get(place, 0) for place in tab.places), current_language())


def _or_more(some: int) -> str:
    return f"{MOST_COUNTED}+" if some > MOST_COUNTED else write_number(some, current_language())
