"""Reading one procedure before filing it: what it gives, to whom, what to bring and what not, its fee and date in one's case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.models import Office
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.handling import Awaited, Component
from portal.services.catalogue.offer import (
    MOST_COUNTED,
    Papers,
    Situation,
    Way,
    counted_keys,
    depends_on_answers,
    fee_in,
    papers_of,
    payers_told,
    unsure_of,
    usual_count,
    usual_situation,
    ways,
    why_this_line,
)
from portal.services.catalogue.reckoning import term_rule
from portal.services.catalogue.schema import Definition, Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.deadlines import Promise
from portal.services.dossiers.offices import offices_for
from portal.services.registries.prefill import connected
from portal.web.access import public
from portal.web.database import db
from portal.web.language import current_language
from portal.web.procedure_words import (
    awaited_words,
    channel_description,
    level_of_offices,
    line_words,
    partial_reason_words,
    performed_at,
)
from portal.web.questions import registry_name
from portal.web.word_filters import channel_words, day_words

Say = Callable[[str], str]
COUNTED = "n."  # before the name of a box that says how many


@dataclass(frozen=True)
class Reading:
    """A procedure as somebody reads it: in which language, for which situation, at which office."""

    procedure: Procedure
    situation: Situation
    office: Office | None
    offices: list[Office]
    is_chosen: bool

    @property
    def definition(self) -> Definition:
        return self.procedure.definition

    def say(self, text: str) -> str:
        """A text of the procedure in the language of the page."""
        return self.procedure.say(text, current_language())


@blueprint.get("/procedures/<code>")
@public
def procedure(code: str) -> ResponseReturnValue:
    reading = _reading(current(db(), code))
    definition, say = reading.definition, reading.say
    lines = fee_in(reading.procedure, reading.situation, clock.today())
    return render_template(
        "citizen/procedure.html",
        procedure=reading.procedure,
        definition=definition,
        say=say,
        fee_lines=[line_words(line, say, why_this_line(reading.procedure, line.rule, reading.situation)) for line in lines],
        fee_total_vnd=total_vnd(lines) if lines else None,
        is_chosen=reading.is_chosen,
        questions=_questions(reading),
        situation_words=_situation_words(reading),
        term=term_rule(definition, reading.situation.channel, reading.situation.case),
        promise=_promise(reading),
        papers=_paper_lists(reading, papers_of(definition, reading.situation.case)),
        offices=[_office(office) for office in ([reading.office] if reading.office and reading.is_chosen else reading.offices)],
        office_level=level_of_offices(definition.competence.level),
        by_address=_address_label(reading),
        ways=[_way(reading, way) for way in _ways(reading)],
        awaited=[awaited_words(one, say) for one in definition.awaits if not _has_come(one)],
        registries=[{"name": registry_name(lookup.registry), "why": say(lookup.why)} for lookup in definition.lookups],
        partial_reason_kind=partial_reason_words(definition.partial_reason_kind),
        performed_at=performed_at(definition.levels),
        is_essential="essential_06" in definition.tags,
        unsure=unsure_of(definition) if current_actor().holds_anywhere(Permission.EDIT_CATALOGUE) else (),
    )


def _has_come(awaited: Awaited) -> bool:
    """Whether what the procedure awaits is there: a registry that this installation asks by now."""
    return awaited.organ == "registry" and awaited.name in connected()


def _reading(found: Procedure) -> Reading:
    """The procedure in the situation that the address chooses; whatever it names and nobody knows is as if not chosen."""
    definition, usual = found.definition, usual_situation(found)
    offices = offices_for(db(), found)
    office = next((one for one in offices if one.code == request.args.get("office")), offices[0] if offices else None)
    cases = {case.id for case in definition.cases}
    payers = {payer.id for payer in payers_told(definition)}
    wanted = request.args
    situation = Situation(
        channel=next((one for one in definition.reception.channels if one == wanted.get("channel")), usual.channel),
        case=wanted["case"] if wanted.get("case") in cases else usual.case,
        province_code=office.province_code if office else "",
        payer_class=wanted["payer"] if wanted.get("payer") in payers else "",
        counts={key: _count(wanted.get(COUNTED + key, ""), usual_count(found, key)) for key in counted_keys(definition)},
    )
    return Reading(found, situation, office, offices, is_chosen=bool(request.args))


def _count(typed: str, usual: int) -> int:
    typed = typed.strip()
    return min(int(typed), MOST_COUNTED) if typed.isascii() and typed.isdigit() and len(typed) < 6 else usual


def _ways(reading: Reading) -> tuple[Way, ...]:
    every = ways(reading.procedure, reading.situation.province_code, clock.today())
    return tuple(way for way in every if way.channel != "online" or reading.procedure.is_filed_online)


def _questions(reading: Reading) -> list[dict[str, Any]]:
    """The fields of the form that works the fee out; a field with nothing to choose is left out."""
    definition, situation, say = reading.definition, reading.situation, reading.say
    online = reading.procedure.is_filed_online
    channels = [channel for channel in definition.reception.channels if online or channel != "online"]
    payers = [("", _("Không thuộc diện nào dưới đây")), *((one.id, say(one.name)) for one in payers_told(definition))]
    fields = [
        _choice("case", _("Trường hợp của ông/bà"), [(one.id, say(one.name)) for one in definition.cases], situation.case),
        _choice("channel", _("Cách nộp"), [(one, channel_words(one)) for one in channels], situation.channel),
        _choice("office", _("Nơi giải quyết"), [(one.code, _name_of(one)) for one in reading.offices],
                reading.office.code if reading.office else ""),
        _choice("payer", _("Diện được miễn, giảm"), payers, situation.payer_class),
    ]  # fmt: skip
    counted = [
        {"name": COUNTED + key, "kind": "integer", "label": _label_of_counted(reading, key), "value": situation.counts[key]}
        for key in counted_keys(definition)
    ]
    return [field for field in fields if len(field["options"]) > 1] + counted


def _choice(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    listed = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "kind": "radios" if len(listed) <= 4 else "select", "label": label, "options": listed, "value": chosen}


def _label_of_counted(reading: Reading, key: str) -> str:
    groups = [group for page in reading.definition.pages for group in page.groups if group.key == key]
    if groups:
        return _("Số lượng: %(what)s", what=reading.say(groups[0].title))
    return str(getattr(reading.procedure.elements[key].label, current_language()))


def _situation_words(reading: Reading) -> str:
    """For which situation the figures of the page hold, in one line."""
    situation = reading.situation
    case = next((reading.say(case.name) for case in reading.definition.cases if case.id == situation.case), "")
    return " · ".join(filter(None, [case, channel_words(situation.channel)]))


def _promise(reading: Reading) -> dict[str, Any] | None:
    """When the result would be there if the dossier were taken in now, and how that was counted; None where no term is known."""
    situation = reading.situation
    if term_rule(reading.definition, situation.channel, situation.case) is None:
        return None
    promised: Promise = promise_for(db(), reading.procedure, situation.channel, clock.now(), situation.case)
    days = [(line.day, day_words((line.kind, line.number, line.name))) for line in promised.days]
    return {"at": promised.promised_at, "days": days}


def _paper_lists(reading: Reading, papers: Papers) -> dict[str, list[dict[str, str]]]:
    return {
        "to_hand_in": [_to_bring(component, reading.say) for component in papers.to_hand_in],
        "to_show": [_to_bring(component, reading.say) for component in papers.to_show],
        "held": [_held(reading, component) for component in papers.held],
        "reused": [_line(component, reading.say) for component in papers.reused],
        "declared": [_line(component, reading.say) for component in papers.declared],
    }


def _line(component: Component, say: Say, *notes: str) -> dict[str, str]:
    return {"name": say(component.name), "note": " · ".join(filter(None, [say(component.note), *notes]))}


def _to_bring(component: Component, say: Say) -> dict[str, str]:
    forms = {"original": _("bản chính"), "copy": _("bản sao"), "electronic": _("bản điện tử")}
    return _line(
        component,
        say,
        _("%(count)s %(form)s", count=component.count, form=forms[component.form]),
        "" if component.is_required else _("không bắt buộc"),
        _("chỉ trong một số tình huống; cổng hỏi khi ông/bà khai") if depends_on_answers(component) else "",
    )


def _held(reading: Reading, component: Component) -> dict[str, str]:
    """A paper whose data a register holds; where this portal cannot ask that register yet, it says so."""
    sources = [reading.procedure.elements[key].source for key in component.elements]
    silent = dict.fromkeys(registry_name(one.registry) for one in sources if one and one.registry not in connected())
    note = _("cổng chưa kết nối %(names)s: ông/bà khai, cơ quan kiểm tra", names=", ".join(silent)) if silent else ""
    return _line(component, reading.say, note)


def _name_of(office: Office) -> str:
    return office.name_en if current_language() == "en" else office.name


def _office(office: Office) -> dict[str, str]:
    return {"name": _name_of(office), "address": office.address, "phone": office.phone}


def _address_label(reading: Reading) -> str:
    element = reading.procedure.elements.get(reading.definition.competence.by_address)
    return str(getattr(element.label, current_language())) if element else ""


def _way(reading: Reading, way: Way) -> dict[str, Any]:
    """A row of the table of ways to file."""
    description = reading.say(way.term.description) if way.term else ""
    return {
        "channel": channel_words(way.channel),
        "cases": [reading.say(case.name) for case in way.cases],
        "term": way.term.term if way.term else "",
        "fees": [{"label": reading.say(line.rule.label), "amount_vnd": line.amount_vnd} for line in way.fees],
        "description": description or channel_description(way.channel, reading.definition),
        "legal_basis": way.term.legal_basis if way.term else "",
    }
