"""One call from a paper's facts to its signed PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.services.results.finish import finish
from portal.services.results.sign import sign
from portal.services.results.template import paper_html


def make_signed_pdf(kind: str, facts: Mapping[str, Any], result_template: str) -> bytes:
    """The paper as PDF/A-3a and PDF/UA-1 with its facts inside, sealed by its office.

    Raises:
        SealMissing: the office has no seal here.
        jinja2.TemplateError: a template does not fit the facts.
    """
    from portal.services.results.render import draw  # noqa: PLC0415 (slow to import: only the worker draws)

    html = paper_html(kind, facts, result_template)
    drawn = draw(html, _public_facts(facts), title=facts["title"], made_at=datetime.fromisoformat(facts["issued_at"]))
    office = facts["office"]
    return sign(
        finish(drawn),
        office["code"],
        office_name=office["name"],
        signer_name=facts["signed_by"]["name"],
        reason=facts["title"],
        place=office["place_name"],
    )


def _public_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the attachment says for machines: nothing that the paper itself does not show."""
    shown = {name: field["text"] for name, field in facts.get("fields", {}).items()}
    kept = ("title", "number", "symbol", "issued_at", "dossier_code", "procedure_code", "procedure_name", "verification_code")
    return {
        **{name: facts[name] for name in kept if facts.get(name) is not None},
        "office": {"code": facts["office"]["code"], "name": facts["office"]["name"]},
        "fields": shown,
    }
