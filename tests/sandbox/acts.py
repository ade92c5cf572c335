"""Writes as the contract wants them, for the tests alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import Any

import requests

from .exchange import Exchange

PROCEDURES = {
    "birth": "1.001193",
    "marriage": "1.000894",
    "death": "1.000656",
    "permanent_residence": "1.004222",
    "temporary_residence": "1.004194",
    "licence": "3.000347",
}
RESULT = {
    "number": "12",
    "decided_on": "2026-11-25",
    "office_code": "H26.31",
    "office_name": "UBND phường Ba Đình",
    "sha256": None,
}
HOSPITAL = {"detail": "Số 5, phố Mẫu", "ward_name": "Phường Ba Đình", "province_code": "01"}


def write(kind: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A correct request to put something down, but for its moment."""
    return {
        "request_id": str(uuid.uuid4()),
        "procedure_code": PROCEDURES.get(kind, "1.004873"),
        "purpose": {"code": "GHI", "legal_ground": "Luật Hộ tịch 60/2014/QH13"},
        "requester": {"kind": "officer", "id": "officer-1", "office": "H26.31", "client_ip": ""},
        "result": RESULT,
        "kind": kind,
        "fields": fields,
        "dossier_code": "H26.31-261125-0001",
    } | more


def birth(**more: Any) -> dict[str, Any]:
    """The fields of a birth to the married couple with a story."""
    return {
        "full_name": "Trần Gia Bảo",
        "date_of_birth": "2026-10-02",
        "sex": "male",
        "ethnicity": "Kinh",
        "kind": "both_parents",
        "birth_place": HOSPITAL,
        "origin": "Hà Nội",
        "filer_is": "mother",
        "filed_by": "001190900003",
        "spouse_of_filer": {"full_name": "Trần Minh Quân", "personal_id": "001088900002"},
        "notice_code": "CS-9000012",
    } | more


class Writer(Exchange):
    """A client of the exchange that writes."""

    def post(self, path: str, body: dict[str, Any], *, signature: str | None = None) -> requests.Response:
        """A signed request; its moment is now unless the body says otherwise."""
        moment = self.request(["full_name"])["timestamp"]
        raw = json.dumps({"timestamp": moment, **body}).encode()
        signed = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest() if signature is None else signature
        headers = {"Authorization": f"Bearer {self.token}", "X-Signature": signed, "Content-Type": "application/json"}
        return requests.post(f"{self.base}{path}", data=raw, headers=headers, timeout=5)

    def put(self, registry: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a write."""
        response = self.post(f"/{registry}/records", body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def states(self, change_id: str) -> dict[str, str]:
        """How far each subscriber is."""
        headers = {"Authorization": f"Bearer {self.token}"}
        response = requests.get(f"{self.base}/changes/{change_id}", headers=headers, timeout=5)
        assert response.status_code == 200, response.text
        return {one["registry"]: one["state"] for one in response.json()["subscribers"]}

    def announce_again(self, change_id: str, registry: str) -> str:
        """The subscriber's state after it was told once more."""
        response = self.post(f"/changes/{change_id}/announce-again", {"registry": registry})
        assert response.status_code == 200, response.text
        return str(response.json()["state"])

    def fault(self, name: str, registry: str = "*", **more: Any) -> None:
        """Switches a fault on."""
        body = {"fault": name, "registry": registry, **more}
        requests.post(f"{self.base}/faults", json=body, timeout=5).raise_for_status()
