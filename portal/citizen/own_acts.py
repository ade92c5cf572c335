"""What the owner decides at home about a dossier that was sent: take it back, confirm the draft result or dispute it."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.web.access import logged_in
from portal.web.own_acts import answer_draft, draft_page, take_back, withdrawal_page
from portal.web.owner_desk import OwnerDesk


def own_desk(code: str) -> OwnerDesk:
    """The pages of the citizen's own dossier."""
    back_url, supplements_url = (url_for(f"citizen.{view}", code=code) for view in ("dossier", "supplements"))
    return OwnerDesk(current_actor(), code, back_url, supplements_url, attachment_view="citizen.attachment")


@blueprint.get("/my/dossiers/<code>/withdraw")
@logged_in()
def withdrawal(code: str) -> ResponseReturnValue:
    return withdrawal_page(own_desk(code))


@blueprint.post("/my/dossiers/<code>/withdraw")
@logged_in()
def do_withdraw(code: str) -> ResponseReturnValue:
    return take_back(own_desk(code))


@blueprint.get("/my/dossiers/<code>/draft")
@logged_in()
def draft(code: str) -> ResponseReturnValue:
    return draft_page(own_desk(code))


@blueprint.post("/my/dossiers/<code>/draft")
@logged_in()
def say_of_draft(code: str) -> ResponseReturnValue:
    return answer_draft(own_desk(code))
