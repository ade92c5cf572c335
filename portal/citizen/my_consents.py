"""What I agreed to: each consent as it was given, to be printed, and taken back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.models import Consent
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consents import consent_of, consents_of, withdraw_consent
from portal.services.dossiers.vocabulary import State
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import registry_name


@blueprint.get("/my/data/consents")
@logged_in()
def consents() -> ResponseReturnValue:
    return render_template("citizen/consents.html", rows=[consent_row(one) for one in consents_of(db(), current_actor())])


@blueprint.get("/my/data/consents/<uuid:consent_id>")
@logged_in()
def consent_given(consent_id: uuid.UUID) -> ResponseReturnValue:
    found = consent_of(db(), current_actor(), consent_id)
    return render_template("citizen/consent_given.html", row=consent_row(found))


@blueprint.post("/my/data/consents/<uuid:consent_id>")
@logged_in()
def take_consent_back(consent_id: uuid.UUID) -> ResponseReturnValue:
    withdraw_consent(db(), current_actor(), consent_id)
    db().commit()
    flash(_("Đã rút lại sự đồng ý. Trang này là bằng chứng, ông/bà in được."), "saved")
    return redirect(url_for("citizen.consent_given", consent_id=consent_id))


def consent_row(consent: Consent) -> dict[str, Any]:
    """One consent in words, of the very version of the procedure that was agreed to."""
    procedure, language = by_hash(db(), consent.version_hash), current_language()
    says = {(one.registry, one.purpose): procedure.say(one.why, language) for one in procedure.definition.lookups}
    return {
        "id": consent.id,
        "href": url_for("citizen.consent_given", consent_id=consent.id),
        "procedure": procedure.say(procedure.definition.name, language),
        "version": consent.version_hash[:12],
        "given_at": consent.given_at,
        "withdrawn_at": consent.withdrawal.withdrawn_at if consent.withdrawal else None,
        "is_draft": consent.dossier.state == State.DRAFT,
        "dossier_code": consent.dossier.code or "",
        "lookups": [
            {
                "registry": registry_name(one["registry"]),
                "why": says.get((one["registry"], one["purpose"]), one["purpose"]),
                "ground": one["legal_ground"],
                "elements": [
                    getattr(procedure.elements[key].label, language) for key in one["elements"] if key in procedure.elements
                ],
            }
            for one in consent.lookups
        ],
    }
