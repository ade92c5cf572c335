"""Every address against every kind of person, generated from the application's own URL map."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.web.access import Door, access_of
from tests.desks.addresses import UNKNOWN, Address, addresses, is_about_a_dossier, without_names
from tests.desks.cast import ADMINISTRATORS, CLERKS, DESK_ELSEWHERE, DESK_HERE, PEOPLE, Cast, Filed
from tests.filings import CODE
from tests.visitors import CLERK, HA, error_of

EVERYBODY = ["nobody", *PEOPLE]
THOSE_WHO_DECIDE = {name for name in DESK_HERE | DESK_ELSEWHERE if "clerk" not in name}
NOT_FOR_EVERY_ROLE = {
    "/counter/write-backs": THOSE_WHO_DECIDE,
    "/counter/dossiers/<code>/write-backs/<uuid:write_back_id>/write-again": THOSE_WHO_DECIDE,
    "/counter/dossiers/<code>/recheck": {name for name in DESK_HERE | DESK_ELSEWHERE if "leader" not in name},
    "GET /counter/absences/<uuid:member_id>/new": {"clerk", "leader"},  # of the clerk's own absence
    "/counter/elsewhere/<code>": {"officer elsewhere"},  # who gave a reason a moment ago
    "GET /counter/bulk/<uuid:run_id>": {"clerk"},  # who chose the dossiers
    "/counter/access-questions": {"leader", "leader elsewhere"},
    "GET /counter/access-questions/<uuid:question_id>": {"leader"},
    "/counter/access-questions/<uuid:question_id>": {"leader", "leader elsewhere"},
}
OPENED = {("/counter/elsewhere/<code>", "officer elsewhere")} | {
    (f"/counter/assist/<code>{page}", "clerk elsewhere") for page in ("", "/supplements", "/withdraw", "/draft")
}
AT_THE_COUNTER = ("/counter/assist", "/counter/intake", "/counter/originals", "/counter/tickets")
LARGE = "public.styleguide"  # a sample of every component: the same for everybody
FOR_THE_CERTAIN = {"/my/data/download", "/my/suggestions", "/my/suggestions/<uuid:suggestion_id>"}  # whose login is of level 2
OPEN_TO_AUDITORS = {
    "/admin/", "/admin/changes", "/admin/data-quality", "/admin/data-quality/ask", "/admin/data-quality/<registry>",
}  # fmt: skip
HIDDEN_AT_THE_DOOR = {"/my/dossiers/<code>/supplements"}  # its level is the dossier's, so that the dossier is looked for first
STAFF_ACTS = [
    "receive", "refuse", "transfer", "forward", "assign", "reassign", "request-payment", "record-payment", "ask-opinion",
    "give-opinion", "record-verification", "propose", "send-draft", "send-back", "approve", "return-result", "extend-deadline",
    "stop", "resume", "confirm-withdrawal", "propose-supplements", "request-supplements", "accept-supplements",
]  # fmt: skip


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    made = cast.file("submitted")
    reason = "Người này đang nộp hồ sơ khác tại phường chúng tôi."
    opened = cast["officer elsewhere"].post("/counter/elsewhere", {"code": made.code, "reason": reason})
    at_their_side = cast["clerk elsewhere"].post("/counter/assist", {"code": made.code, "card": HA, "is_present": "yes"})
    assert opened.status_code == at_their_side.status_code == 302
    assert cast["clerk"].post("/counter/bulk/receive", {"code": made.code}).status_code == 302
    return made


def door(answer: TestResponse) -> str:
    """How an answer meets a person at the door."""
    if answer.status_code == 401 or (answer.status_code == 302 and answer.headers["Location"].startswith("/login?")):
        return "log in first"
    if answer.status_code == 404:
        return "there is no such page"
    if answer.status_code == 403 and "/login?level=2" in answer.text:
        return "log in at a higher level"
    assert answer.status_code < 500, answer.text
    return "come in"


def expected(address: Address, name: str) -> str:
    """Who may enter where, in the words of the house and not of the code."""
    path = address.rule
    if path.startswith("/counter"):
        if name == "nobody":
            return "log in first"
        is_hidden = is_about_a_dossier(path) and address.method == "GET"  # a form without its token is stopped before
        insiders = DESK_HERE if is_hidden else DESK_HERE | DESK_ELSEWHERE
        insiders = NOT_FOR_EVERY_ROLE.get(str(address), NOT_FOR_EVERY_ROLE.get(path, insiders))
        if path.startswith(AT_THE_COUNTER):
            insiders = {"clerk"} if "draft_id" in path and address.method == "GET" else CLERKS
            insiders = {"clerk elsewhere"} if path.startswith("/counter/assist/") and address.method == "GET" else insiders
        return "come in" if name in insiders else "there is no such page"
    if path.startswith("/admin"):
        if name == "nobody":
            return "log in first"
        insiders = ADMINISTRATORS | {"auditor"} if path in OPEN_TO_AUDITORS else ADMINISTRATORS
        return "come in" if name in insiders else "there is no such page"
    if path.startswith("/my/") and path not in FOR_THE_CERTAIN:
        if name == "nobody":
            return "log in first"
        is_hidden = is_about_a_dossier(path) and (address.method == "GET" or path in HIDDEN_AT_THE_DOOR)
        return "come in" if name == "citizen A" or not is_hidden else "there is no such page"
    if "/apply" in path or path in FOR_THE_CERTAIN:
        return {"nobody": "log in first", "citizen of level 1": "log in at a higher level"}.get(name, "come in")
    if path.startswith(("/verify/", "/verify.json")):
        return "there is no such page"  # no paper has the code that we ask for
    open_to_all = ("/login", "/logout", "/auth/", "/procedures", "/track", "/verify", "/language/", "/styleguide", "/board/")
    assert path == "/" or path.startswith(open_to_all) or path in ("/healthz", "/readyz", "/metrics"), f"say who may enter {path}"
    return "come in"


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_door_opens_to_those_it_should_and_to_nobody_else(app: Flask, cast: Cast, filed: Filed, name: str) -> None:
    wrong = []
    for address in addresses(app, filed):
        if address.endpoint == LARGE and name != "nobody":
            continue
        answer = cast[name].client.open(address.path, method=address.method, base_url=cast[name].base_url)
        if is_paper(address) and name in ("citizen A", *DESK_HERE):
            continue  # not made yet, or carried by no such dossier; test_papers.py and test_attachments.py open them
        if door(answer) != expected(address, name):
            wrong.append((str(address), door(answer), expected(address, name)))
    assert wrong == []


def test_every_lock_is_seen_open_and_shut_and_what_has_none_is_said_to_have_none(app: Flask, filed: Filed) -> None:
    for address in addresses(app, filed):
        mark = access_of(app.view_functions[address.endpoint])
        seen = {expected(address, name) for name in EVERYBODY}
        if mark.door is Door.PUBLIC:
            assert len(seen) == 1, str(address)
            assert "log in first" not in seen, str(address)
        else:
            assert {"come in", "log in first"} <= seen, str(address)


def is_paper(address: Address) -> bool:
    return "document_id" in address.rule or "attachment_id" in address.rule


def test_head_is_met_at_the_door_like_get(app: Flask, cast: Cast, filed: Filed) -> None:
    for name in ("citizen A", "clerk elsewhere"):
        browser = cast[name]
        for address in addresses(app, filed):
            if address.method == "GET" and address.endpoint not in ("auth.login", "auth.callback", LARGE):
                codes = {
                    browser.client.open(address.path, method=method, base_url=browser.base_url).status_code
                    for method in ("GET", "HEAD")
                }
                assert len(codes) == 1, (name, str(address))


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in {"nobody", "citizen A", *DESK_HERE}])
def test_dossier_of_others_looks_exactly_like_one_that_does_not_exist(app: Flask, cast: Cast, filed: Filed, name: str) -> None:
    browser = cast[name]
    for foreign, unknown in zip(addresses(app, filed), addresses(app, UNKNOWN), strict=True):
        if not is_about_a_dossier(foreign.rule) or (foreign.rule, name) in OPENED:
            continue
        form = {"version": "1"} if foreign.method == "POST" else None
        token = browser.token()
        answers = []
        for address in (foreign, unknown):
            if form is None:
                answers.append(browser.get(address.path))
            else:
                answers.append(browser.post(address.path, form, token=token))
        assert [answer.status_code for answer in answers] == [404, 404], str(foreign)
        bodies = {without_names(answer.text, address.path) for answer, address in zip(answers, (foreign, unknown), strict=True)}
        assert len(bodies) == 1, str(foreign)
        assert "Nguyễn Thị Mẫu" not in answers[0].text


@pytest.mark.parametrize("act", STAFF_ACTS)
@pytest.mark.parametrize("name", [*sorted(DESK_ELSEWHERE), "administrator", "auditor", "citizen A", "citizen B"])
def test_nobody_from_elsewhere_does_an_act(cast: Cast, filed: Filed, name: str, act: str) -> None:
    page = f"/counter/dossiers/{filed.code}/{act}"
    assert cast[name].get(page).status_code == 404
    assert cast[name].post(page, {"version": "1", "reason": "x" * 20, "ground": "x", "decision": "grant"}).status_code == 404
    assert cast.place_of(filed) == ("submitted", None, 1)


@pytest.mark.parametrize("search", ["", "?q={code}", "?q=001190000001", "?q=nguyen+thi+mau", "?tab=submitted", "?q=001198900001"])
def test_queue_of_another_office_and_its_search_do_not_know_the_dossier(cast: Cast, filed: Filed, search: str) -> None:
    address = f"/counter/queue{search.format(code=filed.code)}"
    for name in DESK_ELSEWHERE:
        page = cast[name].get(address)
        assert page.status_code == 200
        assert filed.code not in page.text.replace(f'value="{filed.code}"', "").replace(address, "").replace(
            filed.code, "", 0
        ) or (f"/counter/dossiers/{filed.code}" not in page.text)
    assert f"/counter/dossiers/{filed.code}" in cast["clerk"].get("/counter/queue?tab=submitted").text


def test_staff_member_who_logged_in_at_level_1_is_asked_to_step_up(visitor) -> None:
    browser = visitor()
    browser.log_in(CLERK, level=1)
    answer = browser.get("/counter/queue?tab=received")
    assert (answer.status_code, door(answer)) == (403, "log in at a higher level")
    assert "next=%2Fcounter%2Fqueue%3Ftab%3Dreceived" in answer.text
    assert error_of(answer) == "403"


def test_own_list_shows_own_dossiers_alone(cast: Cast, filed: Filed) -> None:
    assert filed.code in cast["citizen A"].get("/my/dossiers").text
    for name in ("citizen B", "clerk", "leader", "administrator"):
        assert filed.code not in cast[name].get("/my/dossiers").text


def test_draft_of_one_person_is_not_anothers(cast: Cast) -> None:
    cast["citizen A"].post("/procedures/1.004873/apply", {"decline": "1"})
    assert cast["citizen A"].get("/procedures/1.004873/apply/facts").status_code == 200
    assert cast["citizen B"].get("/procedures/1.004873/apply/facts").status_code == 302
    assert f"/procedures/{CODE}/apply" not in cast["citizen B"].get("/my/dossiers").text
