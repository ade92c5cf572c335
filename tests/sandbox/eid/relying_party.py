"""A strict OpenID client written for the tests on joserfc and requests alone, and a browser that fills forms."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet

LEVEL_1 = "urn:sandbox:eid:level-1"
LEVEL_2 = "urn:sandbox:eid:level-2"
TIMEOUT = 10


@dataclass
class Form:
    """A form of a page."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and given.get("name") and self.forms:
            if given.get("type") != "checkbox" or "checked" in given:
                self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "button" and given.get("name") and self.forms:
            self.forms[-1].buttons.append((given["name"], given.get("value", "")))


def forms_of(page: requests.Response) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


class Browser:
    """Follows redirects within the provider and stops at the client's address."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"

    def get(self, url: str, params: dict[str, str] | None = None) -> requests.Response:
        return self._follow(self.session.get(url, params=params, allow_redirects=False, timeout=TIMEOUT))

    def submit(self, page: requests.Response, action: str, **values: str) -> requests.Response:
        """Sends the first form of the page with this action and, where `values` presses one, this button."""
        for form in forms_of(page):
            names = {name for name, _ in form.fields + form.buttons}
            if urlsplit(form.action).path == action and set(values) <= names:
                data = [(name, value) for name, value in form.fields if name not in values] + list(values.items())
                url = urljoin(page.url, form.action)
                parts = urlsplit(page.url)
                headers = {"Origin": f"{parts.scheme}://{parts.netloc}"}
                return self._follow(self.session.post(url, data=data, headers=headers, allow_redirects=False, timeout=TIMEOUT))
        raise AssertionError(f"no form {action} with {sorted(values)} on {page.url}: {page.text[:2000]}")

    def _follow(self, response: requests.Response) -> requests.Response:
        while response.is_redirect:
            target = urljoin(response.url, response.headers["Location"])
            if urlsplit(target).netloc != urlsplit(response.url).netloc:
                return response
            response = self.session.get(target, allow_redirects=False, timeout=TIMEOUT)
        return response


@dataclass
class Asked:
    """An authorization request, with what only the client knows."""

    params: dict[str, str]
    verifier: str


class RelyingParty:
    """One registered client."""

    def __init__(self, issuer: str, client_id: str, secret: str, redirect_uri: str) -> None:
        self.client_id, self.secret, self.redirect_uri = client_id, secret, redirect_uri
        self.meta: dict[str, Any] = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=TIMEOUT).json()
        assert self.meta["issuer"] == issuer
        self.issuer = issuer

    def ask(self, **more: str | None) -> Asked:
        """A correct request; `None` leaves a parameter out."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        params: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile personal_id",
            "state": secrets.token_urlsafe(12),
            "nonce": secrets.token_urlsafe(12),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | more
        return Asked({name: value for name, value in params.items() if value is not None}, verifier)

    def answer(self, response: requests.Response) -> dict[str, str]:
        """The parameters with which the provider sent the browser back."""
        assert response.is_redirect, response.text[:1000]
        location = response.headers["Location"]
        assert location.split("?")[0] == self.redirect_uri
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def authorize(self, asked: Asked, browser: Browser | None = None, **more: str) -> dict[str, str]:
        """Sends the browser, which must come straight back; the strict checks of the answer."""
        browser = browser or Browser()
        answer = self.answer(browser.get(self.meta["authorization_endpoint"], asked.params | more))
        assert answer["iss"] == self.issuer
        assert answer.get("state") == asked.params.get("state")
        return answer

    def exchange(self, asked: Asked, code: str, **more: str | None) -> requests.Response:
        """Asks for the tokens of a code."""
        data: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": asked.verifier,
        } | more
        return self.token(data)

    def token(self, data: dict[str, str | None]) -> requests.Response:
        given = {name: value for name, value in data.items() if value is not None}
        return requests.post(self.meta["token_endpoint"], data=given, auth=(self.client_id, self.secret), timeout=TIMEOUT)

    def keys(self) -> KeySet:
        return KeySet.import_key_set(requests.get(self.meta["jwks_uri"], timeout=TIMEOUT).json())

    def claims(self, id_token: str, asked: Asked | None = None) -> dict[str, Any]:
        """The claims of an ID token that passes every check."""
        token = jwt.decode(id_token, self.keys(), algorithms=["ES256"])
        registry = jwt.JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            sid={"essential": True},
            acr={"essential": True},
            auth_time={"essential": True},
        )
        registry.validate(token.claims)
        assert token.header["kid"]
        assert isinstance(token.claims["aud"], str)
        assert "azp" not in token.claims
        if asked is not None:
            assert token.claims["nonce"] == asked.params["nonce"]
        return dict(token.claims)

    def sign_in(self, personal_id: str, browser: Browser | None = None, **more: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Signs a person in by `auto`; the tokens and the checked claims."""
        asked = self.ask(**more)
        answer = self.authorize(asked, browser, auto=personal_id)
        tokens: dict[str, Any] = self.exchange(asked, answer["code"]).json()
        return tokens, self.claims(tokens["id_token"], asked)

    def userinfo(self, access_token: str) -> requests.Response:
        return requests.get(self.meta["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"}, timeout=TIMEOUT)
