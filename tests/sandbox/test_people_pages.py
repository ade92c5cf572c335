"""The list of people, for people and for machines."""

from __future__ import annotations

import pytest
import requests

from .process import Running

FIELDS = {"personal_id", "full_name", "date_of_birth", "assurance", "roles", "office", "story"}


def listed(sandbox: Running, **params: str) -> list[dict[str, object]]:
    response = requests.get(f"{sandbox.base}/people.json", params=params, timeout=10)
    found: list[dict[str, object]] = response.json()
    return found


def test_the_list_has_exactly_the_promised_fields_and_stories_first(sandbox: Running) -> None:
    people = listed(sandbox)
    assert len(people) == 200
    assert all(set(one) == FIELDS for one in people)
    stories = [one["story"] is not None for one in people]
    assert stories == sorted(stories, reverse=True)
    assert people[0]["personal_id"] == "001198900001"


def test_all_twenty_thousand_are_listed_when_asked_for(sandbox: Running) -> None:
    everybody = listed(sandbox, all="1")
    assert len(everybody) >= 20_000
    assert len({one["personal_id"] for one in everybody}) == len(everybody)


def test_limit_and_search_narrow_the_list(sandbox: Running) -> None:
    assert len(listed(sandbox, limit="3")) == 3
    assert listed(sandbox, limit="-5") == []
    assert len(listed(sandbox, limit="khong-phai-so")) == 200
    assert listed(sandbox, q="hoang van lam")[0]["full_name"] == "Hoàng Văn Lâm"


def test_every_page_carries_the_banner_a_strict_policy_and_no_script(sandbox: Running) -> None:
    for path in ("/people", "/messages", "/registries", "/registries/faults", "/trust", "/eid/admin", "/eid/faults"):
        page = requests.get(sandbox.base + path, headers={"Accept": "text/html"}, timeout=10)
        assert "MÔ PHỎNG – không phải VNeID, dữ liệu giả lập" in page.text, path
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert '<html lang="vi">' in page.text
        assert "<script" not in page.text


def test_what_is_searched_for_is_shown_as_text(sandbox: Running) -> None:
    page = requests.get(f"{sandbox.base}/people", params={"q": '"><script>alert(1)</script>'}, timeout=10).text
    assert "<script" not in page


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_foreign_host_name_and_a_foreign_form_are_refused(sandbox: Running, headers: dict[str, str], status: int) -> None:
    assert requests.post(f"{sandbox.base}/eid/admin/forget-consents", headers=headers, timeout=10).status_code == status


def test_our_own_forms_are_accepted_as_browsers_send_them(sandbox: Running) -> None:
    page = requests.get(f"{sandbox.base}/people", timeout=10)
    # With `no-referrer` a browser says `Origin: null` even of the page's own forms.
    assert page.headers["Referrer-Policy"] == "same-origin"
    own = {"Origin": sandbox.base}
    assert requests.post(f"{sandbox.base}/eid/admin/forget-consents", headers=own, timeout=10).ok


def test_a_page_that_is_not_there_is_told_in_vietnamese(sandbox: Running) -> None:
    page = requests.get(f"{sandbox.base}/khong-co", headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 404
    assert "Không có trang này" in page.text
    assert requests.get(f"{sandbox.base}/khong-co", timeout=10).json() == {"error": "Not Found"}


@pytest.mark.parametrize("body", [b"{", b"null", b'"\\ud800"', b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused_everywhere(sandbox: Running, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for path in (
        "/messages/sms",
        "/messages/faults",
        "/registries/faults",
        "/eid/faults",
        "/trust/certificates",
        "/trust/revocations",
    ):
        assert requests.post(sandbox.base + path, data=body, headers=headers, timeout=10).status_code == 400, path
