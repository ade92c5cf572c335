import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import cli, run
from portal.cli import main
from portal.config import Settings, settings
from portal.readiness import CannotRun, refuse_taken_ports
from portal.welcome import people_of


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """The command's own settings, read anew."""
    monkeypatch.setenv("PORTAL_INSTANCE", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(cli, "set_up_logs", lambda: None)  # it would keep the runner's stream beyond its end
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def test_a_port_in_use_gives_one_sentence_that_names_the_setting(environment: pytest.MonkeyPatch, taken: int) -> None:
    environment.setenv("PORTAL_PORT", str(taken))
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 1
    assert f"127.0.0.1:{taken}" in result.output
    assert f"PORTAL_PORT={taken + 1000} make run" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_the_port_of_the_sandbox_matters_in_the_demo_only(taken: int) -> None:
    values = {"host": "127.0.0.1", "port": 0, "sandbox_port": taken}
    with pytest.raises(CannotRun, match="SANDBOX_PORT"):
        refuse_taken_ports(Settings.model_construct(env="demo", sandbox_host="127.0.0.1", **values))
    refuse_taken_ports(Settings.model_construct(env="production", sandbox_host="127.0.0.1", **values))


def test_a_second_run_from_the_same_folder_is_refused(environment: pytest.MonkeyPatch) -> None:
    with run._only_run(settings()):
        result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 1
    assert "already running" in result.output
    assert str(os.getpid()) in result.output


def test_with_an_external_database_there_is_nothing_to_start_or_stop(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://web@db/portal")
    for command in ("start", "stop"):
        result = CliRunner().invoke(main, ["database", command])
        assert result.exit_code == 0
        assert "DATABASE_URL" in result.output
    assert not (settings().instance / "postgres").exists()


def test_the_addresses_of_an_external_database_are_those_of_the_settings(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://web@db/portal")
    environment.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/portal")
    told = [CliRunner().invoke(main, ["database", "url", *more]).output.strip() for more in ([], ["--role", "owner"])]
    assert told == ["postgresql://web@db/portal", "postgresql://owner@db/portal"]


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_part_without_its_database_says_how_to_start_it(environment: pytest.MonkeyPatch, command: str) -> None:
    result = CliRunner().invoke(main, [command])
    assert result.exit_code == 1
    assert "portal database start" in result.output


def test_unsafe_production_is_refused_in_one_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORTAL_ENV", "production")
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 1
    assert "must be a public https address" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_who_can_log_in_shows_stories_and_one_of_the_staff_for_each_role() -> None:
    person = {"personal_id": "001", "full_name": "Lê An", "roles": ["citizen"], "office": None, "story": None}
    people = [
        person,
        person | {"personal_id": "002", "story": "đã ly hôn"},
        person | {"personal_id": "003", "roles": ["citizen", "clerk"]},
        person | {"personal_id": "004", "roles": ["citizen", "clerk"]},
        person | {"personal_id": "005", "roles": ["citizen", "leader"]},
    ]
    shown = [line.split()[:2] for line in people_of(json.dumps(people).encode())[1:]]
    assert shown == [["002", "citizen"], ["003", "clerk"], ["005", "leader"]]
