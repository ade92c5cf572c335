"""Each fault of a registry breaks what its name says, for the registry named, as often as said."""

from __future__ import annotations

import time

import pytest
import requests

from .exchange import DIVORCED, Exchange
from .process import Running

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture(scope="module")
def portal(sandbox: Running) -> Exchange:
    return Exchange(sandbox)


def switch(portal: Exchange, fault: str, registry: str = "population", **more: object) -> None:
    body = {"registry": registry, "fault": fault, "count": 1} | more
    requests.post(f"{portal.base}/faults", json=body, timeout=5).raise_for_status()


def test_down_is_503_with_status_99(portal: Exchange) -> None:
    switch(portal, "down")
    response = portal.send("population", portal.request(["full_name"]))
    assert (response.status_code, response.json()["status"]) == (503, "99")


def test_slow_answers_truly_after_the_seconds(portal: Exchange) -> None:
    switch(portal, "slow", seconds=0.4)
    start = time.monotonic()
    assert portal.ask("population", ["full_name"])["status"] == "00"
    assert time.monotonic() - start >= 0.4


def test_a_slow_registry_does_not_slow_the_others(portal: Exchange) -> None:
    switch(portal, "slow", seconds=2)
    with pytest.raises(requests.Timeout):
        portal.send("population", portal.request(["full_name"]), timeout=0.2)
    start = time.monotonic()
    assert portal.ask("civil-status", ["marital_status"])["status"] == "00"
    assert time.monotonic() - start < 1


def test_reset_breaks_the_connection(portal: Exchange) -> None:
    switch(portal, "reset")
    with pytest.raises(requests.ConnectionError, match="reset"):
        portal.send("population", portal.request(["full_name"]))


@pytest.mark.parametrize("fault", ["malformed", "html"])
def test_malformed_and_html_are_no_json(portal: Exchange, fault: str) -> None:
    switch(portal, fault)
    response = portal.send("population", portal.request(["full_name"]))
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r".*"):
        response.json()


def test_error_is_a_bare_500(portal: Exchange) -> None:
    switch(portal, "error")
    assert portal.send("population", portal.request(["full_name"])).status_code == 500


def test_huge_is_larger_than_anybody_should_read(portal: Exchange) -> None:
    switch(portal, "huge")
    with portal.open("population", portal.request(["full_name"])) as response:
        read = sum(len(block) for block, _ in zip(response.iter_content(1_000_000), range(40), strict=False))
    assert read > 32_000_000


def test_trickle_drips_and_keeps_any_single_read_short(portal: Exchange) -> None:
    switch(portal, "trickle", seconds=0.6)
    start = time.monotonic()
    portal.send("population", portal.request(["full_name"]), timeout=0.3)
    assert time.monotonic() - start >= 0.5


def test_other_person_answers_with_somebody_else(portal: Exchange) -> None:
    switch(portal, "other_person")
    answer = portal.ask("population", ["full_name", "personal_id"])
    assert answer["status"] == "00"
    assert answer["subject"]["personal_id"] != DIVORCED["personal_id"]
    assert answer["fields"]["full_name"] != DIVORCED["full_name"]


def test_stale_tells_of_years_ago(portal: Exchange) -> None:
    switch(portal, "stale", "civil-status")
    answer = portal.ask("civil-status", ["marital_status", "marriages"])
    assert answer["as_of"].startswith("2019")
    assert answer["fields"] == {"marital_status": "never_married", "marriages": []}


def test_future_birth_and_deceased_lie_about_a_living_person(portal: Exchange) -> None:
    switch(portal, "future_birth")
    assert portal.ask("population", ["date_of_birth"])["fields"]["date_of_birth"] > "2090"
    switch(portal, "deceased")
    answer = portal.ask("population", ["death", "full_name"])
    assert answer["flags"] == ["deceased"]
    assert answer["fields"]["death"]["kind"] == "dead"


def test_a_fault_hits_only_the_registry_named_and_a_star_hits_all(portal: Exchange) -> None:
    switch(portal, "down", "civil-status", count=None)
    assert portal.ask("population", ["full_name"])["status"] == "00"
    assert portal.send("civil-status", portal.request(["death"])).status_code == 503
    requests.delete(f"{portal.base}/faults", timeout=5).raise_for_status()
    switch(portal, "down", "*", count=2)
    assert portal.send("civil-status", portal.request(["death"])).status_code == 503
    assert portal.send("population", portal.request(["death"])).status_code == 503
    assert portal.ask("population", ["full_name"])["status"] == "00"


def test_the_faults_that_are_on_are_listed_and_cleared(portal: Exchange) -> None:
    switch(portal, "slow", count=None, seconds=3)
    listed = requests.get(f"{portal.base}/faults", timeout=5).json()
    (fault,) = listed["faults"]
    assert (fault["fault"], fault["registry"], fault["seconds"], fault["count"]) == ("slow", "population", 3, None)
    assert "trickle" in listed["known"]
    page = requests.get(f"{portal.base}/faults", headers={"Accept": "text/html"}, timeout=5)
    assert "slow" in page.text
    assert requests.delete(f"{portal.base}/faults", timeout=5).json()["faults"] == []


def test_the_page_switches_faults_by_a_form(portal: Exchange) -> None:
    form = {"fault": "down", "registry": "population", "seconds": "5", "count": ""}
    requests.post(f"{portal.base}/faults", data=form, timeout=5).raise_for_status()
    assert portal.send("population", portal.request(["full_name"])).status_code == 503
    requests.post(f"{portal.base}/faults", data={"clear": "1"}, timeout=5).raise_for_status()
    assert portal.ask("population", ["full_name"])["status"] == "00"


@pytest.mark.parametrize(
    "body",
    [
        {"registry": "population", "fault": "phep-la"},
        {"registry": "thue", "fault": "down"},
        {"registry": "population", "fault": "slow", "seconds": "nhanh"},
        {"registry": "population", "fault": "slow", "seconds": 100000},
        {"registry": "population", "fault": "down", "count": 0},
        [],
        "down",
    ],
)
def test_nonsense_is_refused(portal: Exchange, body: object) -> None:
    response = requests.post(f"{portal.base}/faults", json=body, timeout=5)
    assert response.status_code == (201 if body == [] else 400)
    assert requests.get(f"{portal.base}/faults", timeout=5).json()["faults"] == []
