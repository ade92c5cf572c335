"""Every component and state on one page, for the eye; only in the demonstration."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.config import settings
from portal.public import blueprint
from portal.services.errors import NotFound
from portal.web.access import public
from portal.web.styleguide import styleguide_context


@blueprint.get("/styleguide")
@public
def styleguide() -> ResponseReturnValue:
    if not settings().is_demo:
        raise NotFound
    return render_template("public/styleguide.html", **styleguide_context())
