"""A client of the registries' exchange contract, written for the tests alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import requests

from .process import Running

DIVORCED = {"personal_id": "034185900004", "full_name": "Phạm Thị Bích Ngọc", "date_of_birth": "1985-05-19"}


class Exchange:
    """One client of the exchange."""

    def __init__(self, sandbox: Running, client_id: str = "portal", secret: str = "portal-demo-secret") -> None:
        self.base, self.client_id, self.secret = f"{sandbox.base}/registries", client_id, secret
        self.token = self.sign_in().json().get("access_token", "")

    def sign_in(self) -> requests.Response:
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        return requests.post(f"{self.base}/token", data=form, timeout=5)

    def request(self, scope: list[str], subject: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """A correct request."""
        now = datetime.fromtimestamp(time.time(), timezone(timedelta(hours=7)))
        return {
            "request_id": str(uuid.uuid4()),
            "timestamp": now.isoformat(),
            "procedure_code": "1.004873",
            "purpose": {"code": "XNTTHN", "legal_ground": "Nghị định 123/2015/NĐ-CP, Điều 22"},
            "scope": scope,
            "requester": {"kind": "citizen", "id": "sub-1", "office": None, "client_ip": "127.0.0.1"},
            "subject": subject or DIVORCED,
            "basis": {"kind": "consent", "reference": "consent-1"},
            "dossier_code": None,
        } | more

    def open(
        self, registry: str, body: dict[str, Any] | bytes, *, signature: str | None = None, timeout: float = 5
    ) -> requests.Response:
        """Sends a request, signed correctly unless told otherwise, and leaves the answer unread."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest() if signature is None else signature
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-Signature": signed.encode("utf-8"),
            "Content-Type": "application/json",
        }
        address = f"{self.base}/{registry}/lookup"
        return requests.post(address, data=raw, headers=headers, timeout=timeout, stream=True)

    def send(
        self, registry: str, body: dict[str, Any] | bytes, *, signature: str | None = None, timeout: float = 5
    ) -> requests.Response:
        """Sends a request and reads its answer."""
        with self.open(registry, body, signature=signature, timeout=timeout) as response:
            response.content  # noqa: B018 - read while the connection is open
            return response

    def ask(self, registry: str, scope: list[str], subject: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """The answer to a correct request."""
        response = self.send(registry, self.request(scope, subject, **more))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer
