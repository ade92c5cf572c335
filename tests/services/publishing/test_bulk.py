from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from portal import db
from portal.auth.permissions import Role
from portal.cli import main
from portal.models import AdministratorChange, ProcedureDraft, ProcedurePublication, ProcedureVersion
from portal.postgres import EmbeddedServer
from portal.services.catalogue.file_format import read, write
from portal.services.catalogue.loader import made, parse, shipped_files, texts_for
from portal.services.catalogue.places import seen, whole
from portal.services.catalogue.versions import current, entries
from portal.services.errors import GuardRefused
from portal.services.oversight.audit import verify
from portal.services.publishing import approval, drafts
from portal.services.publishing.bulk import OPERATOR, Told, batches, begin, export, take_in, texts_in
from portal.services.publishing.describe import descriptions, most
from portal.services.publishing.publications import publish, retire
from tests.filings import submitted
from tests.people import citizen, staff
from tests.procedures import MARITAL_STATUS, shipped_text

SOME = [(f"{definition.code}.yaml", write(definition)) for definition in descriptions(12, seed=7)]
CODE = SOME[0][0].removesuffix(".yaml")


def taken(session: Session, texts: list[tuple[str, str]], **how: bool) -> list[Told]:
    return take_in(session, begin(session, **how), texts)


def fates(told: list[Told]) -> list[str]:
    return [one.fate for one in told]


def changed(old: str, new: str) -> list[tuple[str, str]]:
    name, said = SOME[0]
    assert old in said
    return [(name, said.replace(old, new))]


def test_descriptions_are_in_force_at_once_and_the_second_time_change_nothing(session: Session) -> None:
    assert fates(taken(session, SOME)) == ["new"] * len(SOME)
    assert CODE in {entry.code for entry in entries(session)}
    assert current(session, CODE).is_filed_online is False
    assert fates(taken(session, SOME)) == ["same"] * len(SOME)


def test_dry_run_says_the_same_and_writes_nothing(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(ProcedureVersion))
    assert fates(taken(session, [*SOME, ("x", shipped_text().replace("3wd", "4wd"))], dry_run=True)) == ["new"] * 12 + ["drafted"]
    assert session.scalar(select(func.count()).select_from(ProcedureVersion)) == before
    assert session.scalars(select(ProcedureDraft)).all() == []


def test_changes_are_told_in_words(session: Session) -> None:
    taken(session, SOME)
    (told,) = taken(session, changed("who: Cá nhân, tổ chức có yêu cầu.", "who: Ai cũng được."), dry_run=True)
    assert told.fate == "changed"
    assert any("Ai cũng được." in change.text for change in told.changes)


def test_fault_in_one_is_told_with_its_place_and_the_rest_goes_on(session: Session) -> None:
    texts = [("bad.yaml", "format: 2\ncode: x\nname: 3\n"), SOME[1], ("no.yaml", "[1"), SOME[1], SOME[2]]
    told = taken(session, texts)
    assert sorted(fates(told)) == ["faulty"] * 3 + ["new"] * 2
    faults = {one.where: " ".join(one.faults) for one in told if one.fate == "faulty"}
    assert "code" in faults["bad.yaml"]
    assert "dòng" in faults["no.yaml"]
    assert "trước" in faults[SOME[1][0]]


def test_procedure_that_citizens_file_becomes_a_draft_that_an_administrator_approves(session: Session) -> None:
    (told,) = taken(session, [("new.yaml", shipped_text().replace("term: 3wd", "term: 4wd"))])
    assert told.fate == "drafted"
    assert current(session, MARITAL_STATUS).definition.terms[0].term == "3wd"
    draft = drafts.draft_of(session, MARITAL_STATUS)
    assert draft is not None
    assert draft.updated_by == OPERATOR.account_id
    administrator = staff(session, Role.ADMINISTRATOR)
    version = approval.hand_in(session, administrator, MARITAL_STATUS)
    approval.approve(session, administrator, version.content_hash)
    publish(session, administrator, version.content_hash)
    assert current(session, MARITAL_STATUS).definition.terms[0].term == "4wd"


