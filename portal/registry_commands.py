"""The `portal registries` subcommands: the catalogue of sources; no rules."""

from __future__ import annotations

import json
from typing import Any

import click

from portal.config import settings
from portal.services.registries.prefill import connected
from portal.services.registries.sources import Source, UnknownSource, sources

FRESHNESS = {"at_once": "tức thời (at once)", "daily": "hằng ngày (daily)", "monthly": "hằng tháng (monthly)"}
STATES = {
    "simulated": "mô phỏng (simulated)",
    "connected": "đã kết nối (connected)",
    "not_connected": "chưa kết nối (not connected)",
}


@click.group()
def registries() -> None:
    """The registries that procedures ask."""


@registries.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(*, as_json: bool) -> None:
    """Name, title, owner, freshness, number of fields, agreement, state of connection; what is unsure stands below."""
    try:
        asked = connected()
    except UnknownSource as wrong:
        raise click.ClickException(str(wrong)) from wrong
    connection = "simulated" if settings().is_demo else "connected"
    rows = [_row(source, connection if name in asked else "not_connected") for name, source in sources().items()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        told = {**row, "freshness": FRESHNESS[row["freshness"]], "state": STATES[row["state"]], "fields": len(row["fields"])}
        columns = ("registry", "name", "owner", "freshness", "fields", "agreement", "state")
        click.echo("\t".join(str(told[column]) for column in columns))
        if row["unsure"]:
            click.echo(f"  ? {row['unsure']}")


def _row(source: Source, state: str) -> dict[str, Any]:
    return {
        "registry": source.registry,
        "name": source.name.vi,
        "owner": source.owner,
        "legal_ground": source.legal_ground,
        "freshness": source.freshness,
        "fields": list(source.fields),
        "agreement": source.agreement,
        "state": state,
        "unsure": source.unsure,
    }
