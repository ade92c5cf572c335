"""Who a dossier is about, and how they are reached: read off its answers when it is filed, and again when it is completed."""

from __future__ import annotations

from typing import Any

from portal.auth.permissions import Actor
from portal.blind_index import name_tokens, personal_id_hash
from portal.models import Dossier
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show


def follow_answers(dossier: Dossier, procedure: Procedure, filed: Answers, actor: Actor) -> None:
    """Let names, contact and delivery follow what the owner has changed; the office, the code and the secret stay."""
    before = dossier.parties
    now = parties_of(procedure, filed, actor, before["tracking_secret"])
    submitter = {**before["submitter"], **{key: now["submitter"][key] for key in ("email", "phone")}}
    dossier.parties = {**before, "subject": now["subject"], "contact": now["contact"], "submitter": submitter}
    dossier.delivery = str(filed[procedure.definition.delivery_element]["value"])
    dossier.name_tokens = name_tokens(dossier.parties["subject"]["full_name"])


def parties_of(procedure: Procedure, filed: Answers, actor: Actor, tracking_secret: str) -> dict[str, Any]:
    """Submitter and subject as papers name them, the contact for notices, and the tracking secret."""

    def said(element: str) -> str:
        answer = filed.get(element)
        return show(procedure.elements[element], answer["value"]) if answer else ""

    definition = procedure.definition
    address = said(definition.competence.by_address) if definition.competence.by_address else said("subject.permanent_residence")
    filer = {"full_name": said("subject.full_name") or actor.display_name, "address": address}
    subject = {**filer, "full_name": said(definition.subject_element) or filer["full_name"]}
    contact = {"email": filed.get("contact.email", {}).get("value"), "phone": filed.get("contact.phone", {}).get("value")}
    return {
        "subject": subject,
        "submitter": {**filer, "email": contact["email"] or "", "phone": said("contact.phone")},
        "contact": contact,
        "tracking_secret": tracking_secret,
    }


def household_hashes_of(filed: Answers) -> list[bytes]:
    """The keyed hashes of the household's personal IDs, by which nobody of it decides on the dossier."""
    household = filed.get("subject.household", {}).get("value")
    if not isinstance(household, dict):
        return []
    people = [household.get("head") or {}, *(household.get("members") or [])]
    return sorted({personal_id_hash(person["personal_id"]) for person in people if person.get("personal_id")})
