"""This is not right: what the person claims is kept beside the registry's value, with a reason or a paper, until filing.

No move of the dossier, and no value of it changes: conditions, fees and competence go on with what the registry said.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.elements import Element
from portal.services.catalogue.groups import REQUIRED
from portal.services.catalogue.provenance import DISPUTED, Answer
from portal.services.catalogue.reading import Form, read
from portal.services.catalogue.showing import show
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.claims import disputing, proof_of
from portal.services.errors import InvalidInput
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Upload
from portal.text import clean, refused_characters

REASON_FIELD = "reason"
LONGEST_REASON = 1000
Proof = tuple[Upload, ScanState]


def dispute(session: Session, actor: Actor, draft_id: uuid.UUID, key: str, form: Form, proof: Proof | None = None) -> None:
    """Keep what the person claims beside the registry's value of the element; a claim made before is changed.

    `form`: the element's own field, and `reason`. `proof`: a checked file, in place of one that was sent before.
    State: draft, before and after.

    Raises:
        NotFound: not the actor's draft, or no value of a registry under this key.
        IllegalMove: it was filed meanwhile.
        InvalidInput: no value that differs, or neither a reason nor a paper; nothing is kept.
        UnfitFile: the paper cannot be taken; the caller keeps nothing.
    """
    draft, _procedure, element = disputing(session, actor, draft_id, key)
    answer: Answer = draft.draft["answers"][key]
    before: dict[str, Any] = answer.get(DISPUTED) or {}
    has_paper = proof is not None or before.get("attachment") is not None
    claimed, reason = _read(element, answer, form, has_paper=has_paper)
    claim = {"claimed": claimed, "reason": reason, "attachment": before.get("attachment"), "at": clock.now().isoformat()}
    _keep(draft, key, {**answer, DISPUTED: claim})
    if proof is not None:
        attached = attach(session, actor, draft_id, proof_of(key), *proof)
        _let_go(session, draft, key, but=attached.id)
        _keep(draft, key, {**answer, DISPUTED: {**claim, "attachment": str(attached.id)}})


def take_back(session: Session, actor: Actor, draft_id: uuid.UUID, key: str) -> None:
    """The person accepts the registry's value after all: the claim and its paper go.

    Raises:
        NotFound, IllegalMove: as `dispute`.
    """
    draft, _procedure, _element = disputing(session, actor, draft_id, key)
    answer: Answer = draft.draft["answers"][key]
    _let_go(session, draft, key)
    _keep(draft, key, {name: part for name, part in answer.items() if name != DISPUTED})


def _read(element: Element, answer: Answer, form: Form, *, has_paper: bool) -> tuple[Any, str]:
    """The value and the reason as typed.

    Raises:
        InvalidInput: with messages for each field.
    """
    errors: dict[str, list[str]] = {}
    claimed = None
    try:
        claimed = read(element, form)
        if claimed is None:
            errors[element.key] = [REQUIRED]
        elif claimed == answer["value"] or show(element, claimed) == show(element, answer["value"]):
            errors[element.key] = ["Ông/bà ghi giống hệt dữ liệu đang có. Hãy ghi điều đúng."]
    except Unreadable as wrong:
        errors[element.key] = [str(wrong)]
    reason = "\n".join(clean(line) for line in str(form.get(REASON_FIELD, ""))[: LONGEST_REASON * 4].splitlines()).strip()
    if not reason and not has_paper:
        errors[REASON_FIELD] = ["Hãy ghi vì sao dữ liệu chưa đúng, hoặc gửi kèm giấy tờ."]
    elif len(reason) > LONGEST_REASON:
        errors[REASON_FIELD] = ["Lý do dài quá 1.000 ký tự."]
    elif refused_characters(reason, is_name=False):
        errors[REASON_FIELD] = ["Có ký tự không dùng được ở đây."]
    if errors:
        raise InvalidInput(errors)
    return claimed, reason


def _keep(draft: Dossier, key: str, answer: Answer) -> None:
    content = draft.draft
    draft.draft = {**content, "answers": {**content["answers"], key: answer}}
    draft.updated_at = clock.now()


def _let_go(session: Session, draft: Dossier, key: str, but: uuid.UUID | None = None) -> None:
    """The papers of an earlier claim about the element."""
    for one in attachments_of(session, draft):
        if one.component_id == proof_of(key) and one.id != but:
            one.removed_at = clock.now()
    session.flush()
