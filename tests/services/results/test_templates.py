"""A procedure's template may put values in words and choose between words; nothing else, however it asks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from jinja2.exceptions import SecurityError, TemplateError

from portal.services.results.render import draw
from portal.services.results.template import draft_body, paper_html, result_body
from tests.procedures import the_procedure
from tests.services.results.papers import DRAWING, facts_of

pytestmark = DRAWING
MADE_AT = datetime(2026, 11, 25, 1, 56, tzinfo=UTC)
REFUSED = {
    "the settings": "{{ config.SECRET_KEY() }}",
    "a class": "{{ ''.__class__ }}",
    "a class by filter": "{{ ''|attr('__class__') }}",
    "the template itself": "{{ self }}",
    "an attribute of a value": "{{ full_name.value.__class__.mro() }}",
    "a method": "{{ full_name.upper() }}",
    "an index": "{{ full_name['value'] }}",
    "an include": "{% include 'paper.html' %}",
    "an import": "{% from 'paper.html' import x %}",
    "an extension": "{% extends 'paper.html' %}",
    "a loop over a million": "{% for i in range(1000000000) %}x{% endfor %}",
    "loops in loops over a name": "{% for a in full_name %}{% for b in full_name %}{{ a }}{% endfor %}{% endfor %}",
    "a text of a gigabyte": "{{ 'x' * 1000000000 }}",
    "a number without end": "{{ 10 ** 10 ** 10 }}",
    "a wide column": "{{ full_name|center(1000000000) }}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a variable": "{% set x = full_name %}{{ x }}",
    "values that may not be trusted as markup": "{{ full_name|safe }}",
    "a template of a megabyte": "x" * 1_000_000,
    "a loop that chooses": "{% for a in full_name if a %}{{ a }}{% endfor %}",
    "a loop that calls itself": "{% for a in full_name recursive %}{{ loop(a) }}{% endfor %}",
    "a hidden attribute": "{% for a in members %}{{ a._fields }}{% endfor %}",
    "what a loop can do": "{% for a in members %}{{ loop.cycle('a') }}{% endfor %}",
    "a script": "<script>alert(1)</script>",
    "a script in an attribute": '<p onclick="alert(1)">x</p>',
    "a style": "<style>p { display: none }</style>",
    "a style in an attribute": '<p style="position: fixed">x</p>',
    "a form": '<form action="/x"><input name="y"></form>',
    "a link": '<a href="javascript:alert(1)">x</a>',
    "a picture": '<img src="https://ke-gian.example/x.png" alt="">',
    "a frame": '<iframe src="/"></iframe>',
    "a drawing": '<svg onload="alert(1)"></svg>',
}


@pytest.mark.parametrize("template", REFUSED.values(), ids=REFUSED.keys())
def test_a_template_cannot(template: str) -> None:
    with pytest.raises(TemplateError):
        result_body(template, facts_of("result"))


def test_what_the_settings_are_called_is_an_empty_word() -> None:
    assert result_body("[{{ config }}{{ request }}{{ session }}]", facts_of("result")) == "[]"


def test_values_are_shown_as_words_whatever_they_hold() -> None:
    facts = facts_of("result", "<script>alert(1)</script>{{ 7*7 }}")
    html = result_body("{{ full_name }}", facts)
    assert html == "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}"


def test_the_leader_reads_the_very_words_that_are_printed() -> None:
    facts = facts_of("result")
    template = the_procedure().definition.result.template
    assert str(result_body(template, facts)) in paper_html("result", facts, template)
    assert str(result_body(template, facts)) in draft_body(facts, template)


def test_the_shipped_template_holds_for_every_conclusion() -> None:
    template = the_procedure().definition.result.template
    said = set()
    for conclusion in ("never_married", "married", "divorced", "widowed"):
        facts = facts_of("result")
        facts["fields"]["conclusion"] = {"value": conclusion, "text": conclusion}
        said.add(str(result_body(template, facts)))
    assert len(said) == 4


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and whoever came to it."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def answer() -> None:
            while not done.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    came.append(connection.recv(200))

        done = threading.Event()
        listener = threading.Thread(target=answer)
        listener.start()
        try:
            yield server.getsockname()[1], came
        finally:
            done.set()
            listener.join()


OUTWARD = {
    "an image": '<img src="{url}" alt="x">',
    "a style sheet": '<link rel="stylesheet" href="{url}">',
    "an imported style sheet": '<style>@import url("{url}");</style>',
    "a background": '<p style="background: url({url})">x</p>',
    "a face": '<style>@font-face {{ font-family: x; src: url("{url}") }}</style><p style="font-family: x">x</p>',
    "an attachment": '<link rel="attachment" href="{url}">',
    "an attached link": '<a rel="attachment" href="{url}">x</a>',
    "an image inside an image": "<img alt=\"x\" src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9'"
    " height='9'><image href='{url}' width='9' height='9'/></svg>\">",
    "an object": '<object data="{url}"></object>',
    "an embedded thing": '<embed src="{url}">',
}


@pytest.mark.parametrize("outward", OUTWARD.values(), ids=OUTWARD.keys())
@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/x.png", "file:///etc/passwd", "//127.0.0.1:{port}/x"])
def test_a_paper_that_reaches_outside_is_not_drawn(outward: str, address: str) -> None:
    with listening() as (port, came):
        html = f"<html lang='vi'><title>x</title>{outward.format(url=address.format(port=port))}<p>x</p></html>"
        try:
            pdf = draw(html, {}, title="x", made_at=MADE_AT)
        except ValueError:  # ReachesOutside, or an address that means nothing in a paper
            pdf = b""
        assert came == []
        assert b"root:" not in pdf
        assert pdf.count(b"/EmbeddedFile") <= 1, "only the facts are attached"


MEMBERS = {
    "text": "Nguyễn Văn A, Nguyễn Thị B",
    "items": [
        {"full_name": {"text": "Nguyễn Văn A", "value": "Nguyễn Văn A"}},
        {"full_name": {"text": "<b>Nguyễn Thị B</b>", "value": "x"}},
    ],
}


def facts_with_members() -> dict[str, object]:
    facts = facts_of("result")
    facts["fields"]["members"] = MEMBERS
    return facts


def test_words_are_repeated_for_each_item_of_a_group() -> None:
    html = result_body("{% for one in members %}<p>{{ loop.index }}. {{ one.full_name }}</p>{% endfor %}", facts_with_members())
    assert html == "<p>1. Nguyễn Văn A</p><p>2. &lt;b&gt;Nguyễn Thị B&lt;/b&gt;</p>"


def test_group_stands_as_a_whole_too_and_what_is_no_group_has_no_items() -> None:
    assert result_body("{{ members }}", facts_with_members()) == MEMBERS["text"]
    assert result_body("{% for one in full_name %}x{% endfor %}", facts_with_members()) == ""
    assert result_body("{% for one in nobody %}x{% endfor %}", facts_with_members()) == ""


def test_result_of_more_than_a_million_letters_is_not_made() -> None:
    facts = facts_of("result")
    facts["fields"]["members"] = {"text": "", "items": [{}] * 50}
    with pytest.raises(SecurityError, match="triệu"):
        result_body("{% for one in members %}" + "x" * 100_000 + "{% endfor %}", facts)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("\n{% for a in b %}{% for c in d %}{% endfor %}{% endfor %}", r"For \(dòng 2\)"),
        ("<p>\n{% if a %}\n<script>x</script>{% endif %}", r"<script> \(dòng 3\)"),
        ("<p>x</p>\n<p onclick='x'>y</p>", r"«onclick» \(dòng 2\)"),
    ],
)
def test_refusal_says_what_and_where(template: str, told: str) -> None:
    with pytest.raises(SecurityError, match=told):
        result_body(template, facts_of("result"))
