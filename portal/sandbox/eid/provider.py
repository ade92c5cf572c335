"""What the provider is made of: keys, clients, clock, sessions, grants, faults; one per process, no addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from portal.sandbox.clock import Clock
from portal.sandbox.eid.claims import pairwise_subject
from portal.sandbox.eid.clients import Client
from portal.sandbox.eid.endpoints import endpoints
from portal.sandbox.eid.grants_store import GrantStore
from portal.sandbox.eid.keys import KeyRing
from portal.sandbox.eid.misbehave import FAULTS, has_fault
from portal.sandbox.eid.otp import OneTimePasswords
from portal.sandbox.eid.server import build_server
from portal.sandbox.eid.sessions import Sessions
from portal.sandbox.eid.watch import RequestLog
from portal.sandbox.faults import Switchboard
from portal.sandbox.people.model import Person
from portal.sandbox.state import secret_of


@dataclass
class Provider:
    """What the provider is made of; one per process."""

    issuer: str
    folder: Path
    clients: dict[str, Client]
    clock: Clock = field(default_factory=Clock)
    faults: Switchboard = field(default_factory=lambda: Switchboard(FAULTS))
    log: RequestLog = field(default_factory=RequestLog)

    def __post_init__(self) -> None:
        self.keys = KeyRing(self.folder / "eid-keys.json")
        self.subject_secret = secret_of(self.folder, "eid-subject.key")
        self.grants = GrantStore(self.clock.seconds)
        self.sessions = Sessions(self.clock.seconds)
        self.otp = OneTimePasswords(self.clock.seconds)
        self.server = build_server(self)
        for endpoint in endpoints(self):
            self.server.register_endpoint(endpoint)

    def subject(self, client_id: str, person: Person) -> str:
        """The person's pairwise `sub` at this client."""
        return pairwise_subject(self.subject_secret, client_id, person)

    def issuer_parameter(self) -> str | None:
        """The `iss` of authorization responses (RFC 9207)."""
        if has_fault(self, "missing_iss_parameter"):
            return None
        return "https://ke-gian.example/eid" if has_fault(self, "wrong_iss_parameter") else self.issuer
