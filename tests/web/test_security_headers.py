"""What a browser is told it may do with our pages, and keep of them."""

from __future__ import annotations

import re

import pytest
from flask import Flask, Response, request

from portal.web import security_headers


@pytest.fixture
def app() -> Flask:
    app = Flask("headers", static_folder=None)
    security_headers.init_app(app, lambda: "in" in request.args, ["http://eid.example:9000/eid/authorize"])

    @app.get("/page")
    def page() -> str:
        return security_headers.csp_nonce()

    @app.get("/kept")
    def kept() -> Response:
        return Response("an open figure", headers={"Cache-Control": "public, max-age=60"})

    return app


def policy(response: object) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")  # type: ignore[attr-defined]
    return {name: sources for name, _, sources in (part.partition(" ") for part in parts)}


def test_a_page_may_load_nothing_but_our_own_files(app: Flask) -> None:
    rules = policy(app.test_client().get("/page"))
    assert rules["default-src"] == "'none'"
    assert {rules[name] for name in ("style-src", "font-src", "img-src", "connect-src")} == {"'self'"}
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert not re.search(r"unsafe|\*|data:|https?:", " ".join(v for k, v in rules.items() if k != "form-action"))


def test_scripts_run_only_with_the_word_of_this_very_answer(app: Flask) -> None:
    client = app.test_client()
    first, second = client.get("/page"), client.get("/page")
    assert policy(first)["script-src"] == f"'nonce-{first.text}'"
    assert first.text != second.text
    assert len(first.text) >= 20


def test_forms_lead_to_us_and_to_the_identity_provider_only(app: Flask) -> None:
    assert policy(app.test_client().get("/page"))["form-action"] == "'self' http://eid.example:9000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_every_answer_is_fenced_in_even_a_refusal(app: Flask, name: str, value: str) -> None:
    for path in ("/page", "/nowhere"):
        assert app.test_client().get(path).headers[name] == value


def test_camera_and_place_are_never_asked_for(app: Flask) -> None:
    assert "camera=(), microphone=(), geolocation=()" in app.test_client().get("/page").headers["Permissions-Policy"]


def test_https_is_remembered_only_over_https(app: Flask) -> None:
    client = app.test_client()
    assert "Strict-Transport-Security" not in client.get("/page").headers
    secure = client.get("/page", base_url="https://portal.example")
    assert "max-age=63072000" in secure.headers["Strict-Transport-Security"]
    assert "upgrade-insecure-requests" in secure.headers["Content-Security-Policy"]


def test_nothing_shown_to_a_logged_in_person_is_stored(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/page?in=1").headers["Cache-Control"] == "no-store"
    assert client.get("/kept?in=1").headers["Cache-Control"] == "no-store"


def test_an_open_page_is_asked_for_again_unless_it_says_otherwise(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/page").headers["Cache-Control"] == "private, no-cache"
    assert client.get("/kept").headers["Cache-Control"] == "public, max-age=60"
