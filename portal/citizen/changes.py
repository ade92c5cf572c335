"""A draft whose procedure has a new version: what changed, in words, what is kept, and one button to go on."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import filing_of, procedure_level, to_consent
from portal.services.dossiers.carry_over import carry_over, look_ahead
from portal.services.dossiers.newer_version import newer_version
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.language import current_language

STEPS = frozenset({"citizen.consent", "citizen.facts", "citizen.page", "citizen.attachments", "citizen.review"})


@blueprint.before_request
def see_changes_first() -> ResponseReturnValue | None:
    """Lead whoever opens a step of an outdated draft to what changed; what is being sent is taken first."""
    if request.endpoint not in STEPS or request.method not in ("GET", "HEAD") or current_actor().account_id is None:
        return None
    code = str((request.view_args or {})["code"])
    filing = filing_of(code)
    is_outdated = filing is not None and filing.draft.draft["consent"] and newer_version(db(), filing.draft)
    return redirect(url_for("citizen.changes", code=code)) if is_outdated else None


@blueprint.get("/procedures/<code>/apply/changes")
@logged_in(procedure_level)
def changes(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    new = newer_version(db(), filing.draft) if filing else None
    if filing is None or new is None:
        return to_consent(code)
    ahead = look_ahead(db(), filing.draft, new, current_language())
    return render_template(
        "citizen/changes.html",
        procedure=new,
        procedure_name=new.say(new.definition.name, current_language()),
        changes=[_(change.what) % dict(change.facts) if change.facts else _(change.what) for change in ahead.changes],
        kept=[{"label": label, "value": text} for label, text in ahead.set_aside],
    )


@blueprint.post("/procedures/<code>/apply/changes")
@logged_in(procedure_level)
def go_on(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is not None:
        carry_over(db(), current_actor(), filing.draft)
        db().commit()
    return to_consent(code)
