"""The macros as a page gets them: labels, errors, escapes, and what each must never break on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, render_template_string

WICKED = "<script>alert(1)</script>\"'"


def draw(app: Flask, source: str, **data: Any) -> str:
    with app.test_request_context("/"):
        return render_template_string(source, **data)


def draw_field(app: Flask, **question: Any) -> str:
    full = {"name": "certificate.purpose", "label": "Mục đích", "value": "", "errors": [], "options": [], **question}
    return draw(app, '{% from "components/forms.html" import field %}{{ field(question) }}', question=full)


KINDS = [
    "text",
    "textarea",
    "select",
    "radios",
    "checkboxes",
    "date",
    "partial_date",
    "integer",
    "email",
    "phone",
    "personal_id",
    "file",
]
OPTIONS = [{"value": "a", "label": "Một"}, {"value": "b", "label": "Hai", "hint": "Gợi ý"}]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_summary_leads_to_something_that_can_be_mended(app: Flask, kind: str) -> None:
    source = '{% from "components/forms.html" import error_summary %}{{ error_summary(errors) }}'
    summary = draw(app, source, errors=[{"name": "certificate.purpose", "text": "Hãy chọn"}])
    target = re.findall(r'href="#([^"]+)"', summary)[0]
    page = draw_field(app, kind=kind, options=OPTIONS, errors=["Hãy chọn"])
    assert re.search(rf'<(input|select|textarea)[^>]*id="{re.escape(target)}"', page)


@pytest.mark.parametrize("kind", KINDS)
def test_help_reason_and_error_are_read_out_with_the_field(app: Flask, kind: str) -> None:
    page = draw_field(app, kind=kind, options=OPTIONS, help="Gợi ý", why="Vì luật", errors=["Chưa đúng"])
    described = re.findall(r'<(?:input|select|textarea|fieldset)[^>]*aria-describedby="([^"]+)"', page)[0].split()
    assert {"help-certificate.purpose", "why-certificate.purpose", "error-certificate.purpose"} <= set(described)
    assert all(f'id="{name}"' in page for name in described)


@pytest.mark.parametrize("kind", KINDS)
def test_every_input_has_a_label(app: Flask, kind: str) -> None:
    page = draw_field(app, kind=kind, options=OPTIONS)
    ids = re.findall(r'<(?:input|select|textarea)[^>]*id="([^"]+)"', page)
    assert ids
    assert set(ids) == set(re.findall(r'<label[^>]*for="([^"]+)"', page))


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_was_typed_comes_back_as_text_and_never_as_markup(app: Flask, kind: str) -> None:
    page = draw_field(
        app,
        kind=kind,
        value=WICKED,
        label=WICKED,
        help=WICKED,
        why=WICKED,
        errors=[WICKED],
        options=[{"value": WICKED, "label": WICKED}],
    )
    assert "<script" not in page
    assert not re.search(r'="[^"]*"\'"', page)


@pytest.mark.parametrize("value", ["", None, {}, {"day": "1"}, {"year": "abc"}, "1965", "1965-05", "không rõ"])
def test_a_date_with_missing_parts_is_drawn(app: Flask, value: Any) -> None:
    page = draw_field(app, kind="date", value=value)
    assert re.findall(r'name="([^"]+)"', page) == [f"certificate.purpose.{part}" for part in ("day", "month", "year")]


def test_a_choice_made_stays_made(app: Flask) -> None:
    for kind, sign in (("radios", "checked"), ("select", "selected"), ("checkboxes", "checked")):
        page = draw_field(app, kind=kind, options=OPTIONS, value=["b"] if kind == "checkboxes" else "b")
        assert len(re.findall(rf'value="b" {sign}', page)) == 1
        assert not re.findall(rf'value="a" {sign}', page)


def test_a_number_zero_is_not_an_empty_field(app: Flask) -> None:
    assert 'value="0"' in draw_field(app, kind="integer", value=0)


def test_the_primary_button_is_the_one_named_continue(app: Flask) -> None:
    page = draw(app, '{% from "components/forms.html" import continue_button %}{{ continue_button() }}')
    assert 'type="submit"' in page
    assert 'name="continue"' in page


def test_a_fact_says_where_it_comes_from_and_of_which_day(app: Flask) -> None:
    row = {
        "label": "Ngày sinh",
        "value": "05/01/1996",
        "source": "population",
        "source_label": "Cơ sở dữ liệu dân cư",
        "as_of": "2026-11-24T17:30:00+00:00",
        "element": "subject.date_of_birth",
    }
    page = draw(app, '{% from "components/facts.html" import facts %}{{ facts([row]) }}', row=row)
    assert 'data-source="population" data-element="subject.date_of_birth"' in page
    assert "Cơ sở dữ liệu dân cư" in page
    assert "25/11/2026" in page


def test_what_a_person_said_never_looks_like_a_registry_fact(app: Flask) -> None:
    source = '{% from "components/facts.html" import answers, unverified %}{{ answers([row]) }}{{ unverified([row]) }}'
    page = draw(app, source, row={"label": "Dân tộc", "value": "Tày", "element": "subject.ethnicity", "source_label": "dân cư"})
    assert "data-source" not in page
    assert "mc-facts" not in page
    assert "Chờ xác minh" in page


def test_sent_and_saved_share_neither_look_nor_words(app: Flask) -> None:
    sent = draw(app, '{% from "components/notices.html" import sent %}{{ sent("Đã nộp hồ sơ", "H26.31-20261125-0000001") }}')
    saved = draw(app, '{% from "components/notices.html" import saved %}{{ saved("08 giờ") }}')
    assert 'data-notice="sent"' in sent
    assert 'data-notice="saved"' in saved
    assert "chưa được nộp" in saved
    assert not set(re.findall(r"mc-sent\w*", sent)) & set(re.findall(r"mc-\w+", saved))


@pytest.mark.parametrize(
    "name", ["400", "403", "404", "405", "409", "413", "429", "500", "503", "level", "resend", "session_ended"]
)
def test_a_refusal_says_what_to_do_and_offers_a_way_on(app: Flask, name: str) -> None:
    page = app.test_client().get(f"/refusal/{name}").text
    main = page[page.index("<main") : page.index("</main")]
    assert main.count("<h1") == 1
    assert main.count("<li>") >= 1
    assert re.search(r"<(a|button)[^>]*mc-button", main)
    assert "!" not in re.sub(r"<[^>]+>", "", main)


def test_a_form_too_old_gives_back_what_was_typed(app: Flask) -> None:
    page = app.test_client().get("/refusal/resend").text
    assert '<input type="hidden" name="note" value="đã gõ">' in page
    assert page.count('name="continue"') == 1


def test_the_frame_says_who_is_here_for_whom_and_lets_them_leave(app: Flask) -> None:
    page = app.test_client().get("/?in=1").text
    assert "Nguyễn Thị Hồng Nhung" in page
    assert "thay cho Trần Minh Khôi" in page
    assert re.search(r'<form method="post" action="/logout"[^>]*>\s*<input type="hidden" name="csrf_token"', page)
    assert "/login" not in page


def test_the_frame_of_a_stranger_holds_no_form_token(app: Flask) -> None:
    page = app.test_client().get("/").text
    assert 'href="/login"' in page
    assert "csrf_token" not in page


def test_the_language_is_switched_on_the_spot(app: Flask) -> None:
    page = app.test_client().get("/?in=1").text
    assert 'href="/language/en?next=%2F%3Fin%3D1"' in page
    assert '<html lang="vi">' in page
    assert '<html lang="en">' in app.test_client().get("/?lang=en").text


def test_the_page_tells_machines_what_it_is(app: Flask) -> None:
    assert 'data-page="first_page"' in app.test_client().get("/").text
    of_a_dossier = draw(app, '{% extends "base.html" %}', dossier_code="H26.31-20261125-0000001")
    assert 'data-dossier-code="H26.31-20261125-0000001"' in of_a_dossier
