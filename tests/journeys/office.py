"""What happens to a dossier behind the counter: clerk, officer and leader, each at their own desk in their own browser."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.walker import Walker
from tests.journeys.world import CODE, World
from tests.waiting import wait_for

FINISHED_WITHIN_SECONDS = 30.0


def office_of(code: str) -> str:
    """The office that a dossier's code names."""
    return code.split("-")[0]


def at_desk(world: World, role: str, code: str, *, language: str = "vi", looks_closely: bool = False) -> Walker:
    """The member of staff before the dossier, which they opened from their list."""
    walker = Walker(world, world.desk(role, office_of(code), language), looks_closely)
    walker.go("/counter")
    if walker.page.get_by_role("link", name=code).count() == 0:
        walker.go(f"/counter/queue?q={code}")
    walker.follow(walker.page.get_by_role("link", name=code))
    assert walker.here == "counter.dossier"
    return walker


def act(walker: Walker, name: str, answers: Mapping[str, Any] | None = None) -> None:
    """Open the act by its button, answer, and do it."""
    walker.follow(walker.page.locator(f'.mc-acts a[href$="/{name}"]'))
    walker.answer(answers or {})
    walker.press()
    assert walker.here == "counter.dossier", walker.page.locator("main").inner_text()


def receive_and_forward(world: World, code: str, **more: Any) -> None:
    """The clerk takes the dossier in and passes it on."""
    clerk = at_desk(world, "clerk", code, **more)
    act(clerk, "receive")
    act(clerk, "forward")
    clerk.page.close()


def decide(world: World, code: str, case: Mapping[str, Any], **more: Any) -> None:
    """The officer takes the dossier and proposes what the case says, the leader reads the words and signs."""
    officer = at_desk(world, "officer", code, **more)
    act(officer, "assign")
    officer.page.close()
    decide_held(world, code, case, **more)


def propose(world: World, code: str, case: Mapping[str, Any], **more: Any) -> None:
    """The officer who holds the dossier proposes what the case says."""
    officer = at_desk(world, "officer", code, **more)
    proposal = {"decision": case["decision"]}
    proposal |= {"reason": case["reason"]} if case["decision"] == "refuse" else {}
    act(officer, "propose", proposal)
    officer.page.close()


def decide_held(world: World, code: str, case: Mapping[str, Any], **more: Any) -> None:
    """The officer who holds the dossier proposes what the case says, the leader reads the words and signs."""
    propose(world, code, case, **more)
    leader = at_desk(world, "leader", code, **more)
    leader.follow(leader.page.locator('.mc-acts a[href$="/approve"]'))
    draft = " ".join(leader.page.locator(".mc-draft-result").inner_text().split())
    assert [said for said in case["result_says"] if said not in draft] == [], "what is signed is read first"
    leader.press()
    leader.page.close()


def wait_for_status(walker: Walker, code: str, status: int) -> None:
    """Until the dossier stands at the status; then its owner opens its page."""
    _wait_for_words(walker, code, f'data-status="{status}"')


def wait_for_paper(walker: Walker, code: str, title: str) -> None:
    """Until the dossier's paper of this title is signed; then its owner opens the page."""
    _wait_for_words(walker, code, f'<span class="govuk-visually-hidden"> – {title}</span></a>')


def _wait_for_words(walker: Walker, code: str, words: str) -> None:
    address = f"{walker.world.portal}/my/dossiers/{code}"
    wait_for(lambda: words in walker.context.request.get(address).text(), FINISHED_WITHIN_SECONDS)
    walker.go(f"/my/dossiers/{code}")


def paper_of(walker: Walker, title: str, folder: Path) -> Path:
    """The paper of this title, as the owner downloads it from the page."""
    card = walker.page.locator("article.mc-document", has=walker.page.get_by_role("heading", name=title, exact=True))
    href = card.locator(".mc-document__open a").get_attribute("href")
    answer = walker.context.request.get(f"{walker.world.portal}{href}")
    assert answer.headers["content-type"] == "application/pdf"
    path = folder / "paper.pdf"
    path.write_bytes(answer.body())
    return path


def words_of(pdf: Path) -> str:
    """The words of a paper, on one line."""
    said = subprocess.run(["pdftotext", "-q", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return unicodedata.normalize("NFC", " ".join(said.split()))


def many_at_once(walker: Walker, codes: list[str], what: str) -> None:
    """Tick these in the list by the keys, and go to the page that tells what becomes of each."""
    expect(walker.page.locator("[data-tick-line]")).to_be_visible()  # the page listens to the keys now
    for code in codes:
        walker.page.get_by_role("link", name=code).focus()
        walker.page.keyboard.press("x")
    expect(walker.page.locator("[data-tick-count]")).to_have_text(str(len(codes)))
    walker.page.keyboard.press("m")
    walker.page.wait_for_url("**/counter/bulk/**")
    walker.arrived()
    assert walker.says(what)


def confirm_and_wait(walker: Walker, words: str) -> None:
    """Confirm; the page of what came of it looks again by itself until all is done."""
    walker.looks_closely = False
    walker.press()
    walker.page.get_by_text(words).wait_for()
    walker.looks_closely = True
    walker.arrived()
    assert walker.here == "counter.bulk_run"


def file_at_counter(clerk: Walker, qr: str, answers: Mapping[str, Any]) -> str:
    """Scan the card of somebody who stands there, read the questions out, have them confirmed, file; gives the code."""
    clerk.go("/counter/intake")
    clerk.page.locator("#field-card").fill(qr)
    with clerk.page.expect_event("domcontentloaded"):
        clerk.page.keyboard.press("Enter")  # as a scanner ends what it types
    clerk.arrived()
    clerk.page.locator("#field-procedure").select_option(CODE)
    clerk.page.locator("#field-is_present").check()
    clerk.press()
    assert clerk.here == "counter.facts", clerk.page.locator("main").inner_text()
    clerk.answer(answers)
    clerk.press()
    while clerk.here == "counter.page":
        clerk.answer(answers)
        clerk.press()
    assert clerk.here == "counter.review", clerk.page.locator("main").inner_text()
    clerk.page.locator("main input[type=checkbox]").check()
    clerk.page.locator("input[value=read_back]").check()
    clerk.press()
    assert clerk.here == "counter.intake_done", clerk.page.locator("main").inner_text()
    return clerk.page.locator("main").get_attribute("data-dossier-code") or ""
