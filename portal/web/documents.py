"""Sending a paper to a browser: as itself, unable to act in this origin, kept by no cache."""

from __future__ import annotations

from flask import Response


def pdf_response(pdf: bytes, name: str) -> Response:
    """The PDF, opened in the browser or kept under `name` (ASCII)."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
