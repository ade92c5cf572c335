"""The papers of a dossier at the desk: listed by component, and opened one by one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.opened import note_opened
from portal.models import Attachment, Dossier
from portal.services.catalogue.handling import Component
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.attachments import attachment_of, open_attachment
from portal.services.dossiers.claims import disputes, proof_of
from portal.services.dossiers.digitise import EXTRACT, Digitised, digitised_state
from portal.services.dossiers.folder import Folder
from portal.services.dossiers.queries import at_counter
from portal.services.errors import NotFound
from portal.services.vault import uploads
from portal.services.vault.uploads import UnfitFile
from portal.web.access import staff
from portal.web.database import close_session, db
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.limits import previews
from portal.web.uploads import attachment_row, component_words, kept_response, picture_response


def attached_groups(
    dossier: Dossier, procedure: Procedure, folder: Folder, attached: list[Attachment], language: str
) -> list[dict[str, Any]]:
    """Each component that the answers call for, and each claim that a paper came with, with what is attached to it."""
    wanted = components_wanted(procedure, folder.answers.content)
    groups = [
        {
            "name": procedure.say(component.name, language),
            "words": component_words(component, is_required=component.is_required),
            "digitised": _state_words(
                component, [one for one in attached if one.component_id == component.id and not one.replaced_at]
            ),
            "rows": [
                {
                    **_row(one, procedure.say(component.name, language), dossier),
                    "compared": " · ".join(filter(None, [_compared(one, folder.people), _custody(one), _extracted(one)])),
                }
                for one in attached
                if one.component_id == component.id
            ],
        }
        for component in wanted
    ]
    return groups + _proofs(dossier, procedure, folder, attached, language)


def _proofs(
    dossier: Dossier, procedure: Procedure, folder: Folder, attached: list[Attachment], language: str
) -> list[dict[str, Any]]:
    """The papers that came with what the person says of a registry's value."""
    found = []
    for element, _answer in disputes(procedure, folder.answers.content):
        papers = [one for one in attached if one.component_id == proof_of(element.key)]
        name = _("Kèm điều báo chưa đúng: %(what)s", what=getattr(element.label, language))
        if papers:
            found.append({"name": name, "rows": [_row(one, name, dossier) for one in papers]})
    return found


def _row(one: Attachment, component: str, dossier: Dossier) -> dict[str, Any]:
    words, colour = _seal_words(one.seal_verdict)
    return {
        **attachment_row(one),
        "component": component,
        "href": url_for("counter.attachment", code=dossier.code, attachment_id=one.id),
        "preview_href": url_for("counter.attachment_preview", code=dossier.code, attachment_id=one.id),
        "digitised": _digitised(one),
        "is_compared": one.checked_against_original_at is not None,
        "is_kept": one.original_kept_at is not None and one.original_returned_at is None,
        "seal_words": words,
        "seal_colour": colour,
    }


def _digitised(one: Attachment) -> str:
    when = write_short_moment(one.added_at)
    return {
        "citizen": _("Người nộp gửi lúc %(when)s", when=when),
        "clerk": _("Cán bộ số hóa lúc %(when)s", when=when),
        "portal": _("Cổng lấy từ kho dữ liệu lúc %(when)s", when=when),
    }[one.digitised_by]


def _compared(one: Attachment, people: Mapping[str, str]) -> str:
    if one.checked_against_original_by is None:
        return ""
    when = write_short_moment(one.checked_against_original_at)
    return _("Đã đối chiếu bản chính: %(name)s, %(when)s", name=people.get(str(one.checked_against_original_by), ""), when=when)


def _state_words(component: Component, attached: list[Attachment]) -> str:
    """How the component is digitised, in the words of the synchronisation."""
    return {
        Digitised.NOT: _("Chưa số hóa"),
        Digitised.DIGITISED: _("Được số hóa"),
        Digitised.REUSED: _("Tái sử dụng"),
        Digitised.REUSED_RESULT: _("Tái sử dụng từ kết quả hồ sơ khác"),
    }[digitised_state(component, attached)]


def _extracted(one: Attachment) -> str:
    """The key data that a clerk read off the paper, on one line."""
    said, language = one.extract or {}, current_language()
    known = [element for element in EXTRACT if element.key in said]
    return "; ".join(f"{getattr(element.label, language)}: {show(element, said[element.key])}" for element in known)


def _custody(one: Attachment) -> str:
    if one.original_kept_at is None:
        return ""
    if one.original_returned_at is not None:
        return _("Đã trả bản chính lúc %(when)s", when=write_short_moment(one.original_returned_at))
    return _("Quầy giữ bản chính từ %(when)s", when=write_short_moment(one.original_kept_at))


def _seal_words(verdict: str | None) -> tuple[str, str]:
    """What a signed file's seal was found to be when it came."""
    return {
        "valid": (_("Chữ ký số của cổng còn nguyên"), "jade"),
        "expired": (_("Văn bản của cổng, đã hết hạn"), "amber"),
        "revoked": (_("Văn bản của cổng, đã thu hồi"), "red"),
        "replaced": (_("Văn bản của cổng, đã thay bằng bản khác"), "red"),
        "altered": (_("Chữ ký số không còn đúng: tệp đã bị sửa"), "red"),
        "foreign": (_("Có chữ ký số của nơi khác, chưa kiểm tra"), "amber"),
    }.get(verdict or "", ("", ""))


@blueprint.get("/dossiers/<code>/attachments/<uuid:attachment_id>")
@staff(Permission.SEE_DOSSIER)
def attachment(code: str, attachment_id: uuid.UUID) -> Response:
    found = _opened_attachment(code, attachment_id)
    return kept_response(open_attachment(found), found.name, found.media_type)


@blueprint.get("/dossiers/<code>/attachments/<uuid:attachment_id>/preview")
@staff(Permission.SEE_DOSSIER)
@previews
def attachment_preview(code: str, attachment_id: uuid.UUID) -> Response:
    content = open_attachment(_opened_attachment(code, attachment_id))
    close_session()  # no connection is held while the picture is drawn
    try:
        return picture_response(uploads.preview(content))
    except UnfitFile as unfit:
        raise NotFound from unfit


def _opened_attachment(code: str, attachment_id: uuid.UUID) -> Attachment:
    dossier = at_counter(db(), current_actor(), code)
    found = attachment_of(db(), dossier, attachment_id)
    note_opened(dossier)
    return found
