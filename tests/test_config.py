from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from portal.config import Settings, UnsafeSettings, load_settings

SAFE = {
    "PORTAL_ENV": "production",
    "PORTAL_BASE_URL": "https://dichvucong.example",
    "PORTAL_EID_ISSUER": "https://eid.example",
    "PORTAL_REGISTRY_URL": "https://lgsp.example",
    "PORTAL_EID_CLIENT_SECRET": "a secret of its own, long enough",
    "PORTAL_REGISTRY_CLIENT_SECRET": "another secret, long enough too",
}


def test_demo_finds_everything_outside_in_the_sandbox() -> None:
    own = Settings(PORTAL_ENV="demo", SANDBOX_PORT=9123)
    assert own.eid_issuer == "http://127.0.0.1:9123/eid"
    assert own.registry_url == "http://127.0.0.1:9123/registries"


def test_safe_production_starts() -> None:
    assert not Settings(**SAFE).is_demo


@pytest.mark.parametrize(
    "unsafe",
    [
        {"PORTAL_BASE_URL": ""},
        {"PORTAL_BASE_URL": "http://dichvucong.example"},
        {"PORTAL_EID_ISSUER": "https://127.0.0.1:9000/eid"},
        {"PORTAL_EID_ISSUER": ""},
        {"PORTAL_REGISTRY_URL": "http://localhost:9000/registries"},
        {"PORTAL_EID_CLIENT_SECRET": "portal-demo-secret"},
        {"PORTAL_REGISTRY_CLIENT_SECRET": "short"},
    ],
    ids=str,
)
def test_production_refuses_sandbox_addresses_plain_http_and_known_secrets(unsafe: dict[str, str]) -> None:
    with pytest.raises(UnsafeSettings):
        Settings(**{**SAFE, **unsafe})


def test_settings_stand_in_the_instance_file_and_the_environment_is_stronger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "portal.env").write_text("PORTAL_PORT=8123\nPORTAL_MAIL_FROM=file@portal.example\n", encoding="utf-8")
    monkeypatch.delenv("PORTAL_PORT")
    monkeypatch.setenv("PORTAL_MAIL_FROM", "environment@portal.example")
    own = load_settings(PORTAL_INSTANCE=tmp_path)
    assert (own.port, own.mail_from) == (8123, "environment@portal.example")


def _secret(folder: str) -> str:
    return Settings(PORTAL_INSTANCE=Path(folder)).secret("flask-secret")


def test_processes_that_start_together_share_one_secret_that_only_the_owner_reads(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(6) as pool:
        made = set(pool.map(_secret, [str(tmp_path)] * 12))
    assert len(made) == 1
    assert len(made.pop()) > 40
    assert ((tmp_path / "keys" / "flask-secret").stat().st_mode & 0o777) == 0o600
