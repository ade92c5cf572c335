"""The `portal procedures` subcommands: listing, checking, rehearsing, and taking files in and out; no rules."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import click

from portal.database_choice import transaction
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.file_format import read, write
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.lint import counts
from portal.services.catalogue.schema import Procedure, Rehearsal
from portal.services.catalogue.versions import Entry, by_hash, current, entries
from portal.services.errors import GuardRefused, NotFound
from portal.services.publishing.bulk import BETWEEN_TEXTS, Told, batches, begin, export, take_in, texts_in
from portal.services.publishing.check import check_procedure, drawing_findings
from portal.services.publishing.coverage import coverage_of
from portal.services.publishing.describe import descriptions
from portal.services.publishing.rehearse import Rehearsed, rehearse
from portal.services.registries.prefill import ask_all

FATES = {
    "new": ("+", "mới (new)"),
    "changed": ("~", "đổi (changed)"),
    "same": ("=", "không đổi (same)"),
    "drafted": ("✎", "thành bản nháp chờ duyệt (drafts to be approved)"),
    "refused": ("✗", "không nhận (refused)"),
    "faulty": ("✗", "sai (faulty)"),
}
WRONG = ("refused", "faulty")


@click.group()
def procedures() -> None:
    """The catalogue."""


@procedures.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(*, as_json: bool) -> None:
    """Code, name, version, agency, level, and how many fields are typed and prefilled."""
    with transaction() as session:
        rows = [_row(entry) for entry in entries(session)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    click.echo("".join("\t".join(str(value) for value in row.values()) + "\n" for row in rows), nl=False)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name[0],
        "version": entry.version_hash[:12],
        "agency": entry.office_level,
        "level": entry.level,
        "typed": entry.typed,
        "typed_sometimes": entry.typed_sometimes,
        "prefilled": entry.prefilled,
    }


def _told(procedure: Procedure) -> tuple[Finding, ...]:
    """What stands against publishing the procedure here: with the offices of this installation, and its template drawn."""
    with transaction() as session:
        return (*check_procedure(session, procedure), *drawing_findings(procedure))


@procedures.command("check")
@click.argument("code", required=False)
def check(code: str | None) -> None:
    """The publication check of one procedure, or of all that are filed here; exit 1 on a finding."""
    faults, asked = 0, []
    for procedure in _procedures(code):
        told, how_many = _told(procedure), counts(procedure)
        faults += len(told)
        asked.append(how_many.asked)
        click.echo(
            f"{'✗' if told else '✓'} {procedure.code} asked {how_many.asked} (+{how_many.asked_sometimes} sometimes,"
            f" {how_many.usual} with the usual answer), prefilled {how_many.prefilled}, reused {how_many.reused},"
            f" removed {how_many.removed}"
        )
        for finding in told:
            click.echo(f"  {finding}")
    if asked and not code:
        click.echo(f"median asked {median(asked):g} over {len(asked)}")
    if faults:
        raise SystemExit(1)


@procedures.command("format")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def format_files(paths: tuple[Path, ...]) -> None:
    """Write procedure files again in their one canonical form; exit 1 where one is not a procedure."""
    wrong = 0
    for path in paths:
        try:
            path.write_text(write(read(path.read_text(encoding="utf-8"))), encoding="utf-8")
        except BadProcedure as faulty:
            wrong += 1
            for fault in faulty.faults:
                click.echo(f"{path.name}: {fault}", err=True)
    if wrong:
        raise SystemExit(1)


@procedures.command("rehearse")
@click.argument("code", required=False)
def rehearse_cases(code: str | None) -> None:
    """Run a procedure's own cases from filing to the drawn papers, and undo it all; exit 1 when one goes wrong."""
    wrong = 0
    for procedure in _procedures(code):
        went = [_rehearsed(procedure, case) for case in procedure.definition.rehearsals]
        wrong += sum(not one.is_right for one in went)
        walked = coverage_of(procedure, went)
        click.echo(f"{procedure.code}: {walked.percent} % ({walked.total - len(walked.missed)}/{walked.total})")
    if wrong:
        raise SystemExit(1)


