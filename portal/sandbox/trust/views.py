"""The authority's addresses: seal certificates, the chain, the revocation list."""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify, render_template

from portal.sandbox.bodies import json_object
from portal.sandbox.trust.authority import Authority, RequestRefused

OFFICE_CODE = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+)*")


def create_room(authority: Authority) -> Blueprint:
    """The room with its addresses."""
    room = Blueprint("trust", __name__, url_prefix="/trust")

    @room.get("")
    def home() -> str:
        return render_template("sandbox/trust.html", authority=authority)

    @room.get("/root.pem")
    def root() -> Response:
        return Response(authority.root.pem, mimetype="application/x-pem-file")

    @room.get("/chain.pem")
    def chain() -> Response:
        return Response(authority.issuing.pem + authority.root.pem, mimetype="application/x-pem-file")

    @room.get("/crl")
    def crl() -> Response:
        return Response(authority.crl(), mimetype="application/pkix-crl")

    @room.post("/certificates")
    def certificates() -> tuple[Response, int]:
        body = json_object()
        csr, code, name = (str(body.get(key) or "") for key in ("csr_pem", "office_code", "office_name"))
        if not OFFICE_CODE.fullmatch(code) or not 0 < len(name) <= 200:
            return jsonify({"error": "office_code and office_name are needed"}), 400
        try:
            certificate = authority.sign_seal(csr, code, name)
        except RequestRefused as refused:
            return jsonify({"error": str(refused)}), 400
        return jsonify({"certificate_pem": certificate, "chain_pem": [authority.issuing.pem, authority.root.pem]}), 201

    @room.post("/revocations")
    def revocations() -> tuple[Response, int]:
        serial = str(json_object().get("serial", ""))
        if not serial.isdecimal() or not serial.isascii() or len(serial) > 60:
            return jsonify({"error": "serial must be a decimal number"}), 400
        authority.revoke(int(serial))
        return jsonify({"revoked": serial}), 201

    return room
