"""The ledger of who had whose data: every look-up with what came of it, every opening of a dossier, every reveal.

An entry is written in the transaction of whatever it tells of, so that without it nothing is shown or kept. The database
numbers and chains the entries when that transaction commits, as its very last step: the chain's lock is held for the commit
alone, and whoever writes an entry needs to know nothing of other locks. Reading the entries is the access log's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785
import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.blind_index import personal_id_hash
from portal.crypto import sha256
from portal.models import AccessEntry, Dossier, Evidence
from portal.services.registries.exchange import Ask, Reply

LOOKUP, OPENING, REVEAL = "lookup", "opening", "reveal"
CITIZEN, SYSTEM, OWNER = "citizen", "system", "owner"
QUARTER_MINUTES = 15
_LINK = ("number", "previous_hash", "hash")  # what the database alone writes
_SAID = tuple(column.key for column in AccessEntry.__table__.columns if column.key not in _LINK)


class Delay(BaseModel):
    """A purpose whose entries are shown to their subject only after a time, and by which law."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: str
    days: int = Field(gt=0)
    source: str
    unsure: str = ""


@lru_cache(maxsize=1)
def delays() -> dict[str, Delay]:
    """The lawful delays of `delays.yaml`, by purpose."""
    rows = yaml.safe_load((Path(__file__).parent / "delays.yaml").read_text(encoding="utf-8"))
    return {row["purpose"]: Delay.model_validate(row) for row in rows}


def shown_from(purpose: str, happened_at: datetime, *, is_own: bool) -> datetime:
    """When the subject may read of it: at once, or after the purpose's delay where somebody else asked."""
    delay = None if is_own else delays().get(purpose)
    return happened_at + timedelta(days=delay.days) if delay else happened_at


def keep_lookups(
    session: Session, actor: Actor, asks: Mapping[str, Ask], replies: Mapping[str, Reply], *, dossier: Dossier | None
) -> None:
    """Keep what came of every look-up that was sent, whatever came of it: the one way in which a reply is kept.

    `asks`, `replies`: a look-up's name (its registry, and `/element` about somebody else) -> what was asked, what was answered;
    a reply whose ask is not given is not kept by anybody.
    `dossier`: the draft or dossier for which was asked; None where none came of it (nobody matched, the person has died).

    Raises:
        KeyError: a reply without its ask.

    Effects: for each reply one entry of the ledger, and under a dossier one row of evidence.
    Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: whose data, for what, on which ground (rights of the person).
    """
    for name, reply in replies.items():
        ask, about = asks[name], name.partition("/")[2]
        session.add(_lookup_entry(actor, ask, reply, dossier))
        if dossier is not None:
            session.add(_evidence(dossier, actor, ask, reply, about))
    session.flush()


def _lookup_entry(actor: Actor, ask: Ask, reply: Reply, dossier: Dossier | None) -> AccessEntry:
    subject_hash = personal_id_hash(ask.subject.personal_id)
    is_own = ask.requester.kind == CITIZEN and subject_hash == actor.subject_hash
    return AccessEntry(
        kind=LOOKUP,
        subject_hash=subject_hash,
        owner_id=_account_of(actor, subject_hash, dossier),
        actor_id=actor.id,
        actor_role=_role(actor, ask, dossier),
        office_code=ask.requester.office or "",
        purpose=ask.purpose,
        legal_ground=ask.legal_ground,
        basis=ask.basis,
        basis_reference=ask.basis_reference,
        source=reply.registry,
        fields=list(ask.scope),
        outcome=reply.outcome.value,
        request_id=ask.request_id,
        happened_at=reply.fetched_at,
        shown_from=shown_from(ask.purpose, reply.fetched_at, is_own=is_own),
        **_about(dossier, ask),
    )


def _account_of(actor: Actor, subject_hash: bytes, dossier: Dossier | None) -> Any:
    """The account of whoever was asked about, where it is the actor or the dossier's subject."""
    if dossier is not None and dossier.subject_hash == subject_hash:
        return dossier.owner_id
    return actor.account_id if actor.subject_hash == subject_hash else None


def _role(actor: Actor, ask: Ask, dossier: Dossier | None) -> str:
    if actor.is_system:
        return SYSTEM
    if ask.requester.kind == CITIZEN or ask.requester.office is None:
        return OWNER
    role = actor.role_for(Permission.SEE_DOSSIER, ask.requester.office, ask.procedure_code)
    return role.value if role else ""


