"""The queue: what must be answered first stands first; its filters live in the address."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Actor, Permission, Role
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.queries import PAGE_SIZE, QueueFilter, queue, queue_counts
from portal.services.dossiers.vocabulary import (
    APPRAISING,
    FINISHED,
    ISSUING,
    NOT_RECEIVED,
    RECEIVED,
    RETURNED,
    SIGNATURE,
    STATUS_CODES,
    SUBMITTED,
    UNASSIGNED,
    Place,
    Stage,
    State,
)
from portal.web.access import staff
from portal.web.database import db
from portal.web.dues import due_of
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.words import place_name

TABS: dict[str, tuple[Place, ...]] = {
    "submitted": (SUBMITTED,),
    "received": (RECEIVED,),
    "unassigned": (UNASSIGNED,),
    "appraising": (APPRAISING,),
    "signature": (SIGNATURE,),
    "issuing": (ISSUING,),
    "finished": (FINISHED,),
    "ended": (RETURNED, NOT_RECEIVED),
}
FIRST_TAB = {Role.CLERK: "submitted", Role.OFFICER: "unassigned", Role.LEADER: "signature"}
LONGEST_SEARCH = 100
LAST_PAGE = 100_000


def tab_names() -> dict[str, str]:
    """The queues in the words of the desk."""
    return {
        "submitted": _("Chờ tiếp nhận"),
        "received": _("Chờ chuyển xử lý"),
        "unassigned": _("Chờ phân công"),
        "appraising": _("Đang thẩm định"),
        "signature": _("Chờ ký"),
        "issuing": _("Chờ vào sổ"),
        "finished": _("Chờ trả kết quả"),
        "ended": _("Đã xong"),
    }


@blueprint.get("")
@staff(Permission.SEE_QUEUE)
def queue_home() -> ResponseReturnValue:
    return _queue_page()


@blueprint.get("/queue")
@staff(Permission.SEE_QUEUE)
def queue_list() -> ResponseReturnValue:
    return _queue_page()


def _queue_page() -> str:
    actor = current_actor()
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    tab = request.args.get("tab", "")
    if tab not in TABS and not search:
        tab = _own_tab(actor)
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE)
    found = queue(db(), actor, QueueFilter(places=TABS.get(tab, ()), search=search, page=page))
    counts = queue_counts(db(), actor)
    return render_template(
        "counter/queue.html",
        tabs=[
            {
                "key": key,
                "label": name,
                "count": sum(counts.get(place, 0) for place in TABS[key]) if key != "ended" else None,
                "href": url_for("counter.queue_list", tab=key),
                "current": key == tab and not search,
            }
            for key, name in tab_names().items()
        ],
        tab=tab,
        search=search,
        may_take_in=actor.holds_anywhere(Permission.INTAKE),
        title=_("Tìm thấy") if search else tab_names()[tab],
        rows=[_row(dossier) for dossier in found[:PAGE_SIZE]],
        previous_href=url_for("counter.queue_list", tab=tab, q=search, page=page - 1) if page > 1 else None,
        next_href=url_for("counter.queue_list", tab=tab, q=search, page=page + 1) if len(found) > PAGE_SIZE else None,
    )


def _own_tab(actor: Actor) -> str:
    roles = sorted(duty.role for duty in actor.duties if duty.role in FIRST_TAB)
    return FIRST_TAB[roles[0]] if roles else "submitted"


def _row(dossier: Dossier) -> dict[str, Any]:
    language = current_language()
    procedure = by_hash(db(), dossier.version_hash)
    due = due_of(dossier, clock.now())
    place = Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    return {
        "code": dossier.code,
        "href": url_for("counter.dossier", code=dossier.code),
        "subject": dossier.parties["subject"]["full_name"],
        "procedure": procedure.say(procedure.definition.name, language),
        "place": place_name(place),
        "status_code": STATUS_CODES[place.state],
        "submitted": write_short_moment(dossier.submitted_at),
        "promised": write_short_moment(dossier.promised_at) or "–",
        "due_kind": due["kind"],
        "due": due["text"],
        "is_marked": due["kind"] == "overdue",
    }
