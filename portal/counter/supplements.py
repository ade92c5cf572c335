"""Supplements at the desk: what can be marked, what was asked, and what came beside what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.models import Attachment, Dossier, SupplementRequest
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.covering import sensitive_keys
from portal.services.dossiers.folder import Folder
from portal.services.dossiers.queries import filed_on, latest_answers
from portal.services.dossiers.supplements import (
    COMPONENT,
    ITEMS_FIELD,
    OVERRIDE_FIELD,
    PAGES,
    QUESTION,
    Item,
    Target,
    beyond_limits,
    open_request,
    targets,
    targets_among,
    window_end,
)
from portal.services.dossiers.supplied import Supplied, supplied
from portal.services.dossiers.vocabulary import Stage
from portal.web.database import db
from portal.web.filters import write_moment
from portal.web.groups import group_rows
from portal.web.language import current_language
from portal.web.reopened import until_words
from portal.web.uploads import attachment_row

Form = Mapping[str, str]
Errors = Mapping[str, list[str]]


def items_in(form: Form) -> list[dict[str, str]]:
    """What the desk marked, with the reason beside each; of what an officer drew up every reason is in the form."""
    marked = form.getlist(ITEMS_FIELD) if isinstance(form, MultiDict) else []
    items = []
    for key in marked:
        kind, _dot, of = key.partition(".")
        items.append({"kind": kind, "of": of, "pages": form.get(f"{PAGES}.{of}", ""), "reason": form.get(f"reason.{key}", "")})
    return items


def marking(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    """For the page on which a request is drawn up, or put into better words and sent."""
    language, drawn_up = current_language(), open_request(db(), dossier)
    found = targets(db(), dossier, procedure, language)
    rows = [_drawn_up(item, found, form, errors) for item in drawn_up.items] if drawn_up else _markable(
        dossier, procedure, found, form, errors
    )  # fmt: skip
    beyond = beyond_limits(db(), dossier, procedure, clock.now())
    until = window_end(db(), procedure, clock.now())
    override = _override(form, errors)
    return {
        "sections": _sections(rows),
        "is_drawn_up": drawn_up is not None,
        "beyond": [_beyond_words(limit) for limit in beyond],
        "override": override if beyond else None,
        "until": until_words(until) if until else "",
        "nothing_marked": [_(message) for message in errors.get(ITEMS_FIELD, [])],
        "questions": [
            *({"name": f"reason.{row['key']}", "label": row["name"]} for row in rows),
            *({"name": f"{PAGES}.{row['of']}", "label": row["name"]} for row in rows if row["kind"] == PAGES),
            override,
        ],
    }


def _markable(
    dossier: Dossier, procedure: Procedure, found: Iterable[Target], form: Form, errors: Errors
) -> list[dict[str, Any]]:
    answers: Answers = latest_answers(db(), dossier).content
    marked = {f"{item['kind']}.{item['of']}" for item in items_in(form)}
    attached = attachments_of(db(), dossier)
    return [
        {
            **_row(target.kind, target.of, target.name, form, errors),
            "is_marked": target.key in marked,
            "said": _said(target, procedure, answers, attached),
        }
        for target in found
    ]


def _drawn_up(item: Item, found: Iterable[Target], form: Form, errors: Errors) -> dict[str, Any]:
    name = next((target.name for target in found if target.kind == item["kind"] and target.of == item["of"]), item["name"])
    key = f"{item['kind']}.{item['of']}"
    words = form if form else {f"reason.{key}": item["reason"], f"{PAGES}.{item['of']}": item["pages"]}
    return {**_row(item["kind"], item["of"], name, words, errors), "is_marked": True, "said": ""}


def _row(kind: str, of: str, name: str, form: Form, errors: Errors) -> dict[str, Any]:
    key = f"{kind}.{of}"
    return {
        "kind": kind,
        "of": of,
        "key": key,
        "name": name,
        "reason": form.get(f"reason.{key}", ""),
        "pages": form.get(f"{PAGES}.{of}", ""),
        "errors": [_(message) for message in errors.get(f"reason.{key}", [])],
        "pages_errors": [_(message) for message in errors.get(f"{PAGES}.{of}", [])] if kind == PAGES else [],
    }


def _said(target: Target, procedure: Procedure, answers: Answers, attached: Iterable[Attachment]) -> str:
    """What stands there now."""
    if target.kind == QUESTION:
        return _in_words(procedure, target.of, answers)
    if target.kind == COMPONENT:
        return "; ".join(one.name for one in attached if one.component_id == target.of)
    return ""


def _in_words(procedure: Procedure, key: str, answers: Answers) -> str:
    language = current_language()
    if key not in answers:
        return ""
    if key in sensitive_keys(procedure, answers):
        return _("Được che")
    if key in procedure.elements:
        return show(procedure.elements[key], answers[key]["value"], language)
    groups = [group for page in procedure.definition.pages for group in page.groups if group.key == key]
    return "; ".join(row["value"] for row in group_rows(procedure, groups, answers, language))


def _sections(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    titles = {QUESTION: _("Câu trả lời cần sửa"), COMPONENT: _("Giấy tờ còn thiếu"), PAGES: _("Tệp cần gửi lại")}
    sections = []
    for kind, title in titles.items():
        own = [row for row in rows if row["kind"] == kind]
        if own:
            is_open = any(row["is_marked"] or row["errors"] or row["pages_errors"] for row in own)
            sections.append({"title": title, "rows": own, "is_open": is_open})
    return sections


def _override(form: Form, errors: Errors) -> dict[str, Any]:
    return {
        "name": OVERRIDE_FIELD,
        "kind": "textarea",
        "label": _("Vì sao vẫn phải yêu cầu?"),
        "help": _("Người nộp đọc đúng những lời này trên phiếu."),
        "value": form.get(OVERRIDE_FIELD),
        "max_length": 1000,
        "errors": [_(message) for message in errors.get(OVERRIDE_FIELD, [])],
    }


def _beyond_words(limit: str) -> str:
    return {
        "count": _("Hồ sơ này đã được yêu cầu bổ sung. Yêu cầu thêm lần nữa bị tính là chậm."),
        "late": _("Đã quá thời gian được yêu cầu bổ sung kể từ khi tiếp nhận. Yêu cầu lúc này bị tính là chậm."),
    }[limit]


def supplement_shown(dossier: Dossier, procedure: Procedure, folder: Folder, attached: list[Attachment]) -> dict[str, Any] | None:
    """The dossier's last request with what came, for its page; None where nothing was ever asked, or only thought of."""
    is_drawn_up = dossier.stage == Stage.AWAITING_REQUEST
    if not folder.requests or not (is_drawn_up or dossier.supplement_requests):
        return None
    request = folder.requests[-1]
    answer = supplied(request, folder.rounds, attached)
    carried = [one for one in attached if one.replaced_at is None]
    known = targets_among(procedure, folder.answers.content, filed_on(dossier), carried, current_language())
    return {
        "title": _state_words(request, answer),
        "text": _deadline_words(request, answer),
        "override": request.override or "",
        "note": str((request.reply or {}).get("note", "")) if answer else "",
        "has_come": answer is not None,
        "rows": _rows(dossier, procedure, request, answer, {target.key: target.name for target in known}),
    }


