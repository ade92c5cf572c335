"""Settings of the sandbox process, from the environment; the portal has its own and neither reads the other's."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SandboxRefused(RuntimeError):
    """The sandbox was asked to run where a simulation must not run."""


class SandboxSettings(BaseSettings):
    """Every setting of the sandbox; the names in capitals are the environment variables."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    portal_env: str = Field("demo", alias="PORTAL_ENV")
    instance: Path = Field(CHECKOUT / "instance", alias="PORTAL_INSTANCE")
    host: str = Field("127.0.0.1", alias="SANDBOX_HOST")
    port: int = Field(9000, alias="SANDBOX_PORT")
    smtp_port: int = Field(0, alias="SANDBOX_SMTP_PORT")
    base_url: str = Field("", alias="SANDBOX_BASE_URL")
    state: Path | None = Field(None, alias="SANDBOX_STATE")
    seed: int = Field(2026, alias="SANDBOX_SEED")
    allow_remote: bool = Field(False, alias="SANDBOX_ALLOW_REMOTE")
    portal_host: str = Field("127.0.0.1", alias="PORTAL_HOST")
    portal_port: int = Field(8000, alias="PORTAL_PORT")
    portal_base_url: str = Field("", alias="PORTAL_BASE_URL")

    @model_validator(mode="after")
    def _derive(self) -> SandboxSettings:
        self.state = (self.state or self.instance / "sandbox").expanduser().resolve()
        self.smtp_port = self.smtp_port or self.port + 25
        self.base_url = (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
        self.portal_base_url = (self.portal_base_url or f"http://{self.portal_host}:{self.portal_port}").rstrip("/")
        return self

    def refuse_unsafe(self) -> None:
        """A simulated identity provider must be impossible in production and unreachable from elsewhere.

        Raises: SandboxRefused.
        """
        if self.portal_env == "production":
            raise SandboxRefused("PORTAL_ENV=production: the sandbox simulates identities and must not run")
        if self.host not in LOOPBACK and not self.allow_remote:
            raise SandboxRefused(f"SANDBOX_HOST={self.host} is not a loopback address; set SANDBOX_ALLOW_REMOTE=1")

    @property
    def folder(self) -> Path:
        """The state folder, made on first use and closed to others."""
        assert self.state is not None
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.state

    @property
    def issuer(self) -> str:
        """The issuer of the simulated identity provider."""
        return f"{self.base_url}/eid"


def load_sandbox_settings(**overrides: object) -> SandboxSettings:
    """The settings: arguments first, then the environment, then `portal.env` in the instance folder."""
    base = SandboxSettings(**overrides)  # type: ignore[arg-type]
    env_file = base.instance / "portal.env"
    if not env_file.exists():
        return base
    return SandboxSettings(_env_file=env_file, **overrides)  # type: ignore[arg-type]
