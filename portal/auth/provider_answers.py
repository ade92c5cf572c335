"""What the identity provider may answer, read strictly: its description of itself, its errors, its dates."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, model_validator

CLOSED_ACCOUNTS = frozenset({"account_locked", "account_closed"})  # how the provider words a refusal of its own


class Metadata(BaseModel):
    """The provider's description of itself; what is not named here is not heeded."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False

    @model_validator(mode="after")
    def _refuse_weaker_places(self) -> Metadata:
        """No place of the provider may be reached on a weaker way than the issuer itself."""
        places = [self.authorization_endpoint, self.token_endpoint, self.userinfo_endpoint, self.jwks_uri]
        places += [self.end_session_endpoint] if self.end_session_endpoint else []
        allowed = {"https"} if self.issuer.startswith("https:") else {"https", "http"}
        if any(urlsplit(place).scheme not in allowed or not urlsplit(place).hostname for place in places):
            raise ValueError("a place on another way than the issuer's")
        return self


def iso_date_of_birth(claim: str) -> str | None:
    """`19650512`, `196505` or `1965` as a whole or partial ISO date; zeros stand for what is unknown; None if no date."""
    found = re.fullmatch(r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2}))?)?", claim)
    if not found:
        return None
    known = [found[1]]
    for part in (found[2], found[3]):
        if part in (None, "00"):
            break
        known.append(part)
    try:
        date(*(int(part) for part in [*known, "1", "1"][:3]))
    except ValueError:
        return None
    return "-".join(known)


def reason_of(error: str, description: str) -> str:
    """Which of our pages tells of an error of the provider."""
    if error == "access_denied" and description in CLOSED_ACCOUNTS:
        return "account_closed"
    return {
        "access_denied": "denied",
        "unmet_authentication_requirements": "level",
        "login_required": "expired",
        "temporarily_unavailable": "unavailable",
        "server_error": "unavailable",
    }.get(error, "refused")
