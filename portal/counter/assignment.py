"""Who may get a dossier and why, and why whoever has it has it, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth.session import current_actor
from portal.models import Dossier, Event
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.assign import may_give
from portal.services.dossiers.assignment import How
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.suggested_officer import Candidate, Territory, grounds_of, suggested
from portal.services.dossiers.vocabulary import EVENT_NAMES, UNASSIGNED, Act, Place
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.words import act_name, place_name

ASSIGNING = frozenset({EVENT_NAMES[Act.ASSIGN], EVENT_NAMES[Act.REASSIGN]})


def officers_shown(dossier: Dossier, procedure: Procedure, form: Mapping[str, str], errors: Mapping[str, Any]) -> dict[str, Any]:
    """The officers who fit, each with what speaks for them; the one whom the rule names is marked, and chosen beforehand."""
    among = candidates_for(db(), dossier)
    named = suggested(among)
    best = named.officer.account_id if named else None
    others = [one for one in among if one.account_id != dossier.assigned_to and not one.is_absent]
    return {
        "choices": [_choice(one, among, best) for one in others],
        "suggested": str(best) if best and best != dossier.assigned_to else "",
        "absent": [_absent_words(one, among) for one in among if one.is_absent],
        "may_give": may_give(current_actor(), dossier),
    }


def _choice(one: Candidate, among: Iterable[Candidate], best: uuid.UUID | None) -> dict[str, str]:
    label = _("%(name)s – cổng đề xuất", name=one.name) if one.account_id == best else one.name
    return {"value": str(one.account_id), "label": label, "hint": "; ".join(_candidate_words(one, among))}


def _absent_words(one: Candidate, among: Iterable[Candidate]) -> str:
    stand_in = next((other.name for other in among if other.account_id == one.stand_in_id), "")
    return _("%(name)s (người thay: %(stand_in)s)", name=one.name, stand_in=stand_in) if stand_in else one.name


def _candidate_words(one: Candidate, among: Iterable[Candidate]) -> list[str]:
    grounds = grounds_of(one, among)
    held = ngettext("đang giữ một hồ sơ", "đang giữ %(num)s hồ sơ", one.open_dossiers)
    return [_procedure_words(grounds), *_territory_words(grounds), held]


def _procedure_words(grounds: Mapping[str, Any]) -> str:
    return _("được giao riêng thủ tục này") if grounds["procedure"] else _("được giao mọi thủ tục của cơ quan")


def _territory_words(grounds: Mapping[str, Any]) -> list[str]:
    said = {Territory.MATCH: _("phụ trách địa bàn của chủ hồ sơ"), Territory.OTHER: _("phụ trách địa bàn khác")}
    words = said.get(Territory(grounds["territory"]))
    return [words] if words else []


def why_assigned(dossier: Dossier, events: Sequence[Event], names: Mapping[str, str]) -> dict[str, str] | None:
    """Who has the dossier, from whom, since when and on what ground; nothing where nobody has it."""
    last, holder_id = _last_assignment(events), str(dossier.assigned_to)
    if last is None or dossier.assigned_to is None:
        return None
    is_mine = current_actor().is_one_of(dossier.assigned_to)
    stands_in = dossier.assigned_to in current_actor().stands_in_for
    heading = _("Vì sao việc này của tôi") if is_mine or stands_in else _("Ai thụ lý, vì sao")
    first = [_("Ông/bà thay %(name)s đang vắng mặt", name=names.get(holder_id, ""))] if stands_in else []
    words = [*first, _how(last, names, holder_id, is_mine=is_mine), *_grounds_words(last.facts, names)]
    return {"heading": heading, "text": "; ".join(words) + "."}


def _last_assignment(events: Sequence[Event]) -> Event | None:
    return next((event for event in reversed(events) if event.name in ASSIGNING), None)


def in_whose_place(event: Event, names: Mapping[str, str]) -> str:
    """For whom the event's actor stood in; of assignments the page says it where it says why."""
    absent = names.get(event.facts.get("instead_of", ""), "")
    return _("thay %(name)s vắng mặt", name=absent) if absent and event.name not in ASSIGNING else ""


def _how(event: Event, names: Mapping[str, str], holder_id: str, *, is_mine: bool) -> str:
    when, giver, holder = write_short_moment(event.happened_at), names.get(event.actor_id, ""), names.get(holder_id, "")
    how = event.facts.get("how") or (How.TAKEN if event.name == EVENT_NAMES[Act.ASSIGN] else How.GIVEN)
    if is_mine:
        return {
            How.TAKEN: _("Ông/bà tự nhận lúc %(when)s", when=when),
            How.GIVEN: _("%(giver)s giao cho ông/bà lúc %(when)s", giver=giver, when=when),
            How.BY_RULE: _("Hệ thống giao cho ông/bà theo quy tắc của cơ quan lúc %(when)s", when=when),
        }[How(how)]
    return {
        How.TAKEN: _("%(name)s tự nhận lúc %(when)s", name=holder, when=when),
        How.GIVEN: _("%(giver)s giao cho %(name)s lúc %(when)s", giver=giver, name=holder, when=when),
        How.BY_RULE: _("Hệ thống giao cho %(name)s theo quy tắc của cơ quan lúc %(when)s", name=holder, when=when),
    }[How(how)]


def _grounds_words(facts: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What spoke for the officer, in the numbers of that moment; an older event says nothing of it."""
    grounds, words = facts.get("grounds"), []
    if facts.get("instead_of"):
        words.append(_("thay %(name)s vắng mặt", name=names.get(facts["instead_of"], "")))
    if not grounds:
        return words
    held = ngettext("lúc ấy giữ một hồ sơ", "lúc ấy giữ %(num)s hồ sơ", grounds["open_dossiers"])
    if grounds["is_fewest"] and grounds["among"] > 1:
        held = _("%(held)s, ít nhất trong %(among)s người phù hợp", held=held, among=grounds["among"])
    return [*words, _procedure_words(grounds), *_territory_words(grounds), held]


def place_words(dossier: Dossier, place: Place) -> str:
    """Where a dossier stands; where the portal should have assigned it and did not, that too."""
    is_left = place == UNASSIGNED and dossier.office is not None and dossier.office.assigns_automatically
    return _("Chờ phân công: không ai phù hợp") if is_left else place_name(place)


def act_label(act: Act, dossier: Dossier) -> str:
    """The button of an act: whoever decides who appraises a dossier does not take it, but gives it."""
    return _("Phân công") if act is Act.ASSIGN and may_give(current_actor(), dossier) else act_name(act)