def test_draft_that_waits_for_approval_is_left_alone(session: Session) -> None:
    taken(session, [("one.yaml", shipped_text().replace("term: 3wd", "term: 4wd"))])
    approval.hand_in(session, staff(session, Role.ADMINISTRATOR), MARITAL_STATUS)
    (told,) = taken(session, [("two.yaml", shipped_text().replace("term: 3wd", "term: 5wd"))])
    assert told.fate == "refused"
    assert "chờ" in told.faults[0]


def test_description_cannot_close_a_procedure_that_is_filed_here(session: Session) -> None:
    (told,) = taken(session, [("x.yaml", f"format: 2\ncode: '{MARITAL_STATUS}'\nname: Mô tả\nlevel: offline\n")])
    assert told.fate == "refused"
    assert current(session, MARITAL_STATUS).is_filed_online


def test_what_an_administrator_retired_does_not_come_back_by_a_command(session: Session) -> None:
    taken(session, SOME)
    retire(session, staff(session, Role.ADMINISTRATOR), CODE, why="Bãi bỏ theo văn bản.")
    (told,) = taken(session, [SOME[0]])
    assert told.fate == "refused"
    assert CODE not in {entry.code for entry in entries(session)}


def test_publishing_at_once_is_refused_where_anything_was_filed(session: Session) -> None:
    submitted(session, citizen(session))
    with pytest.raises(GuardRefused, match="hai người"):
        begin(session, publish=True)


def test_publishing_at_once_is_refused_where_an_administrator_published(session: Session) -> None:
    author, other = (staff(session, Role.ADMINISTRATOR) for _ in range(2))
    drafts.start(session, author, MARITAL_STATUS)
    definition = read(shipped_text().replace("term: 3wd", "term: 4wd"))
    draft = drafts.draft_of(session, MARITAL_STATUS)
    assert draft is not None
    drafts.replace_all(session, author, MARITAL_STATUS, definition, mark=seen(whole(drafts.definition_in(draft))))
    version = approval.hand_in(session, author, MARITAL_STATUS)
    publish(session, other, approval.approve(session, other, version.content_hash).content_hash)
    with pytest.raises(GuardRefused, match="hai người"):
        begin(session, publish=True)


def test_publishing_at_once_still_passes_the_check(session: Session) -> None:
    unfit = shipped_text().replace("  by_address: subject.permanent_residence\n", "  level: commune\n", 1)
    (told,) = taken(session, [("x.yaml", unfit)], publish=True)
    assert told.fate == "refused"
    assert any("Không cơ quan nào" in fault for fault in told.faults)


def test_taking_in_is_on_record_in_the_chain(session: Session) -> None:
    taken(session, SOME)
    (change,) = session.scalars(select(AdministratorChange).where(AdministratorChange.verb == "taken_in"))
    assert change.actor_id == "system"
    assert set(change.after or {}) == {name.removesuffix(".yaml") for name, _text in SOME}
    assert not verify(session).findings


def test_text_that_is_not_canonical_is_kept_canonically(session: Session) -> None:
    taken(session, changed("who: Cá nhân, tổ chức có yêu cầu.", 'who: "Ai cũng được.  "'))
    row = session.get_one(ProcedureVersion, current(session, CODE).content_hash)
    assert parse(row.files).content_hash == row.content_hash
    assert dict(export(session, [CODE]))[f"{CODE}.yaml"] == row.files["procedure.yaml"]


def test_made_is_what_reading_the_texts_would_make() -> None:
    for definition in (*(read(said) for _name, said in SOME), *(read(path.read_text("utf-8")) for path in shipped_files())):
        files, procedure = made(definition)
        assert files == texts_for(definition)
        assert procedure == parse(files)