def _about(dossier: Dossier | None, ask: Ask) -> dict[str, Any]:
    if dossier is None:
        return {"dossier_code": ask.dossier_code or "", "procedure_code": ask.procedure_code}
    return {"dossier_id": dossier.id, "dossier_code": dossier.code or "", "procedure_code": dossier.procedure_code}


def _evidence(dossier: Dossier, actor: Actor, ask: Ask, reply: Reply, about: str) -> Evidence:
    """The snapshot of one reply, sealed with the dossier."""
    content = dict(reply.fields)
    return Evidence(
        data_key=dossier.data_key,
        dossier_id=dossier.id,
        source=reply.registry,
        about=about,
        request_id=reply.request_id,
        response_id=reply.response_id,
        requester_kind=ask.requester.kind,
        requester_id=actor.id,
        outcome=reply.outcome.value,
        as_of=reply.as_of,
        fetched_at=reply.fetched_at,
        record_version=reply.record_version,
        content=content,
        content_hash=sha256(rfc8785.dumps(content)),
    )


@dataclass(frozen=True)
class Purpose:
    """Why staff open a dossier, as a code with its ground in the law."""

    code: str
    legal_ground: str


HANDLING = Purpose("handle_dossier", "NĐ 118/2025/NĐ-CP: tiếp nhận, giải quyết, trả kết quả hồ sơ")
FILING_FOR = Purpose("file_at_counter", "NĐ 118/2025/NĐ-CP: giúp nộp hồ sơ tại quầy (R21)")
HELPING = Purpose("help_owner", "NĐ 118/2025/NĐ-CP: giúp người nộp tại quầy (R20, R21)")
ELSEWHERE = Purpose("read_elsewhere", "NĐ 118/2025/NĐ-CP: phối hợp giữa các bộ phận một cửa, có lý do")


@dataclass(frozen=True)
class Seat:
    """In which role and at which office somebody looks."""

    role: str
    office_code: str


def note_openings(
    session: Session, actor: Actor, dossiers: Sequence[Dossier], seat: Seat, purpose: Purpose, *, reason: str = ""
) -> None:
    """Note that staff open these dossiers, before any of it is shown; the caller commits and only then draws the page.

    One entry for a person, a dossier and a quarter of an hour by the clock: whoever leafs through a dossier's pages within
    it opened it once. `reason`: in the person's own words, where one was asked.

    Effects: an entry for each dossier that has none of this person and quarter.
    Source: as `keep_lookups`.
    """
    now = clock.now()
    rows = [_opening(actor, dossier, seat, purpose, reason, now) for dossier in dossiers]
    if rows:
        session.execute(insert(AccessEntry).values(rows).on_conflict_do_nothing())


def note_reveal(
    session: Session, actor: Actor, dossier: Dossier, seat: Seat, purpose: Purpose, fields: Sequence[str], reason: str
) -> None:
    """Note that staff uncover sensitive answers of a dossier, and why; `fields` are keys of the data dictionary.

    Effects: one entry, each time.
    """
    session.add(_entry_of(actor, dossier, seat, purpose, reason, clock.now(), kind=REVEAL, fields=list(fields)))
    session.flush()


def _opening(actor: Actor, dossier: Dossier, seat: Seat, purpose: Purpose, reason: str, now: datetime) -> dict[str, Any]:
    quarter = now.replace(minute=now.minute - now.minute % QUARTER_MINUTES, second=0, microsecond=0)
    entry = _entry_of(actor, dossier, seat, purpose, reason, now, kind=OPENING, quarter=quarter)
    return {name: getattr(entry, name) for name in _SAID}


def _entry_of(
    actor: Actor, dossier: Dossier, seat: Seat, purpose: Purpose, reason: str, now: datetime, **more: Any
) -> AccessEntry:
    return AccessEntry(
        data_key=dossier.data_key,
        data_key_id=dossier.data_key_id,
        subject_hash=dossier.subject_hash,
        owner_id=dossier.owner_id,
        actor_id=actor.id,
        actor_role=seat.role,
        office_code=seat.office_code,
        purpose=purpose.code,
        legal_ground=purpose.legal_ground,
        basis="law",
        basis_reference=purpose.legal_ground,
        source="",
        outcome="",
        request_id="",
        dossier_id=dossier.id,
        dossier_code=dossier.code or "",
        procedure_code=dossier.procedure_code,
        happened_at=now,
        shown_from=shown_from(purpose.code, now, is_own=False),
        reason=reason or None,
        **{"fields": [], **more},
    )
