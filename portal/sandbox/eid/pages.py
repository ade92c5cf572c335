"""The provider's pages for people: choose or sign in, one-time password, consent, refusal."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.sandbox.eid.authorize import Answer, Refusal, admit, authenticated, go_on, page, refuse, target_level
from portal.sandbox.eid.claims import CLAIM_NAMES, SCOPE_CLAIMS, claims_for
from portal.sandbox.eid.otp import MAX_TRIES, VALID_SECONDS, Verdict
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.sessions import BROWSER_COOKIE, Attempt
from portal.sandbox.eid.views import current_session
from portal.sandbox.messages.inbox import Inbox
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.people.staff import OFFICES, POSTS

PASSWORD = "mo-phong"  # noqa: S105 - everybody's, printed on the sign-in page
NO_PHONE = "0900000000"  # where the passwords of people without a phone go
GONE = "Lượt đăng nhập này đã hết hạn hoặc bắt đầu ở trình duyệt khác. Hãy quay lại trang dịch vụ và đăng nhập lại."
REFUSALS = {
    "account_locked": "Tài khoản định danh này đang bị khóa. Hãy đến cơ quan công an gần nhất để mở lại.",
    "account_closed": "Tài khoản định danh này đã đóng vì chủ tài khoản đã mất.",
    "the account has level 1 only": (
        "Dịch vụ này cần tài khoản mức 2, nhưng tài khoản này mới ở mức 1. Hãy đến cơ quan công an để nâng mức."
    ),
}
OTP_PROBLEMS = {
    Verdict.WRONG: "Mã không đúng. Hãy xem lại tin nhắn mới nhất.",
    Verdict.EXPIRED: "Mã đã hết hạn. Một mã mới vừa được gửi.",
    Verdict.PAUSED: "Nhập sai quá nhiều lần. Hãy chờ năm phút rồi thử lại.",
}


def add_pages(room: Blueprint, provider: Provider, people: Population, inbox: Inbox) -> None:
    """Adds the pages to the room."""
    _add_login(room, provider, people)
    _add_otp(room, provider, inbox)
    _add_consent(room, provider)

    @room.post("/deny")
    def deny() -> Answer:
        attempt = _attempt(provider)
        if attempt is None or not provider.sessions.finish(attempt):
            return page(GONE, 400)
        error = request.form.get("error", "access_denied")
        if error not in ("access_denied", "unmet_authentication_requirements"):
            error = "access_denied"
        reason = request.form.get("reason", "")
        return refuse(provider, attempt.params, Refusal(error, reason if reason in REFUSALS else "the person refused"))


def _attempt(provider: Provider) -> Attempt | None:
    return provider.sessions.attempt(request.values.get("tx"), request.cookies.get(BROWSER_COOKIE))


def _client_name(provider: Provider, attempt: Attempt) -> str:
    return provider.clients[attempt.params["client_id"]].name


def _refusal_page(attempt: Attempt, refusal: Refusal) -> tuple[str, int]:
    message = REFUSALS.get(refusal.description, "Tài khoản này không đăng nhập được.")
    return render_template("sandbox/eid_refused.html", tx=attempt.key, message=message, refusal=refusal), 403


def _add_login(room: Blueprint, provider: Provider, people: Population) -> None:
    def picker(attempt: Attempt, problem: str = "") -> str:
        query = request.values.get("q", "")
        return render_template(
            "sandbox/eid_login.html",
            attempt=attempt,
            client=_client_name(provider, attempt),
            groups=grouped(people.search(query, 60) if query else [one for one in people.listed if one.story]),
            query=query,
            problem=problem,
            password=PASSWORD,
            posts=POSTS,
            offices=OFFICES,
        )

    @room.get("/login")
    def login() -> Answer:
        attempt = _attempt(provider)
        return picker(attempt) if attempt else page(GONE, 400)

    @room.post("/login")
    def sign_in() -> Answer:
        attempt = _attempt(provider)
        if attempt is None:
            return page(GONE, 400)
        person = people.get(request.form.get("personal_id", "").strip())
        chosen = "choose" in request.form
        if person is None or not (chosen or _password_is_right()):
            return picker(attempt, "Số định danh hoặc mật khẩu không đúng."), 401
        try:
            admit(person)
            target_level(attempt, person)
        except Refusal as refusal:
            return _refusal_page(attempt, refusal)
        authenticated(provider, attempt, person, 1)
        return go_on(provider, attempt, current_session(provider))


def _password_is_right() -> bool:
    return hmac.compare_digest(request.form.get("password", "").encode(), PASSWORD.encode())


def grouped(found: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """People as the picker shows them: with a story, staff office by office, everybody else."""
    groups: dict[str, list[Person]] = {}
    for person in found:
        title = OFFICES[person.office] if person.office else "Có tình huống" if person.story else "Người dân khác"
        groups.setdefault(title, []).append(person)
    return list(groups.items())


def _send_otp(provider: Provider, inbox: Inbox, person: Person) -> bool:
    code = provider.otp.send(person.personal_id)
    if code is None:
        return False
    text = f"Mã xác thực một lần (mô phỏng): {code}. Hiệu lực {VALID_SECONDS // 60} phút. Không đưa mã cho ai."
    inbox.add("sms", person.phone or NO_PHONE, "", text)
    return True


def _otp_form(attempt: Attempt, person: Person, problem: str = "") -> str:
    return render_template(
        "sandbox/eid_otp.html",
        tx=attempt.key,
        phone=person.phone or NO_PHONE,
        problem=problem,
        tries=MAX_TRIES,
        minutes=VALID_SECONDS // 60,
    )


def _add_otp(room: Blueprint, provider: Provider, inbox: Inbox) -> None:
    @room.get("/otp")
    def otp() -> Answer:
        attempt = _attempt(provider)
        if attempt is None or attempt.person is None:
            return page(GONE, 400)
        if not _send_otp(provider, inbox, attempt.person):
            return _otp_form(attempt, attempt.person, OTP_PROBLEMS[Verdict.PAUSED]), 429
        return _otp_form(attempt, attempt.person)

    @room.post("/otp")
    def check() -> Answer:
        attempt = _attempt(provider)
        if attempt is None or attempt.person is None:
            return page(GONE, 400)
        verdict = provider.otp.check(attempt.person.personal_id, request.form.get("otp", ""))
        if verdict is Verdict.RIGHT:
            authenticated(provider, attempt, attempt.person, 2)
            return go_on(provider, attempt, current_session(provider))
        if verdict is Verdict.EXPIRED:
            _send_otp(provider, inbox, attempt.person)
        return _otp_form(attempt, attempt.person, OTP_PROBLEMS[verdict]), 429 if verdict is Verdict.PAUSED else 401


def _add_consent(room: Blueprint, provider: Provider) -> None:
    @room.get("/consent")
    def consent() -> Answer:
        attempt = _ready(provider)
        if attempt is None or attempt.person is None:
            return page(GONE, 400)
        return render_template(
            "sandbox/eid_consent.html",
            tx=attempt.key,
            client=_client_name(provider, attempt),
            person=attempt.person,
            shared=_shared(attempt.person, attempt.params["scope"]),
            back=url_for("eid.login", tx=attempt.key),
        )

    @room.post("/consent")
    def agree() -> Answer:
        attempt = _ready(provider)
        if attempt is None or attempt.person is None:
            return page(GONE, 400)
        asked = attempt.params["scope"].split()
        given = [scope for scope in asked if scope == "openid" or scope in request.form.getlist("scope")]
        scope = " ".join(given)
        provider.sessions.consent(attempt.person, attempt.params["client_id"], scope)
        return go_on(provider, attempt, current_session(provider), scope)


def _ready(provider: Provider) -> Attempt | None:
    """The attempt, when the person has come to its consent and not before."""
    attempt = _attempt(provider)
    if attempt is None or attempt.person is None or attempt.level < target_level(attempt, attempt.person):
        return None
    return attempt


def _shared(person: Person, scope: str) -> list[tuple[str, list[tuple[str, Any]]]]:
    claims = claims_for(person, scope)
    return [
        (part, [(CLAIM_NAMES[claim], claims[claim]) for claim in SCOPE_CLAIMS[part]])
        for part in scope.split()
        if part in SCOPE_CLAIMS
    ]
