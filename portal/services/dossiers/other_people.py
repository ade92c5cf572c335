"""Whom a draft is about where that may be another than who files: chosen among relatives whom the registry names, or typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.others import OTHER, SELF, choosable, elements_about, whom_of
from portal.services.catalogue.provenance import CITIZEN, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.claims import with_claims
from portal.services.dossiers.lookups import wanted_of
from portal.services.errors import InvalidInput
from portal.services.registries.exchange import Ask, Reply
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import prefilled

WHOM_FIELD = "whom"


def is_whom_open(draft: Dossier, procedure: Procedure) -> bool:
    """Whether it is to be asked whom the draft is about: there is somebody to choose, and nobody has chosen."""
    return WHOM_FIELD not in draft.draft and bool(choosable(procedure, draft.draft["answers"], clock.today()))


def choose_whom(draft: Dossier, procedure: Procedure, chosen: str) -> None:
    """Say whom the draft is about: `self`, `other`, or the number of one of the relatives, from 1.

    What was looked up about somebody chosen before is forgotten.

    Raises:
        InvalidInput: nothing that can be chosen.
    """
    whom = whom_of(procedure)
    relatives = choosable(procedure, draft.draft["answers"], clock.today())
    allowed = {SELF: whom is not None and whom.may_be_self, OTHER: whom is not None and whom.may_be_other}
    by_number = {str(number): one for number, one in enumerate(relatives, 1)}
    if whom is None or not (allowed.get(chosen) or chosen in by_number):
        raise InvalidInput({WHOM_FIELD: ["Hãy chọn một người."]})
    gone = elements_about(procedure, whom.element) | {whom.element}
    answers: Answers = {
        key: answer for key, answer in draft.draft["answers"].items() if key not in gone or answer["source"] == CITIZEN
    }
    if chosen in by_number:
        answers = {key: answer for key, answer in answers.items() if key not in gone}
        answers[whom.element] = by_number[chosen].answer
        answers |= {key: {"value": value, "source": CITIZEN} for key, value in whom.sets.items()}
    replies = {name: outcome for name, outcome in draft.draft["replies"].items() if not name.endswith(f"/{whom.element}")}
    _save(draft, answers=answers, replies=replies, whom=chosen)


def forget_whom(draft: Dossier) -> None:
    """Ask anew whom the draft is about: the registries were asked anew."""
    draft.draft = {key: kept for key, kept in draft.draft.items() if key != WHOM_FIELD}


def take_about(
    session: Session, actor: Actor, draft: Dossier, procedure: Procedure, asks: Mapping[str, Ask], replies: Mapping[str, Reply]
) -> None:
    """Keep what the registries answered about others: in the ledger, as evidence, and among the draft's answers.

    A reply about somebody whom the draft is not about any more is not believed, and is kept in the ledger alone.

    Effects: as `keep_lookups`, for each reply; the outcomes stand in the draft.
    """
    before: Answers = draft.draft["answers"]
    stale = {name: reply for name, reply in replies.items() if not _is_still_named(before, name, asks[name])}
    keep_lookups(session, actor, asks, stale, dossier=None)
    replies = {name: reply for name, reply in replies.items() if name not in stale}
    said = {**before, **prefilled([one for one in wanted_of(procedure) if one.lookup in replies], replies)}
    keep_lookups(session, actor, asks, replies, dossier=draft)
    outcomes = {**draft.draft["replies"], **{name: reply.outcome.value for name, reply in replies.items()}}
    _save(draft, answers=with_claims(before, said), replies=outcomes)


def _is_still_named(answers: Answers, name: str, ask: Ask) -> bool:
    told = answers.get(name.partition("/")[2])
    return told is not None and told["value"].get("personal_id") == ask.subject.personal_id


def _save(draft: Dossier, **changes: Any) -> None:
    draft.draft = {**draft.draft, **changes}
    draft.updated_at = clock.now()
