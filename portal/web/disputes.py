"""This is not right, the same at both desks: the registry's value, and beside it what the person says, why, and a paper."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Actor
from portal.config import settings
from portal.services.catalogue.answers import looked_up_elements
from portal.services.catalogue.elements import Element
from portal.services.catalogue.form import Question
from portal.services.catalogue.provenance import CITIZEN, DISPUTED, Answers
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.claims import is_disputable, proof_of
from portal.services.dossiers.dispute import LONGEST_REASON, REASON_FIELD, Proof, dispute, take_back
from portal.services.errors import InvalidInput, NotFound
from portal.services.vault import uploads
from portal.services.vault.uploads import UnfitFile
from portal.web.database import close_session, db
from portal.web.filing import Filing
from portal.web.filing_papers import FILE_FIELD, Errors, look_into
from portal.web.language import current_language
from portal.web.questions import drawn, error_lines, fact_rows, plain_field
from portal.web.uploads import attachment_row, largest_form_bytes, sentence

TAKE_BACK, BACK = "take_back", "back"
BACK_TO = ("facts", "review")
UNPROCESSABLE = 422


def element_of(filing: Filing, key: str) -> Element:
    """The element whose value a registry gave.

    Raises:
        NotFound: no registry gave a value under this key.
    """
    for element in looked_up_elements(filing.procedure):
        if element.key == key and is_disputable(filing.procedure, element, filing.answers.get(key)):
            return element
    raise NotFound


def step_back() -> str:
    """The step that the person came from, and goes back to."""
    asked = request.values.get(BACK, "")
    return asked if asked in BACK_TO else BACK_TO[0]


def dispute_page(filing: Filing, key: str, form: Any = None, errors: Errors | None = None) -> str:
    """The registry's value with its source, and the fields of the claim, with what was typed or claimed before.

    Raises:
        NotFound: as `element_of`.
    """
    element, language = element_of(filing, key), current_language()
    claim = filing.answers[key].get(DISPUTED) or {}
    claimed: Answers = {key: {"value": claim["claimed"], "source": CITIZEN}} if claim else {}
    asked = drawn(filing.procedure, [Question(element=key)], claimed, language, form=form, errors=errors)[0]
    asked["label"] = _("Theo ông/bà, điều đúng là gì?")
    asked["why"] = ""
    reason = _reason_field(form, claim, errors or {})
    paper = _paper_field(key, errors or {})
    return render_template(
        "citizen/dispute.html",
        **{**filing.around("facts"), "back_href": filing.url(step_back())},
        label=getattr(element.label, language),
        rows=fact_rows(filing.procedure, filing.answers, language, [key]),
        questions=[asked, reason, paper],
        attached=_attached(filing, key),
        is_claimed=bool(claim),
        back=step_back(),
        largest_form_bytes=largest_form_bytes(),
        largest_file_bytes=settings().upload_file_bytes,
        errors=error_lines(errors or {}, [asked, reason, paper]),
    )


def _reason_field(form: Any, claim: dict[str, Any], errors: Errors) -> dict[str, Any]:
    value = form.get(REASON_FIELD, "") if form is not None else claim.get("reason", "")
    help_text = _("Ví dụ: giấy khai sinh ghi khác. Ghi lý do hoặc gửi kèm giấy tờ.")
    field = plain_field(REASON_FIELD, "textarea", _("Vì sao dữ liệu chưa đúng?"), value, optional=True, help=help_text)
    return {**field, "max_length": LONGEST_REASON, "errors": [_(message) for message in errors.get(REASON_FIELD, [])]}


def _paper_field(key: str, errors: Errors) -> dict[str, Any]:
    name = f"{FILE_FIELD}{proof_of(key)}"
    field = plain_field(name, "file", _("Giấy tờ chứng minh, nếu có"), "", optional=True)
    return {**field, "accept": uploads.ACCEPTED, "multiple": False, "errors": errors.get(name, [])}


def _attached(filing: Filing, key: str) -> list[dict[str, Any]]:
    """The paper that was sent with the claim."""
    return [
        {
            **attachment_row(one),
            **dict(zip(("href", "preview_href"), filing.desk.attachment_url(str(one.id)), strict=True)),
        }
        for one in attachments_of(db(), filing.draft)
        if one.component_id == proof_of(key)
    ]


def take_dispute(actor: Actor, filing: Filing, key: str) -> ResponseReturnValue | Errors:
    """Keep the claim, or take it back, and lead back; or why not, for the page to be drawn anew.

    Raises:
        NotFound, IllegalMove: as `dispute`.
    """
    element_of(filing, key)
    draft_id, onward = filing.draft.id, filing.url(step_back())
    if TAKE_BACK in request.form:
        take_back(db(), actor, draft_id, key)
        db().commit()
        return redirect(onward)
    close_session()  # no connection is held while the file is looked into and scanned
    taken, errors = look_into([proof_of(key)])
    if errors:
        return errors
    proof: Proof | None = (taken[0][1], taken[0][2]) if taken else None
    try:
        dispute(db(), actor, draft_id, key, request.form, proof)
    except InvalidInput as wrong:
        return wrong.errors
    except UnfitFile as unfit:
        db().rollback()
        return {f"{FILE_FIELD}{proof_of(key)}": [sentence(unfit.reason)]}
    db().commit()
    return redirect(onward)
