"""Who may get a dossier and why, and why whoever has it has it, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth.session import current_actor
from portal.models import Dossier, Event
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.assign import may_give
from portal.services.dossiers.assignment import How
from portal.services.dossiers.officers import candidates_for, names_of
from portal.services.dossiers.suggested_officer import Candidate, Territory, grounds_of, suggested
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.words import act_name

ASSIGNING = frozenset({EVENT_NAMES[Act.ASSIGN], EVENT_NAMES[Act.REASSIGN]})


def officers_shown(dossier: Dossier, procedure: Procedure, form: Mapping[str, str], errors: Mapping[str, Any]) -> dict[str, Any]:
    """The officers who fit, each with what speaks for them; the one whom the rule names is marked, and chosen beforehand."""
    among = candidates_for(db(), dossier)
    named = suggested(among)
    best = named.officer.account_id if named else None
    others = [one for one in among if one.account_id != dossier.assigned_to]
    return {
        "choices": [_choice(one, among, best) for one in others],
        "suggested": str(best) if best and best != dossier.assigned_to else "",
        "may_give": may_give(current_actor(), dossier),
    }


def _choice(one: Candidate, among: Iterable[Candidate], best: uuid.UUID | None) -> dict[str, str]:
    label = _("%(name)s – cổng đề xuất", name=one.name) if one.account_id == best else one.name
    return {"value": str(one.account_id), "label": label, "hint": "; ".join(_candidate_words(one, among))}


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


def why_assigned(dossier: Dossier, events: Iterable[Event]) -> dict[str, str] | None:
    """Who has the dossier, from whom, since when and on what ground; nothing where nobody has it."""
    last = next((event for event in reversed(list(events)) if event.name in ASSIGNING), None)
    if last is None or dossier.assigned_to is None:
        return None
    is_mine = dossier.assigned_to == current_actor().account_id
    names = names_of(db(), {str(dossier.assigned_to), last.actor_id, last.facts.get("instead_of", "")})
    heading = _("Vì sao việc này của tôi") if is_mine else _("Ai thụ lý, vì sao")
    words = [_how(last, names, str(dossier.assigned_to), is_mine=is_mine), *_grounds_words(last.facts, names)]
    return {"heading": heading, "text": "; ".join(words) + "."}


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


def act_label(act: Act, dossier: Dossier) -> str:
    """The button of an act: whoever decides who appraises a dossier does not take it, but gives it."""
    return _("Phân công") if act is Act.ASSIGN and may_give(current_actor(), dossier) else act_name(act)
