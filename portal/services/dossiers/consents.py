"""Consents to look-ups: given for one draft before anything is asked, listed for whoever gave them, taken back at any time."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from portal import clock
from portal.auth.permissions import Actor
from portal.db import new_id
from portal.models import Consent, ConsentWithdrawal, Dossier
from portal.services.catalogue.provenance import CITIZEN, DISPUTED, Answer
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.carry_over import SET_ASIDE
from portal.services.dossiers.fill_draft import CARD, IDENTITY
from portal.services.errors import GuardRefused, NotFound
from portal.services.registries.prefill import connected

NOT_OF_A_REGISTRY = frozenset({CITIZEN, IDENTITY, CARD})
REFERENCE = "consent:"
TAKEN_BACK = "Ông/bà vừa rút lại sự đồng ý nên cổng không giữ những gì tra cứu được."


def agree_to_lookups(session: Session, actor: Actor, draft: Dossier, procedure: Procedure, *, language: str) -> Consent:
    """Write down that the actor agrees to the look-ups of the procedure for their draft, before the first is sent.

    Effects: the consent's row, which nothing changes any more.
    Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (consent is informed, for each purpose, and can be proven).
    """
    consent = Consent(
        account_id=actor.account_id,
        dossier_id=draft.id,
        procedure_code=procedure.code,
        version_hash=procedure.content_hash,
        language=language,
        lookups=[
            {
                "registry": lookup.registry,
                "about": lookup.about,
                "purpose": lookup.purpose,
                "legal_ground": lookup.legal_ground,
                "elements": list(lookup.elements),
            }
            for lookup in procedure.definition.lookups
            if lookup.registry in connected()
        ],
        given_at=clock.now(),
    )
    session.add(consent)
    session.flush()
    return consent


def reference_of(consent: Consent) -> str:
    """How a look-up names the consent that it rests on."""
    return f"{REFERENCE}{consent.id}"


def require_standing(session: Session, consent: Consent) -> None:
    """See that the consent still stands when the answers come; from here to the commit nobody takes it back.

    Raises:
        GuardRefused: it was taken back while the registries were asked.
    """
    session.get_one(Dossier, consent.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    if session.scalars(select(ConsentWithdrawal.id).where(ConsentWithdrawal.consent_id == consent.id)).first() is not None:
        raise GuardRefused(TAKEN_BACK)


def consents_of(session: Session, actor: Actor) -> list[Consent]:
    """What the actor agreed to, newest first, under whichever of their accounts."""
    query = select(Consent).where(Consent.account_id.in_(_accounts(actor))).options(joinedload(Consent.dossier))
    return list(session.scalars(query.order_by(Consent.given_at.desc(), Consent.id.desc())))


def consent_of(session: Session, actor: Actor, consent_id: uuid.UUID) -> Consent:
    """One consent of the actor's.

    Raises:
        NotFound: none, or somebody else's.
    """
    query = select(Consent).where(Consent.id == consent_id, Consent.account_id.in_(_accounts(actor)))
    consent = session.scalars(query.options(joinedload(Consent.dossier))).first()
    if consent is None:
        raise NotFound
    return consent


def withdraw_consent(session: Session, actor: Actor, consent_id: uuid.UUID) -> Consent:
    """Take the consent back. A draft forgets what was looked up; a dossier that was filed goes on, as the law demands.

    Taking it back again changes nothing.

    Raises:
        NotFound: none, or somebody else's.

    Effects: the withdrawal's row; of a draft the values, outcomes and evidence of every look-up are gone, so that it asks
        for consent again. That it was looked up stays in the ledger.
    Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (withdrawal in verifiable form; it does not touch a legal duty).
    """
    consent = consent_of(session, actor, consent_id)
    draft = session.get_one(Dossier, consent.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    row = {"id": new_id(), "consent_id": consent.id, "account_id": actor.account_id, "withdrawn_at": clock.now()}
    session.execute(insert(ConsentWithdrawal).values(row).on_conflict_do_nothing())
    if draft.draft is not None:
        _forget(session, draft)
    session.flush()
    session.refresh(consent, ["withdrawal"])
    return consent


def _forget(session: Session, draft: Dossier) -> None:
    aside = draft.draft.get(SET_ASIDE) or {}
    draft.draft = {
        **draft.draft,
        "answers": {key: one for key, answer in draft.draft["answers"].items() if (one := _without_looked_up(answer))},
        SET_ASIDE: {key: kept for key, kept in aside.items() if kept["answer"]["source"] in NOT_OF_A_REGISTRY},
        "replies": {},
        "consent": None,
        "office_code": None,
    }
    draft.updated_at = clock.now()
    session.execute(select(func.forget_evidence_of_draft(draft.id)))


def _without_looked_up(answer: Answer) -> Answer | None:
    """The answer, if the person gave it; of a repeating group only the items that no registry gave."""
    if answer["source"] not in NOT_OF_A_REGISTRY:
        claim = answer.get(DISPUTED)  # what the person says is right is theirs, and stands as what they typed
        return {"value": claim["claimed"], "source": CITIZEN} if claim else None
    value = answer["value"]
    if isinstance(value, list) and any(isinstance(item, dict) and "is_seeded" in item for item in value):
        return {**answer, "value": own} if (own := [item for item in value if not item["is_seeded"]]) else None
    return answer


def _accounts(actor: Actor) -> frozenset[Any]:
    return actor.own_accounts | {actor.account_id}
