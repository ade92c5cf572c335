from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from portal.config import UnsafeSettings, load_settings

SAFE: dict[str, Any] = {
    "env": "production",
    "base_url": "https://portal.gov.example",
    "eid_issuer": "https://eid.gov.example/oidc",
    "registry_url": "https://registries.gov.example",
    "eid_client_secret": "a-secret-of-this-installation",
    "registry_client_secret": "another-secret-of-this-installation",
}
PLACES = ["base_url", "eid_issuer", "registry_url"]
SANDBOX_PLACES = [
    "", "http://portal.gov.example", "https://127.0.0.1:9000/eid", "https://127.8.8.8", "https://localhost/eid", "https://LOCALHOST",
    "https://eid.localhost", "https://[::1]:9000", "https://0.0.0.0", "https://[::ffff:127.0.0.1]", "https://", "https:///eid",
    "ftp://eid.gov.example", "https://localhost./eid",
]  # fmt: skip


def test_installation_with_addresses_and_secrets_of_its_own_starts() -> None:
    assert not load_settings(**SAFE).is_demo


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", SANDBOX_PLACES)
def test_production_refuses_a_sandbox_or_an_open_line(place: str, address: str) -> None:
    with pytest.raises(UnsafeSettings):
        load_settings(**SAFE | {place: address})


@pytest.mark.parametrize("place", ["trust_url", "sms_url"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:9000/trust", "http://sms.gov.example", "https://localhost/sms"])
def test_production_refuses_a_sandbox_where_an_address_may_be_left_out(place: str, address: str) -> None:
    assert load_settings(**SAFE | {place: ""})
    with pytest.raises(UnsafeSettings):
        load_settings(**SAFE | {place: address})


@pytest.mark.parametrize("name", ["eid_client_secret", "registry_client_secret"])
@pytest.mark.parametrize("secret", ["", "portal-demo-secret", "outside-check", "short", " portal-demo-secret "])
def test_production_refuses_a_secret_that_everybody_knows(name: str, secret: str) -> None:
    with pytest.raises(UnsafeSettings):
        load_settings(**SAFE | {name: secret})


@pytest.mark.parametrize("env", ["prod", "Production", "", "staging"])
def test_word_that_is_neither_demo_nor_production_is_refused(env: str) -> None:
    with pytest.raises(ValidationError):
        load_settings(**SAFE | {"env": env})


def test_portal_does_not_start_in_production_with_the_demos_settings(installation) -> None:
    given = {**os.environ, "PORTAL_ENV": "production"}
    program = [sys.executable, "-c", "from portal.config import settings; settings()"]
    ended = subprocess.run(program, env=given, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode != 0
    assert "production" in ended.stderr
