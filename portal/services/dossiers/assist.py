"""Helping somebody at any counter with a dossier of theirs: the code on their slip and their card, then their own acts.

The clerk carries out what the owner may do (supply what was asked for, withdraw, answer a draft result), for this dossier
alone and a short time, and each act says so in the history. What else the owner has stays shut to the clerk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Assistance, Permission
from portal.blind_index import personal_id_hash
from portal.models import Account, Dossier, DossierOpening, Notice
from portal.services.dossiers.citizen_card import read_card
from portal.services.dossiers.consequences import notify
from portal.services.dossiers.guards import not_own_dossier
from portal.services.dossiers.queries import facts_of, of_any_office
from portal.services.errors import InvalidInput, NotFound

HELPED = "helped_at_counter"
HELPS_FOR = timedelta(minutes=30)
CODE_FIELD, CARD_FIELD, PRESENT_FIELD = "code", "card", "is_present"
REASON = "Người nộp có mặt tại quầy, xuất trình thẻ và nhờ cán bộ giúp."
OWN = "Hồ sơ của chính mình hoặc của người cùng hộ thì nhờ cán bộ khác giúp."
UNKNOWN = "Không có hồ sơ nào mang mã này của người có số này."


def assist(session: Session, actor: Actor, said: Mapping[str, str]) -> Dossier:
    """Open the dossier of the person who stands here; `said`: `code`, `card` (scanned text or number) and `is_present`.

    Raises:
        InvalidInput: with messages for each field; a wrong code and a wrong card are told apart by nobody. The clerk's own
            dossier, or one of their household, is helped with by somebody else.
        NotFound: the actor serves at no counter.

    Effects: the opening's row, which the owner sees; a notice, so that whoever did not ask for help learns of it at once.
    Source: the one-stop rules (R20, R21): any counter helps, whichever office decides.
    """
    card = read_card(said.get(CARD_FIELD, ""))
    errors = {} if card else {CARD_FIELD: ["Hãy quét thẻ, hoặc nhập 12 chữ số của số định danh."]}
    if said.get(PRESENT_FIELD) != "yes":
        errors[PRESENT_FIELD] = ["Chỉ giúp khi người nộp có mặt và xuất trình thẻ."]
    if card is None or errors:
        raise InvalidInput(errors)
    dossier = _of_person(session, said.get(CODE_FIELD, ""), card.personal_id)
    if not_own_dossier(facts_of(dossier), actor):
        raise InvalidInput({CODE_FIELD: [OWN]})
    session.refresh(dossier, with_for_update={"of": Dossier})  # before the row that refers to it: two helpers follow each other
    session.add(
        DossierOpening(
            data_key=dossier.data_key, dossier_id=dossier.id, account_id=actor.account_id, with_owner=True,
            office_code=_counter(actor, dossier), role=_role(actor, dossier), opened_at=clock.now(), reason=REASON,
        )
    )  # fmt: skip
    session.flush()
    _tell_owner(session, dossier)
    return dossier


def _tell_owner(session: Session, dossier: Dossier) -> None:
    """Tell the owner, once for each step of the dossier however often it is opened there."""
    known = (Notice.dossier_id == dossier.id, Notice.kind == HELPED, Notice.dossier_version == dossier.version)
    if session.scalars(select(Notice.id).where(*known)).first() is None:
        notify(session, dossier, HELPED, clock.now())


def _of_person(session: Session, code: str, personal_id: str) -> Dossier:
    try:
        dossier = of_any_office(session, code.strip().upper())
    except NotFound as unknown:
        raise InvalidInput({CODE_FIELD: [UNKNOWN]}) from unknown
    if session.get_one(Account, dossier.owner_id).subject_hash != personal_id_hash(personal_id):
        raise InvalidInput({CODE_FIELD: [UNKNOWN]})
    return dossier


def _counter(actor: Actor, dossier: Dossier) -> str:
    """The counter at which the actor helps: the dossier's own office before others.

    Raises:
        NotFound: none whose clerk may take in dossiers of this procedure.
    """
    own = [code for code in sorted(actor.offices(Permission.INTAKE)) if _role_at(actor, code, dossier)]
    if not own:
        raise NotFound
    return dossier.office_code if dossier.office_code in own else own[0]


def _role_at(actor: Actor, office_code: str, dossier: Dossier) -> str:
    role = actor.role_for(Permission.INTAKE, office_code, dossier.procedure_code)
    return role.value if role else ""


def _role(actor: Actor, dossier: Dossier) -> str:
    return _role_at(actor, _counter(actor, dossier), dossier)


def assisting(session: Session, actor: Actor, code: str, *, confirmed: str = "") -> Actor:
    """The actor at the side of the person whose dossier they opened a short while ago.

    `confirmed`: how the person confirmed what was written (`owner_word.CONFIRMATIONS`); without it nothing can be sent.

    Raises:
        NotFound: they did not open it, the time is over, or their duty ended meanwhile.
    """
    dossier = of_any_office(session, code)
    query = select(DossierOpening.opened_at).where(
        DossierOpening.dossier_id == dossier.id, DossierOpening.account_id == actor.account_id,
        DossierOpening.opened_at > clock.now() - HELPS_FOR, DossierOpening.with_owner,
    )  # fmt: skip
    if session.scalars(query.limit(1)).first() is None:
        raise NotFound
    return replace(actor, assists=Assistance(dossier.owner_id, dossier.id, _counter(actor, dossier), confirmed))
