"""The queue: what must be answered first stands first; its filters live in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.assignment import place_words
from portal.counter.queue_tabs import FIRST, TABS, act_for_many, how_many, name_for_many, order_words, roles_of, tab_name
from portal.models import Dossier
from portal.services.catalogue.versions import names_of
from portal.services.dossiers.bulk import CHOSEN_FIELD, MOST
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.queue_counts import QueueCounts, queue_counts
from portal.services.dossiers.queues import PAGE_SIZE, QueueFilter, queue
from portal.services.dossiers.vocabulary import STATUS_CODES, Place, Stage, State
from portal.web.access import staff
from portal.web.corrections import mark_words
from portal.web.database import db
from portal.web.dues import due_of
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.questions import error_lines

LONGEST_SEARCH = 100
LONGEST_CODE = 60
DUES = ("overdue", "due_soon")


@dataclass(frozen=True)
class Asked:
    """What the address asks for; whatever it says that is no list, no filter and no code is left out."""

    tab: str
    search: str = ""
    procedure: str = ""
    mine: bool = False
    due: str = ""
    after: str = ""
    before: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What stands in the address of the list at its beginning."""
        mine = "1" if self.mine else ""
        said = {"tab": self.tab, "q": self.search, "procedure": self.procedure, "mine": mine, "due": self.due}
        return {name: value for name, value in said.items() if value}

    def address(self, **changes: str) -> str:
        """The address of the same list, at its beginning unless `after` or `before` say otherwise."""
        changed: dict[str, Any] = {**self.kept, **changes}
        return url_for("counter.queue_list", **{name: value for name, value in changed.items() if value})

    def filter(self, now: datetime, soon: datetime) -> QueueFilter:
        """The same for the services."""
        tab = TABS.get(self.tab)
        due = self.due or (tab.due if tab else "")
        return QueueFilter(
            places=tab.places if tab else (), search=self.search, procedure_code=self.procedure, mine_only=self.mine,
            due_from=now if due == "due_soon" else None, due_before={"overdue": now, "due_soon": soon}.get(due),
            opinions=tab.opinions if tab and not self.search else "", newest_first=bool(tab and tab.newest_first),
            sent_back=bool(tab and tab.sent_back),
            after=self.after, before=self.before,
        )  # fmt: skip


@blueprint.get("")
@staff(Permission.SEE_QUEUE)
def queue_home() -> ResponseReturnValue:
    return queue_page()


@blueprint.get("/queue")
@staff(Permission.SEE_QUEUE)
def queue_list() -> ResponseReturnValue:
    return queue_page()


def asked_for() -> Asked:
    """What this request's address or form asks for; without a list, the first of the actor's own."""
    search = request.values.get("q", "")[:LONGEST_SEARCH].strip()
    tab = request.values.get("tab", "")
    if search or tab not in TABS:
        tab = "" if search else next((FIRST[role] for role in sorted(roles_of(current_actor()))), "submitted")
    due = request.values.get("due", "")
    after, before, procedure = (request.values.get(name, "")[:LONGEST_CODE] for name in ("after", "before", "procedure"))
    return Asked(tab, search, procedure, request.values.get("mine") == "1", due if due in DUES else "", after, before)


def queue_page(errors: Mapping[str, list[str]] | None = None) -> str:
    """The list that the address asks for; `errors`: why what was chosen of it could not be taken."""
    actor, asked, now = current_actor(), asked_for(), clock.now()
    soon = one_working_day_after(db(), now)
    found = queue(db(), actor, asked.filter(now, soon))
    counts = queue_counts(db(), actor, now=now, soon=soon)
    rows = found[-PAGE_SIZE:] if asked.before else found[:PAGE_SIZE]
    names = names_of(db(), {dossier.version_hash for dossier in rows})
    tab, roles = TABS.get(asked.tab), roles_of(actor)
    return render_template(
        "counter/queue.html",
        tabs=_tabs(asked, counts),
        asked=asked,
        may_take_in=actor.holds_anywhere(Permission.INTAKE),
        may_write_again=actor.holds_anywhere(Permission.WRITE_AGAIN),
        may_answer_questions=actor.holds_anywhere(Permission.ANSWER_QUESTION),
        title=tab_name(asked.tab, roles) if tab else _("Tìm thấy"),
        order=order_words(tab),
        rows=[row_of(dossier, names[dossier.version_hash], now, soon) for dossier in rows],
        procedures=_options(counts),
        mine=counts.mine,
        mine_due_soon=counts.mine_due_soon,
        for_many=_for_many(asked),
        chosen=request.form.getlist(CHOSEN_FIELD),
        errors=error_lines(errors or {}, []),
        **_steps(asked, rows, has_more=len(found) > PAGE_SIZE),
    )


def _for_many(asked: Asked) -> dict[str, Any] | None:
    """The act that may be done on many of this list, and where they are sent to be looked at first."""
    act = act_for_many(asked.tab, current_actor())
    if act is None:
        return None
    label = name_for_many(act, current_actor())
    page = {name: value for name, value in (("after", asked.after), ("before", asked.before)) if value}
    return {"label": label, "action": url_for("counter.bulk_prepare", act=act), "list": {**asked.kept, **page}, "most": MOST}


def _tabs(asked: Asked, counts: QueueCounts) -> list[dict[str, Any]]:
    roles = roles_of(current_actor())
    return [
        {
            "key": key,
            "label": tab_name(key, roles),
            "count": how_many(key, counts),
            "href": url_for("counter.queue_list", tab=key),
            "current": key == asked.tab,
        }
        for key, tab in TABS.items()
        if tab.roles & roles or key == asked.tab
    ]


def _options(counts: QueueCounts) -> list[dict[str, str]]:
    """The procedures of which there are dossiers, by name."""
    named = ((code, names[1] if current_language() == "en" else names[0]) for code, names in counts.procedures.items())
    return [{"value": code, "label": name} for code, name in sorted(named, key=lambda option: option[1])]


def _steps(asked: Asked, rows: list[Dossier], *, has_more: bool) -> dict[str, str | None]:
    """The addresses of the pages before and after this one."""
    if not rows:
        return {"previous_href": asked.address() if asked.after or asked.before else None, "next_href": None}
    is_first, is_last = (not has_more, False) if asked.before else (not asked.after, not has_more)
    return {
        "previous_href": None if is_first else asked.address(before=str(rows[0].code)),
        "next_href": None if is_last else asked.address(after=str(rows[-1].code)),
    }


def row_of(dossier: Dossier, name: tuple[str, str], now: datetime, soon: datetime) -> dict[str, Any]:
    """One dossier as a line of a list; `name`: its procedure's, in Vietnamese and in English."""
    due = due_of(dossier, now, soon)
    place = Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    return {
        "code": dossier.code,
        "version": dossier.version,
        "href": url_for("counter.dossier", code=dossier.code),
        "subject": dossier.parties["subject"]["full_name"],
        "procedure": name[1] if current_language() == "en" else name[0],
        "place": place_words(dossier, place),
        "status_code": STATUS_CODES[place.state],
        "submitted": write_short_moment(dossier.submitted_at),
        "promised": write_short_moment(dossier.promised_at) or "–",
        "due_kind": due["kind"],
        "due": due["text"],
        "is_marked": due["kind"] == "overdue",
        "register_mark": mark_words(dossier.register_mark),
    }
