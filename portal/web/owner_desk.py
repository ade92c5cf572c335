"""Where the pages of an owner's own acts stand: at home, or at the counter with a clerk who writes for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.auth.permissions import Actor

Errors = Mapping[str, list[str]]


@dataclass(frozen=True)
class OwnerDesk:
    """One dossier's pages at one desk: who acts, where they lead, and what the counter's pages add.

    `attachment_view`: the endpoint of an attachment, empty where those not sent yet are not opened. `extra`: what stands
    around each page; `asked_last`: the questions at the end of each form that sends something, given what is wrong.
    """

    actor: Actor
    code: str
    back_url: str
    supplements_url: str
    attachment_view: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    asked_last: Callable[[Errors], list[dict[str, Any]]] = lambda _errors: []
