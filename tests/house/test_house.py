"""The house rules that no linter knows: every door has a lock, acts are strangers, words are the field's own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.auth.permissions import GRANTS, OWNER_GRANTS, SYSTEM_GRANTS, Permission
from portal.services.dossiers.chart import as_dot, as_markdown
from portal.services.dossiers.lifecycle import TABLE
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act
from portal.web.access import UnmarkedView, access_of, refuse_unmarked

PORTAL = Path(__file__).resolve().parents[2] / "portal"
ACTS = {act.value for act in Act if act is not Act.SUBMIT} - {"issue"} | {"submit", "issue"}
SYNONYMS = re.compile(r"\b(application_form|case_file|submission|applicant_case)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def app(database) -> Flask:
    return create_app()


def test_every_view_says_who_may_enter(app: Flask) -> None:
    unmarked = [endpoint for endpoint, view in app.view_functions.items() if access_of(view) is None]
    assert unmarked == []


def test_application_with_an_unmarked_view_does_not_start(app: Flask) -> None:
    stranger = Flask("stranger", static_folder=None)
    stranger.add_url_rule("/open", "open", lambda: "open")
    with pytest.raises(UnmarkedView, match="open"):
        refuse_unmarked(stranger)


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def test_acts_do_not_import_acts() -> None:
    modules = {f"portal.services.dossiers.{act}" for act in ACTS}
    for act in ACTS:
        path = PORTAL / "services" / "dossiers" / f"{act}.py"
        assert not _imports(path) & (modules - {f"portal.services.dossiers.{act}"}), act


def test_every_act_has_one_file_one_event_and_one_row_at_least() -> None:
    for act in Act:
        assert (PORTAL / "services" / "dossiers" / f"{act.value}.py").exists()
        assert EVENT_NAMES[act]
        assert any(move.act is act for move in TABLE)


def test_every_staff_act_has_its_page() -> None:
    for act in {move.act for move in TABLE if move.permission.startswith("counter:")}:
        assert (PORTAL / "templates" / "counter" / f"{act.value}.html").exists(), act


def test_every_permission_is_granted_to_somebody() -> None:
    granted = set().union(*GRANTS.values()) | OWNER_GRANTS | SYSTEM_GRANTS
    assert granted == set(Permission)


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("documents/")):
        if name.endswith(".html"):
            app.jinja_env.get_template(name)


def test_code_speaks_in_the_fields_own_terms() -> None:
    for path in PORTAL.rglob("*.py"):
        if "sandbox" not in path.parts:
            assert not SYNONYMS.search(path.read_text(encoding="utf-8")), path


def test_no_local_path_and_no_unfinished_mark_in_code() -> None:
    for path in PORTAL.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), path


def test_table_of_rules_names_each_rule_once_and_tests_that_exist() -> None:
    table = (PORTAL.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (R\d+) \|", table, re.MULTILINE) == [f"R{number}" for number in range(1, 31)]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", table)
    assert len(named) == 30 - table.count("| not yet | | |")
    for path, test in named:
        assert f"def {test}(" in (PORTAL.parent / path).read_text(encoding="utf-8"), f"{path}::{test}"


def test_printed_lifecycle_is_the_table_itself() -> None:
    printed = (PORTAL.parent / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert as_markdown() in printed
    assert as_dot() in printed
