"""Who looked at somebody's data, in plain words: who, why and on which ground, which data, for which dossier, when."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from portal.models import AccessEntry, Office
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.form import Lookup
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.access_log import Look
from portal.services.errors import NotFound
from portal.services.registries.ledger import LOOKUP, OPENING, OWNER, SYSTEM
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import registry_name
from portal.web.word_filters import outcome_words
from portal.web.words import role_name


def look_row(look: Look) -> dict[str, Any]:
    """One entry in words; staff stand here by office and role, never by name."""
    entry = look.entry
    procedure = _procedure_of(entry)
    return {
        "id": entry.id,
        "who": _who(look),
        "is_own": look.is_own,
        "what": _what(entry),
        "why": _why(entry, procedure),
        "reason": look.reason,
        "ground": entry.legal_ground,
        "basis": _basis(entry),
        "fields": field_labels(entry, procedure),
        "outcome": outcome_words(entry.outcome) if entry.outcome else "",
        "dossier_code": look.dossier_code,
        "procedure": procedure.say(procedure.definition.name, current_language()) if procedure else "",
        "when": entry.happened_at,
        "came_late": entry.shown_from > entry.happened_at,
    }


def _procedure_of(entry: AccessEntry) -> Procedure | None:
    try:
        return current(db(), entry.procedure_code)
    except NotFound:
        return None


def _who(look: Look) -> str:
    if look.is_own:
        return _("Chính ông/bà")
    if look.entry.actor_role == SYSTEM:
        return _("Cổng, tự động")
    if look.entry.actor_role == OWNER:  # of somebody else's dossier, in which the person appears
        return _("Người làm một thủ tục có ông/bà trong đó")
    office = office_name(look.office) if look.office else _("Cơ quan không còn trong danh mục")
    return _("%(role)s, %(office)s", role=role_name(look.entry.actor_role), office=office)


def office_name(office: Office) -> str:
    """An office's name in the page's language."""
    return office.name_en if current_language() == "en" else office.name


def _what(entry: AccessEntry) -> str:
    if entry.kind == LOOKUP:
        return _("Tra cứu %(registry)s", registry=registry_name(entry.source))
    return _("Mở hồ sơ") if entry.kind == OPENING else _("Xem phần được che trong hồ sơ")


def _why(entry: AccessEntry, procedure: Procedure | None) -> str:
    known = {
        "handle_dossier": _("Để giải quyết hồ sơ"),
        "file_at_counter": _("Để giúp nộp hồ sơ tại quầy"),
        "help_owner": _("Để giúp người nộp tại quầy"),
        "read_elsewhere": _("Cơ quan khác cần xem, có ghi lý do"),
        "reveal_sensitive": _("Cần xem dữ liệu nhạy cảm để giải quyết hồ sơ, có ghi lý do"),
    }
    if entry.kind != LOOKUP:
        return known.get(entry.purpose, entry.purpose)
    lookup = _lookup_in(entry, procedure)
    if procedure is None or lookup is None:
        return _("Mục đích mã %(code)s", code=entry.purpose)
    return _("Để hỏi %(why)s", why=procedure.say(lookup.why, current_language()))


def _lookup_in(entry: AccessEntry, procedure: Procedure | None) -> Lookup | None:
    lookups = procedure.definition.lookups if procedure else ()
    return next((one for one in lookups if (one.registry, one.purpose) == (entry.source, entry.purpose)), None)


def _basis(entry: AccessEntry) -> str:
    return _("theo sự đồng ý của ông/bà") if entry.basis == "consent" else _("theo quy định của pháp luật")


def field_labels(entry: AccessEntry, procedure: Procedure | None) -> list[str]:
    """What was asked for, as the data dictionary calls it; each name once."""
    elements = {**dictionary(), **(procedure.elements if procedure else {})}
    if entry.kind != LOOKUP:
        return [getattr(elements[key].label, current_language()) for key in entry.fields if key in elements]
    lookup, asked = _lookup_in(entry, procedure), set(entry.fields)
    named = [elements[key] for key in lookup.elements if key in elements] if lookup else []
    named = [element for element in named if element.source and element.source.field in asked]
    left = asked - {element.source.field for element in named if element.source}
    for element in elements.values():
        source = element.source
        if source is not None and source.registry == entry.source and source.field in left:
            named.append(element)
            left.discard(source.field)
    return list(dict.fromkeys(getattr(element.label, current_language()) for element in named))
