"""Completing one's own dossier: the page of what was asked for; nobody else's dossier has one."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.own_acts import own_desk
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.queries import owned
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.limits import uploading
from portal.web.supplying import supplements_page, take_supplements
from portal.web.uploads import takes_files


def dossier_level(code: str) -> int:
    """The level of assurance that completing the dossier needs; nobody else's dossier has such a page."""
    if current_actor().account_id is None:
        return 2
    return by_hash(db(), owned(db(), current_actor(), code).version_hash).definition.assurance


@blueprint.get("/my/dossiers/<code>/supplements")
@logged_in(dossier_level)
def supplements(code: str) -> ResponseReturnValue:
    return supplements_page(own_desk(code))


@blueprint.post("/my/dossiers/<code>/supplements")
@logged_in(dossier_level)
@uploading
@takes_files
def supply(code: str) -> ResponseReturnValue:
    return take_supplements(own_desk(code))
