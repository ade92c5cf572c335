"""The clients of the exchange: their secrets, how wide their agreements are, how much they may ask in a minute."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.registries.known import KNOWN


@dataclass(frozen=True)
class Client:
    """A system that may ask: `is_wide` has agreements with every registry, others get what is narrow everywhere."""

    secret: str
    is_wide: bool = False
    per_minute: int = 120


CLIENTS: dict[str, Client] = {
    "portal": Client("portal-demo-secret", is_wide=True, per_minute=6_000),
    "outside-check": Client("outside-check"),
    "quota-check": Client("quota-check", per_minute=3),
}


def allowed(client_id: str, registry: str, procedure_code: str) -> frozenset[str]:
    """The fields this client may have from this registry for this procedure."""
    return KNOWN[registry].allowed(procedure_code, is_wide=CLIENTS[client_id].is_wide)
