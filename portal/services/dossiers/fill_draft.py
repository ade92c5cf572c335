"""Filling a draft: the look-ups agreed to once, then page after page; every step is saved as it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session, object_session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import looked_up_elements, read_page, read_questions, unsettled_questions
from portal.services.catalogue.form import Page
from portal.services.catalogue.provenance import CITIZEN, Answers
from portal.services.catalogue.reading import Form
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.claims import with_claims
from portal.services.dossiers.lookups import wanted_of
from portal.services.dossiers.offices import competent_office, offices_for
from portal.services.dossiers.other_people import forget_whom
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput
from portal.services.registries.exchange import Ask, Outcome, Reply
from portal.services.registries.ledger import keep_lookups
from portal.services.registries.prefill import connected, prefilled

OFFICE_FIELD = "office"
IDENTITY, CARD = "eid", "card"
NOT_CONNECTED = "not_connected"
KNOWS_WHO_LIVES = frozenset({"population", "civil-status"})  # another registry that takes somebody for dead is merely wrong


def take_replies(
    session: Session,
    actor: Actor,
    draft: Dossier,
    procedure: Procedure,
    asks: Mapping[str, Ask],
    replies: Mapping[str, Reply],
    profile: Mapping[str, str],
    *,
    identity_source: str = IDENTITY,
) -> None:
    """Keep what the registries answered: in the ledger, as evidence, and as the draft's settled answers.

    `asks`, `replies`: by the name of the look-up. `profile`: what the identity provider says of the actor, or at the counter the
    person's card, which stands where a registry keeps silent; `identity_source` says which.

    Effects: as `keep_lookups`, for each reply; the consent and the outcomes stand in the draft. Claims beside earlier values
        are kept beside the new ones.

    Raises:
        GuardRefused: the population or civil-status register says that the person has died; nothing is kept yet, so the
            caller keeps that it was asked.
    """
    if any(reply.outcome is Outcome.DECEASED for name, reply in replies.items() if name in KNOWS_WHO_LIVES):
        raise GuardRefused("Cơ sở dữ liệu dân cư ghi nhận người này đã mất. Mời đến bộ phận một cửa để được giúp.")
    said = {
        **_typed(draft),
        **from_identity(procedure, profile, identity_source),
        **prefilled(list(wanted_of(procedure)), replies),
    }
    answers = with_claims(draft.draft["answers"], said)
    keep_lookups(session, actor, asks, replies, dossier=draft)
    unasked: dict[str, str] = {
        lookup.name: NOT_CONNECTED
        for lookup in procedure.definition.lookups
        if not lookup.about or lookup.registry not in connected()
    }
    outcomes = {**unasked, **{name: reply.outcome.value for name, reply in replies.items()}}
    consent = {"given_at": clock.now().isoformat(), "version": procedure.content_hash}
    forget_whom(draft)
    _save(draft, answers=answers, replies=outcomes, consent=consent)


def decline_lookups(draft: Dossier, procedure: Procedure, profile: Mapping[str, str]) -> None:
    """The person would rather type: no registry is asked, and every value but the login's is marked to be verified."""
    answers = with_claims(draft.draft["answers"], {**_typed(draft), **from_identity(procedure, profile)})
    forget_whom(draft)
    _save(draft, answers=answers, replies={}, consent={"declined_at": clock.now().isoformat()})


def _typed(draft: Dossier) -> Answers:
    return {key: answer for key, answer in draft.draft["answers"].items() if answer["source"] == CITIZEN}


def from_identity(procedure: Procedure, profile: Mapping[str, str], source: str = IDENTITY) -> Answers:
    """The answers that the login itself gives, or the card at the counter, so that nobody types who they are."""
    now = clock.now().isoformat()
    return {
        element.key: {"value": profile[element.identity_claim], "source": source, "as_of": now, "fetched_at": now}
        for element in looked_up_elements(procedure)
        if element.identity_claim and profile.get(element.identity_claim)
    }


def answer_facts(session: Session, draft: Dossier, procedure: Procedure, form: Form) -> None:
    """Take what the citizen types in place of facts that no registry gave, and the office where the address gives none.

    Raises:
        InvalidInput: with messages for each field.
        GuardRefused: the address lies outside every office of this portal.
        IllegalMove: it was filed meanwhile.
    """
    _lock(draft)
    questions = unsettled_questions(procedure, draft.draft["answers"])
    answers = read_questions(procedure, questions, form, draft.draft["answers"])
    chosen = form.get(OFFICE_FIELD, "") or draft.draft["office_code"]
    office = competent_office(session, procedure, answers, chosen)
    if office is None and not _must_choose(procedure, answers):
        raise GuardRefused("Nơi cư trú của ông/bà thuộc cơ quan chưa dùng cổng này. Mời nộp tại bộ phận một cửa nơi cư trú.")
    if office is None:
        raise InvalidInput({OFFICE_FIELD: ["Hãy chọn cơ quan nơi ông/bà cư trú."]})
    _save(draft, answers=answers, office_code=office.code)


def office_choices(session: Session, procedure: Procedure, draft: Dossier) -> list[tuple[str, str, str]]:
    """The offices to choose from (code, Vietnamese name, English name); empty where the address decides."""
    if not _must_choose(procedure, draft.draft["answers"]):
        return []
    return [(office.code, office.name, office.name_en) for office in offices_for(session, procedure)]


def _must_choose(procedure: Procedure, answers: Mapping[str, Mapping[str, Any]]) -> bool:
    address = answers.get(procedure.definition.competence.by_address, {}).get("value")
    return procedure.definition.competence.may_choose or not (isinstance(address, dict) and address.get("ward_code"))


def answer_page(draft: Dossier, procedure: Procedure, page: Page, form: Form) -> None:
    """Take one page's answers.

    Raises:
        InvalidInput: with messages for each field; the draft stays as it was.
        IllegalMove: it was filed meanwhile.
    """
    _lock(draft)
    _save(draft, answers=read_page(procedure, page, form, draft.draft["answers"]))


def _lock(draft: Dossier) -> None:
    """Let tabs follow each other: what another one has kept meanwhile is built upon, and what it has filed stays.

    Raises:
        IllegalMove: it was filed meanwhile.
    """
    session = object_session(draft)
    assert session is not None  # a draft that was read or opened
    session.flush()
    session.refresh(draft, with_for_update={"of": Dossier})
    if draft.draft is None:
        raise IllegalMove("answers stay as they were filed")


def _save(draft: Dossier, **changes: Any) -> None:
    draft.draft = {**draft.draft, **changes}
    draft.updated_at = clock.now()