def _procedures(code: str | None) -> list[Procedure]:
    """The procedure, or all that citizens file here; mere descriptions have nothing to be checked or rehearsed."""
    with transaction() as session:
        try:
            if code:
                return [current(session, code)]
            return [by_hash(session, entry.version_hash) for entry in entries(session) if entry.is_filed_online]
        except NotFound as missing:
            raise click.ClickException(f"không có thủ tục này (no such procedure): {code}") from missing


def _rehearsed(procedure: Procedure, case: Rehearsal) -> Rehearsed:
    with transaction() as session:
        went = rehearse(session, procedure, case, ask_all)
        session.rollback()
    sizes = ", ".join(f"{paper.kind} {len(paper.draw())}" for paper in went.papers)
    click.echo(f"{'✓' if went.is_right else '✗'} {procedure.code} {went.name}: {' → '.join(went.places)}; PDF {sizes}")
    for line in filter(None, [went.stopped, *went.faults]):
        click.echo(f"  {line}")
    return went


@procedures.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--publish", is_flag=True, help="Publish procedures that are filed here too; only before anything was filed.")
def import_files(paths: tuple[Path, ...], *, dry_run: bool, publish: bool) -> None:
    """Take in files, folders of files, or files of many procedures (between them a line ---); exit 1 when one is refused.

    Descriptions (level: offline) are in force at once. Procedures that citizens file become drafts, which two
    administrators check and approve.
    """
    fates: Counter[str] = Counter()
    try:
        with transaction() as session:
            doing = begin(session, publish=publish, dry_run=dry_run)
        for batch in batches(texts_in(paths)):
            with transaction() as session:
                told = take_in(session, doing, batch)
            for one in told:
                fates[one.fate] += 1
                _say(one, is_dry_run=dry_run)
    except GuardRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(", ".join(f"{count} {FATES[fate][1]}" for fate, count in sorted(fates.items())) or "không có tệp nào (no files)")
    if any(fates[fate] for fate in WRONG):
        raise SystemExit(1)


def _say(one: Told, *, is_dry_run: bool) -> None:
    """A line for a procedure, with its changes and faults; what is new or the same is told one by one only in a dry run."""
    if one.fate in ("new", "same") and not is_dry_run:
        return
    click.echo(f"{FATES[one.fate][0]} {one.code or one.where} {one.name}".rstrip())
    for change in one.changes:
        click.echo(f"    {change.text}")
    for fault in one.faults:
        click.echo(f"    {one.where}: {fault}")


@procedures.command("export")
@click.argument("codes", nargs=-1)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Every procedure in force.")
def export_files(codes: tuple[str, ...], folder: Path, *, everything: bool) -> None:
    """Write procedures in force into FOLDER, one file each, as `import` reads them."""
    if bool(codes) == everything:
        raise click.UsageError("give codes, or --all")
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with transaction() as session:
        missing = set(codes) - {entry.code for entry in entries(session)}
        if missing:
            raise click.ClickException(f"không có thủ tục này (no such procedure): {', '.join(sorted(missing))}")
        for name, text in export(session, codes):
            (folder / name).write_text(text, encoding="utf-8")
            written += 1
    click.echo(f"✓ {written} tệp (files): {folder}")


@procedures.command("describe")
@click.argument("count", type=click.IntRange(1))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Another seed draws other descriptions.")
@click.option("--in-one-file", is_flag=True, help="Write one file of all, descriptions.yaml.")
def describe(count: int, folder: Path, *, seed: int, in_one_file: bool) -> None:
    """Write COUNT invented descriptions into FOLDER, to try the portal with a full catalogue."""
    try:
        texts = {definition.code: write(definition) for definition in descriptions(count, seed)}
    except ValueError as too_many:
        raise click.ClickException(str(too_many)) from too_many
    folder.mkdir(parents=True, exist_ok=True)
    if in_one_file:
        texts = {"descriptions": BETWEEN_TEXTS.join(texts.values())}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    click.echo(f"✓ {count} mô tả giả lập (invented descriptions): {folder}")
