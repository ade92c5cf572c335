"""The `portal` subcommands that ask the services something: deadlines, audit, lifecycle, keys, loading.

Those about procedures stand in `procedure_commands.py`.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal import clock
from portal.config import settings
from portal.crowd.fill import fill, refresh_statistics
from portal.crypto import keyring, keyring_path, replace_keyring
from portal.database_choice import transaction
from portal.postgres import database_urls
from portal.procedure_commands import procedures
from portal.registry_commands import registries
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.calendar import term_of, working_calendar
from portal.services.dossiers.chart import as_dot, as_markdown
from portal.services.dossiers.deadlines import Promise, Term, promise
from portal.services.errors import NotFound
from portal.services.oversight.audit import verify
from portal.services.oversight.ledger_audit import verify_ledger
from portal.services.results.verify import signature_holds
from portal.services.vault.keys import rewrap, wrapped_by
from portal.shipped import load_shipped


@click.command("load-shipped")
def load() -> None:
    """Load calendar, offices and procedures; in the demonstration staff and seals too."""
    load_shipped(click.echo)


@click.command("load")
@click.option("--dossiers", type=click.IntRange(2, 5_000_000), required=True, help="How many dossiers to invent.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed tells the same dossiers.")
def load_crowd(dossiers: int, seed: int) -> None:
    """Fill a demonstration with invented dossiers at all places of their life; all of them or, stopped in between, none."""
    if not settings().is_demo:
        raise click.ClickException("chỉ dùng ở bản trình diễn (only in a demonstration)")
    with transaction() as session:
        filled = fill(session, dossiers, seed, click.echo)
    refresh_statistics(database_urls(settings()).owner)
    click.echo(
        f"✓ {filled.dossiers} hồ sơ (dossiers), {filled.still_open} chưa xong (open), {filled.people} người (people),"
        f" {filled.events} sự kiện (events)"
    )


@click.command()
@click.argument("received")
@click.argument("term", required=False)
@click.option("--procedure", "code", help="Take the term of this procedure.")
@click.option("--json", "as_json", is_flag=True)
def deadline(received: str, term: str | None, code: str | None, *, as_json: bool) -> None:
    """The promised moment of a dossier RECEIVED at local time (2026-11-23T09:00) with a TERM (3wd, 5d, 8h or 0)."""
    try:
        moment = datetime.fromisoformat(received).replace(tzinfo=clock.LOCAL)
        with transaction() as session:
            wanted = Term.parse(term) if term else _term_of_procedure(current(session, code or ""))
            promised = promise(moment, wanted, working_calendar(session))
    except ValueError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except NotFound as missing:
        raise click.ClickException(f"không có thủ tục này (no such procedure): {code}") from missing
    if as_json:
        click.echo(json.dumps(_promise_json(promised, wanted), ensure_ascii=False))
        return
    click.echo(f"promised {promised.promised_at:%Y-%m-%dT%H:%M}")
    for line in promised.days:
        click.echo(f"  {line.day:%Y-%m-%d} {line.kind:<8} {line.number or '':>2} {line.name}".rstrip())


def _term_of_procedure(procedure: Procedure) -> Term:
    return term_of(procedure, "online")


def _promise_json(promised: Promise, term: Term) -> dict[str, Any]:
    return {
        "received": promised.received_at.isoformat(timespec="minutes"),
        "term": str(term),
        "counted_from": promised.counted_from.isoformat(timespec="minutes"),
        "promised": promised.promised_at.isoformat(timespec="minutes"),
        "days": [
            {"day": line.day.isoformat(), "kind": line.kind.value, "number": line.number, "name": line.name}
            for line in promised.days
        ],
    }


@click.group()
def audit() -> None:
    """Proofs for inspectors."""


@audit.command("verify")
def audit_verify() -> None:
    """Read the chains of events, of administrators' changes and of look-ups and openings; exit 1 with the first bad row."""
    with transaction() as session:
        report, ledger = verify(session), verify_ledger(session)
    findings = [*report.findings, *ledger.findings]
    for finding in findings:
        click.echo(f"✗ {finding.where}: {finding.what}")
    if findings:
        raise SystemExit(1)
    click.echo(f"✓ {report.events} sự kiện nguyên vẹn (events intact), head {report.head[:16]}")
    click.echo(f"✓ {ledger.entries} lần tra cứu, mở hồ sơ nguyên vẹn (ledger entries intact), head {ledger.head[:16]}")
    click.echo(f"✓ {report.changes} thay đổi của quản trị nguyên vẹn (changes intact), head {report.changes_head[:16]}")


@click.command()
@click.option("--format", "form", type=click.Choice(["md", "dot"]), default="md", show_default=True)
def lifecycle(form: str) -> None:
    """The table of moves, or its diagram."""
    click.echo(as_markdown() if form == "md" else as_dot())


@click.command("verify-file")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_file(path: Path) -> None:
    """Whether a PDF's seal is intact, covers all of it and leads to a trusted root; needs no network and no database."""
    if not signature_holds(path.read_bytes()):
        raise click.ClickException("con dấu không còn nguyên hoặc không tin được (the seal does not hold)")
    click.echo("✓ con dấu còn nguyên, tin được (the seal holds)")


@click.group()
def keys() -> None:
    """The keys that seal personal data."""


@keys.command("rotate")
def rotate() -> None:
    """Make a new master key and rewrap every data key with it; content is not touched."""
    replace_keyring(keyring_path(), keyring().with_new_master())
    with transaction() as session:
        count = rewrap(session, keyring())
    click.echo(f"✓ {count} khoá dữ liệu đã bọc lại (data keys rewrapped) bằng {keyring().current}")


@keys.command("forget-old")
def forget_old() -> None:
    """Forget the master keys that wrap nothing any more; refuses while one still does."""
    old = keyring().old
    with transaction() as session:
        left = wrapped_by(session, old)
    if left:
        raise click.ClickException(f"{left} data keys still need an old master key: portal keys rotate")
    replace_keyring(keyring_path(), keyring().without_old_masters())
    click.echo(f"✓ đã quên {len(old)} khoá cũ (old master keys forgotten)")


DOMAIN_COMMANDS: tuple[click.Command, ...] = (
    load, load_crowd, deadline, audit, lifecycle, procedures, registries, keys, verify_file,
)  # fmt: skip
