"""Typed settings, read once from the environment and `instance/portal.env`; no other module reads the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO_SECRETS = frozenset({"portal-demo-secret"})


class UnsafeSettings(RuntimeError):
    """Production was asked for with a sandbox address or a secret that everybody knows."""


def is_public_host(host: str | None) -> bool:
    """Whether a host is another machine's: no loopback in any of its spellings, and not nothing."""
    name = (host or "").lower().rstrip(".")
    if not name or name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        address = ip_address(name)
    except ValueError:
        return True
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_loopback or mapped.is_unspecified)


class Settings(BaseSettings):
    """Every setting of an installation; the names in capitals are the environment variables."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    env: Literal["demo", "production"] = Field("demo", alias="PORTAL_ENV")
    instance: Path = Field(CHECKOUT / "instance", alias="PORTAL_INSTANCE")
    host: str = Field("127.0.0.1", alias="PORTAL_HOST")
    port: int = Field(8000, alias="PORTAL_PORT")
    base_url: str = Field("", alias="PORTAL_BASE_URL")
    trusted_proxies: int = Field(0, alias="PORTAL_TRUSTED_PROXIES", ge=0, le=4)
    web_workers: int = Field(2, alias="PORTAL_WEB_WORKERS", ge=1)

    database_url: str = Field("", alias="DATABASE_URL")
    database_owner_url: str = Field("", alias="DATABASE_OWNER_URL")

    sandbox_host: str = Field("127.0.0.1", alias="SANDBOX_HOST")
    sandbox_port: int = Field(9000, alias="SANDBOX_PORT")

    eid_issuer: str = Field("", alias="PORTAL_EID_ISSUER")
    eid_client_id: str = Field("portal", alias="PORTAL_EID_CLIENT_ID")
    eid_client_secret: str = Field("portal-demo-secret", alias="PORTAL_EID_CLIENT_SECRET")
    eid_scope: str = Field("openid profile personal_id", alias="PORTAL_EID_SCOPE")
    eid_level_1: str = Field("urn:sandbox:eid:level-1", alias="PORTAL_EID_LEVEL_1")
    eid_level_2: str = Field("urn:sandbox:eid:level-2", alias="PORTAL_EID_LEVEL_2")
    eid_claim_personal_id: str = Field("SoDinhDanh", alias="PORTAL_EID_CLAIM_PERSONAL_ID")
    eid_claim_full_name: str = Field("HoVaTen", alias="PORTAL_EID_CLAIM_FULL_NAME")
    eid_claim_date_of_birth: str = Field("NgayThangNamSinh", alias="PORTAL_EID_CLAIM_DATE_OF_BIRTH")

    registry_url: str = Field("", alias="PORTAL_REGISTRY_URL")
    registry_client_id: str = Field("portal", alias="PORTAL_REGISTRY_CLIENT_ID")
    registry_client_secret: str = Field("portal-demo-secret", alias="PORTAL_REGISTRY_CLIENT_SECRET")
    registries: str = Field("", alias="PORTAL_REGISTRIES", pattern=r"^[a-z, -]*$")
    trust_url: str = Field("", alias="PORTAL_TRUST_URL")

    smtp_url: str = Field("", alias="PORTAL_SMTP_URL")
    sms_url: str = Field("", alias="PORTAL_SMS_URL")
    mail_from: str = Field("mot-cua@portal.example", alias="PORTAL_MAIL_FROM")

    upload_file_bytes: int = Field(10_000_000, alias="PORTAL_UPLOAD_FILE_BYTES", ge=1024)
    upload_dossier_files: int = Field(30, alias="PORTAL_UPLOAD_DOSSIER_FILES", ge=1)
    upload_dossier_bytes: int = Field(60_000_000, alias="PORTAL_UPLOAD_DOSSIER_BYTES", ge=1024)
    upload_person_files_a_day: int = Field(120, alias="PORTAL_UPLOAD_PERSON_FILES_A_DAY", ge=1)
    upload_person_bytes_a_day: int = Field(240_000_000, alias="PORTAL_UPLOAD_PERSON_BYTES_A_DAY", ge=1024)
    upload_pdf_pages: int = Field(200, alias="PORTAL_UPLOAD_PDF_PAGES", ge=1)
    upload_image_pixels: int = Field(60_000_000, alias="PORTAL_UPLOAD_IMAGE_PIXELS", ge=1)
    clamd: str = Field("", alias="PORTAL_CLAMD", pattern=r"^(|/\S+|[^\s/]+:[0-9]{1,5})$")

    session_idle_minutes: int = Field(15, alias="PORTAL_SESSION_IDLE_MINUTES", ge=1)
    session_absolute_hours: int = Field(8, alias="PORTAL_SESSION_ABSOLUTE_HOURS", ge=1)

    @model_validator(mode="after")
    def _fill_demo_addresses(self) -> Settings:
        """In the demo, whatever is outside stands in the sandbox; in production every address must be given."""
        self.instance = self.instance.expanduser().resolve()
        self.base_url = (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
        self.database_owner_url = self.database_owner_url or self.database_url
        if self.env == "demo":
            sandbox = f"http://{self.sandbox_host}:{self.sandbox_port}"
            self.eid_issuer = self.eid_issuer or f"{sandbox}/eid"
            self.registry_url = self.registry_url or f"{sandbox}/registries"
            self.trust_url = self.trust_url or f"{sandbox}/trust"
            self.smtp_url = self.smtp_url or f"smtp://{self.sandbox_host}:{self.sandbox_port + 25}"
            self.sms_url = self.sms_url or f"{sandbox}/messages/sms"
        else:
            self._refuse_unsafe_production()
        return self

    def _refuse_unsafe_production(self) -> None:
        addresses = {
            "PORTAL_BASE_URL": self.base_url,
            "PORTAL_EID_ISSUER": self.eid_issuer,
            "PORTAL_REGISTRY_URL": self.registry_url,
        }
        may_be_left_out = {"PORTAL_TRUST_URL": self.trust_url, "PORTAL_SMS_URL": self.sms_url}
        for name, address in [*addresses.items(), *((name, given) for name, given in may_be_left_out.items() if given)]:
            parts = urlsplit(address)
            if parts.scheme != "https" or not is_public_host(parts.hostname):
                raise UnsafeSettings(f"{name} must be a public https address in production, not {address!r}")
        for name, secret in {
            "PORTAL_EID_CLIENT_SECRET": self.eid_client_secret,
            "PORTAL_REGISTRY_CLIENT_SECRET": self.registry_client_secret,
        }.items():
            if secret.strip() in DEMO_SECRETS or len(secret.strip()) < 16:
                raise UnsafeSettings(f"{name} must be a secret of its own in production")

    @property
    def is_demo(self) -> bool:
        return self.env == "demo"

    @property
    def keys(self) -> Path:
        """The folder of keys: made on first use, readable by its owner alone."""
        folder = self.instance / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @property
    def files(self) -> Path:
        """The folder of sealed files (documents, results)."""
        folder = self.instance / "files"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def secret(self, name: str) -> str:
        """A random secret of this installation, made on first use and kept under `keys`."""
        path = self.keys / name
        if not path.exists():
            draft = path.with_name(f".{name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was first: its secret stands
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="ascii")


def load_settings(**overrides: object) -> Settings:
    """The settings of this process: arguments first, then the environment, then `instance/portal.env`."""
    base = Settings(**overrides)  # type: ignore[arg-type]
    env_file = base.instance / "portal.env"
    if not env_file.exists():
        return base
    return Settings(_env_file=env_file, **overrides)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()