def test_folder_file_and_file_of_many_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, said in SOME:
        (tmp_path / "in" / name).write_text(said, encoding="utf-8")
    (tmp_path / "many.yaml").write_text("---\n" + "---\n".join(said for _name, said in SOME), encoding="utf-8")
    apart = [said for _where, said in texts_in([tmp_path / "in"])]
    together = list(texts_in([tmp_path / "many.yaml"]))
    assert sorted(apart) == sorted(said for _where, said in together)
    assert together[2][0].endswith("many.yaml [3]")
    assert [len(batch) for batch in batches(iter([("", "")] * 450))] == [200, 200, 50]


def test_invented_descriptions_are_the_same_for_a_seed_and_each_alone_of_its_kind() -> None:
    every = list(descriptions(most()))
    assert len({one.code for one in every}) == len({one.name for one in every}) == most() >= 1733
    assert not {one.code for one in every} & {path.stem for path in shipped_files()}
    assert list(descriptions(5)) == every[:5]
    assert list(descriptions(5, seed=2)) != every[:5]
    assert all(one.level == "offline" and not one.pages and one.fees and one.terms and one.legal_basis for one in every)
    with pytest.raises(ValueError, match="at most"):
        next(descriptions(most() + 1))


def portal(*words: str) -> Result:
    return CliRunner().invoke(main, ["procedures", *words])


def without_catalogue(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE procedure_drafts, procedure_publications, procedure_versions CASCADE"))


@pytest.fixture
def empty(committed: EmbeddedServer, owner_engine: Engine) -> Iterator[Engine]:
    """An installation whose catalogue is empty; afterwards it stands exactly as the other tests know it."""
    tables = (ProcedureVersion.__table__, ProcedurePublication.__table__)
    with owner_engine.connect() as connection:
        kept = {table: connection.execute(select(table)).mappings().all() for table in tables}
    without_catalogue(owner_engine)
    yield owner_engine
    without_catalogue(owner_engine)
    with owner_engine.begin() as connection:
        for table, rows in kept.items():
            connection.execute(insert(table), [dict(row) for row in rows])


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}


def test_export_into_an_empty_installation_and_out_again_is_the_same_to_the_byte(empty: Engine, tmp_path: Path) -> None:
    there, back, again = (tmp_path / name for name in ("there", "back", "again"))
    assert portal("describe", "60", str(there)).exit_code == 0
    for path in shipped_files():
        (there / path.name).write_bytes(path.read_bytes())
    told = portal("import", str(there), "--publish")
    assert told.exit_code == 0, told.output
    assert portal("export", "--all", str(back)).exit_code == 0
    assert contents(back) == contents(there)
    without_catalogue(empty)
    assert portal("import", str(back), "--publish").exit_code == 0
    assert portal("export", "--all", str(again)).exit_code == 0
    assert contents(again) == contents(back)
    assert len(json.loads(portal("list", "--json").output)) == len(contents(there))


def test_command_tells_each_fault_and_ends_with_1(empty: Engine, tmp_path: Path) -> None:
    portal("describe", "3", str(tmp_path), "--in-one-file")
    (tmp_path / "bad.yaml").write_text("format: 2\n", encoding="utf-8")
    told = portal("import", str(tmp_path))
    assert told.exit_code == 1
    assert "bad.yaml" in told.output
    assert "3 mới" in told.output.splitlines()[-1]
    with db.transaction() as session:
        assert len(entries(session)) == 3


def test_export_of_an_unknown_code_is_one_sentence(database: EmbeddedServer, tmp_path: Path) -> None:
    told = portal("export", "1.999999", str(tmp_path / "x"))
    assert (told.exit_code, len(told.output.splitlines())) == (1, 1)
    assert portal("export", str(tmp_path / "x")).exit_code == 2
    assert portal("export", MARITAL_STATUS, str(tmp_path / "x")).exit_code == 0
    assert contents(tmp_path / "x") == {f"{MARITAL_STATUS}.yaml": shipped_text()}
