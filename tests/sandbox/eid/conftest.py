"""The two registered clients of the running provider."""

from __future__ import annotations

import pytest

from ..process import Running
from .relying_party import RelyingParty


@pytest.fixture(scope="session")
def portal(sandbox: Running) -> RelyingParty:
    return RelyingParty(sandbox.issuer, "portal", "portal-demo-secret", f"{sandbox.portal_base_url}/auth/callback")


@pytest.fixture(scope="session")
def outside(sandbox: Running) -> RelyingParty:
    return RelyingParty(sandbox.issuer, "outside-check", "outside-check", "http://127.0.0.1:9911/callback")
