"""What the pages of an act on many dossiers show: before it what would become of each, after it what came of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter.opened import note_opened
from portal.counter.queue_tabs import name_for_many, tab_for
from portal.models import BulkItem, BulkRun, Dossier
from portal.services.catalogue.versions import by_hash, names_of
from portal.services.dossiers.approve import proposed_result
from portal.services.dossiers.bulk import (
    ALREADY,
    BY_SUGGESTION,
    DONE,
    MOST,
    REFUSED,
    SEPARATE,
    WAITING,
    Verdict,
    officers_to_choose,
)
from portal.services.dossiers.bulk_runs import foreseen, items_of
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.legal_clock import promise_if_received
from portal.services.dossiers.officers import names_of as account_names
from portal.services.dossiers.queries import several_at_counter
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import GuardRefused
from portal.services.results.template import draft_body
from portal.web.database import db
from portal.web.dues import due_of
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.questions import error_lines
from portal.web.words import tell

PAGE_SIZE = 50
LONGEST_WAIT_SECONDS = 5


def choice(act: Act, codes: Sequence[str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """Too many were chosen: all of them again, so that some can be left out."""
    return {
        "act_label": name_for_many(act, current_actor()),
        "action": url_for("counter.bulk_prepare", act=act),
        "list_href": _list_href(act),
        "codes": list(dict.fromkeys(codes)),
        "most": MOST,
        "errors": error_lines(errors, []),
    }


def preview(run: BulkRun, page_text: str) -> dict[str, Any]:
    """What would become of each, if the run were confirmed now; of those that would be done one page at a time."""
    act, actor = Act(run.act), current_actor()
    verdicts = foreseen(db(), actor, run)
    coming = [one.dossier for one in verdicts if one.outcome == WAITING and one.dossier]
    pages = max(1, -(-len(coming) // PAGE_SIZE))
    page = _page_of(page_text, pages)
    shown = coming[(page - 1) * PAGE_SIZE :][:PAGE_SIZE]
    if act is Act.APPROVE:  # the words of each are shown; elsewhere it is a list
        note_opened(*shown)
    gives = act is Act.ASSIGN and actor.holds_anywhere(Permission.REASSIGN)
    officers = _officers(coming) if gives else []
    return {
        **_about(run, act),
        "what": what_words(act, gives=gives),
        "total": len(coming),
        "chosen": len(verdicts),
        "rows": _rows(shown, act),
        "first": (page - 1) * PAGE_SIZE + 1,
        "is_signing": act is Act.APPROVE,
        "may_be_promised": act is Act.RECEIVE,
        "officers": officers,
        "nobody_fits": bool(gives and coming and not officers),
        "pages": [
            {"number": number, "href": url_for("counter.bulk_run", run_id=run.id, page=number), "current": number == page}
            for number in range(1, pages + 1)
        ],
        **_apart(verdicts, act),
    }


def _officers(dossiers: Sequence[Dossier]) -> list[dict[str, str]]:
    """To whom they may be given: to each the one whom the rule names at its turn, or all to one."""
    rule = {
        "value": BY_SUGGESTION,
        "label": _("Cổng chọn cho từng hồ sơ"),
        "hint": _("Được giao riêng thủ tục, đúng địa bàn, ít hồ sơ đang giữ nhất vào lúc đến lượt."),
    }
    named = [
        {
            "value": str(one.account_id),
            "label": one.name,
            "hint": ngettext("đang giữ một hồ sơ", "đang giữ %(num)s hồ sơ", one.open_dossiers),
        }
        for one in officers_to_choose(db(), dossiers)
    ]
    return [rule, *named] if named else []


def _page_of(text: str, pages: int) -> int:
    """The page that the address asks for, as near as there is one."""
    return min(pages, max(1, int(text))) if re.fullmatch(r"[0-9]{1,4}", text) else 1


def report(run: BulkRun) -> dict[str, Any]:
    """What came of each so far; what was not done stands first, with why."""
    act, items = Act(run.act), items_of(db(), run.id)
    not_done = several_at_counter(db(), current_actor(), [item.code for item in items if item.outcome != DONE])
    done = [item for item in items if item.outcome == DONE]
    verdicts = [Verdict(item.code, item.outcome, not_done.get(item.code), item.reason, item.done_at) for item in items]
    began = run.confirmed_at or run.prepared_at
    return {
        **_about(run, act),
        "is_under_way": run.ended_at is None,
        "look_again_after": min(LONGEST_WAIT_SECONDS, max(1, int((clock.now() - began).total_seconds()))),
        "waiting": sum(item.outcome == WAITING for item in items),
        "total": len(items),
        "done": _done_rows(done, act),
        "is_assigning": act is Act.ASSIGN,
        **_apart(verdicts, act),
    }


def run_rows(runs: Sequence[BulkRun]) -> list[dict[str, Any]]:
    """The runs that somebody confirmed, as lines of a list."""
    return [
        {
            "when": write_short_moment(run.confirmed_at),
            "act": name_for_many(Act(run.act), current_actor()),
            "state": _("Đã xong") if run.ended_at else _("Đang làm"),
            "href": url_for("counter.bulk_run", run_id=run.id),
        }
        for run in runs
    ]


def what_words(act: Act, *, gives: bool) -> str:
    """What the act does to each of the dossiers below; `gives`: whoever assigns may say to whom."""
    if gives:
        return _("Từng hồ sơ được giao cho chuyên viên mà ông/bà chọn ở cuối trang.")
    return {
        Act.RECEIVE: _("Chỉ tiếp nhận hồ sơ đủ thành phần. Thời hạn của từng hồ sơ bắt đầu tính; người nộp nhận giấy hẹn."),
        Act.FORWARD: _("Từng hồ sơ được chuyển cho bộ phận chuyên môn thẩm định."),
        Act.ASSIGN: _("Ông/bà sẽ là người thụ lý từng hồ sơ. Người thụ lý không được ký cùng hồ sơ."),
        Act.APPROVE: _("Từng văn bản được ký số, vào sổ và gửi cho người nộp. Hãy mở ra đọc: ký rồi thì không sửa được."),
        Act.RETURN_RESULT: _("Ghi nhận đã trao kết quả cho từng người tại quầy, sau khi xem giấy hẹn và thẻ căn cước."),
    }[act]


def _about(run: BulkRun, act: Act) -> dict[str, Any]:
    return {
        "run_href": url_for("counter.bulk_run", run_id=run.id),
        "act_label": name_for_many(act, current_actor()),
        "list_href": _list_href(act),
        "confirmed": write_short_moment(run.confirmed_at),
    }


def _list_href(act: Act) -> str:
    return url_for("counter.queue_list", tab=tab_for(act))


def _apart(verdicts: Sequence[Verdict], act: Act) -> dict[str, Any]:
    """Those that were or would not be done here: refused and why, done before and when, and to be answered for singly."""
    return {
        "refused": [_apart_row(one) for one in verdicts if one.outcome == REFUSED],
        "already": [_apart_row(one) for one in verdicts if one.outcome == ALREADY],
        "separate": [
            {**_apart_row(one), "href": url_for("counter.act", code=one.code, act=act)}
            for one in verdicts
            if one.outcome == SEPARATE
        ],
    }


def _apart_row(one: Verdict) -> dict[str, Any]:
    return {
        "code": one.code,
        "href": url_for("counter.dossier", code=one.code) if one.dossier else None,
        "subject": one.dossier.parties["subject"]["full_name"] if one.dossier else "–",
        "reason": tell(one.reason) if one.reason else "",
        "when": write_short_moment(one.done_at),
    }


def _done_rows(items: Sequence[BulkItem], act: Act) -> list[dict[str, Any]]:
    """What was done; of dossiers that were assigned, to whom."""
    given = several_at_counter(db(), current_actor(), [item.code for item in items]) if act is Act.ASSIGN else {}
    held = {code: str(dossier.assigned_to) for code, dossier in given.items()}
    names = account_names(db(), set(held.values()))
    return [
        {
            "code": item.code,
            "href": url_for("counter.dossier", code=item.code),
            "when": write_short_moment(item.done_at),
            "to": names.get(held.get(item.code, ""), "–"),
        }
        for item in items
    ]


def _rows(dossiers: Sequence[Dossier], act: Act) -> list[dict[str, Any]]:
    now = clock.now()
    soon, names = one_working_day_after(db(), now), names_of(db(), {dossier.version_hash for dossier in dossiers})
    language = 1 if current_language() == "en" else 0
    more = {Act.RECEIVE: _promised, Act.APPROVE: _signed}.get(act)
    return [
        {
            "code": dossier.code,
            "href": url_for("counter.dossier", code=dossier.code),
            "subject": dossier.parties["subject"]["full_name"],
            "procedure": names[dossier.version_hash][language],
            "submitted": write_short_moment(dossier.submitted_at),
            "promised": write_short_moment(dossier.promised_at) or "–",
            "due": due_of(dossier, now, soon),
            **(more(dossier) if more else {}),
        }
        for dossier in dossiers
    ]


def _promised(dossier: Dossier) -> dict[str, str]:
    """The day that the receipt would promise."""
    try:
        made = promise_if_received(db(), dossier, by_hash(db(), dossier.version_hash), clock.now())
    except GuardRefused as refusal:
        return {"promised": tell(refusal.message)}
    return {"promised": write_short_moment(made.promised_at)}


def _signed(dossier: Dossier) -> dict[str, Any]:
    """The very words that would be signed."""
    procedure = by_hash(db(), dossier.version_hash)
    facts = proposed_result(db(), dossier, procedure, current_actor().display_name)
    return {
        "decision": dossier.proposal["decision"],
        "reason": dossier.proposal["reason"],
        "result_html": draft_body(facts, procedure.definition.result.template),
    }