def _state_words(request: SupplementRequest, answer: Supplied | None) -> str:
    if request.requested_at is None:
        return _("Chuyên viên đề nghị bổ sung, chưa gửi người nộp")
    return _("Người nộp đã bổ sung") if answer else _("Đã yêu cầu người nộp bổ sung")


def _deadline_words(request: SupplementRequest, answer: Supplied | None) -> str:
    if request.requested_at is None:
        return ""
    if answer is not None:
        return _("Gửi lúc %(when)s.", when=write_moment(request.supplied_at, current_language()))
    if request.window_ends_at is None:
        return _("Không có hạn bổ sung.")
    if request.window_ends_at < clock.now():
        return _("Đã hết hạn bổ sung: %(until)s.", until=until_words(request.window_ends_at))
    return _("Hạn bổ sung: hết %(until)s.", until=until_words(request.window_ends_at))


def _rows(
    dossier: Dossier, procedure: Procedure, request: SupplementRequest, answer: Supplied | None, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One row for each thing asked, then one for each answer that followed from another."""
    rows = [
        {
            "name": names.get(f"{item['kind']}.{item['of']}", item["name"]),
            "pages": item["pages"],
            "reason": item["reason"],
            **_sides(dossier, procedure, item, answer),
        }
        for item in request.items
    ]
    followed = answer.followed if answer else ()
    return rows + [
        {
            "name": label_of(procedure, key, current_language()),
            "reason": _("Đổi theo câu trả lời khác."),
            **_answers(procedure, key, answer),
        }
        for key in followed
    ]


def _sides(dossier: Dossier, procedure: Procedure, item: Item, answer: Supplied | None) -> dict[str, Any]:
    if answer is None:
        return {}
    if item["kind"] == QUESTION:
        return _answers(procedure, item["of"], answer)
    return {
        "before_files": [_file(one, dossier) for one in answer.papers_before(item)],
        "after_files": [_file(one, dossier) for one in answer.papers_after(item)],
    }


def _answers(procedure: Procedure, key: str, answer: Supplied | None) -> dict[str, Any]:
    if answer is None:
        return {}
    before, after = _in_words(procedure, key, answer.before), _in_words(procedure, key, answer.after)
    return {"before": before, "after": after, "is_same": before == after}


def _file(one: Attachment, dossier: Dossier) -> dict[str, Any]:
    return {**attachment_row(one), "href": url_for("counter.attachment", code=dossier.code, attachment_id=one.id)}
