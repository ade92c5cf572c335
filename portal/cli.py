"""The `portal` command: a thin entrance to every part, command by command; no rules."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal import run as installation
from portal.config import UnsafeSettings, settings
from portal.database_choice import use_database
from portal.db import migrate
from portal.logs import set_up_logs
from portal.postgres import EmbeddedServer, Role, database_urls
from portal.postgres_place import NoServer
from portal.readiness import CannotRun

WEB_THREADS = 4
WEB_STOP_SECONDS = 10


class Commands(click.Group):
    """A group whose known failures are one sentence and exit code 1, not a trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_domain_commands()}) if ctx.parent is None else super().list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        own = super().get_command(ctx, name)
        return own or (_domain_commands().get(name) if ctx.parent is None else None)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (UnsafeSettings, NoServer, CannotRun) as error:
            raise click.ClickException(str(error)) from error


def _domain_commands() -> dict[str, click.Command]:
    """The commands that ask the services; imported only when one is wanted, since they bring all of the portal."""
    from portal.commands import DOMAIN_COMMANDS  # noqa: PLC0415

    return {str(command.name): command for command in DOMAIN_COMMANDS}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Một Cửa: cổng dịch vụ công (public-service portal)."""
    set_up_logs()


@main.group()
def database() -> None:
    """The embedded database server; with DATABASE_URL set there is none to manage."""


@database.command()
@click.option("--foreground", is_flag=True, help="Stay until told to stop, then stop the server.")
def start(*, foreground: bool) -> None:
    """Start the embedded server, or attach to the running one."""
    server = _embedded()
    if server is None:
        return
    server.start()
    click.echo(f"Kho dữ liệu đang chạy (running): {server.place.state}")
    if foreground:
        told_to_stop = {signal.SIGINT, signal.SIGTERM}
        signal.pthread_sigmask(signal.SIG_BLOCK, told_to_stop)
        signal.sigwait(told_to_stop)
        server.stop()


@database.command()
def stop() -> None:
    """Stop the embedded server."""
    if server := _embedded():
        server.stop()
        click.echo("Kho dữ liệu đã dừng (stopped).")


@database.command()
@click.option("--role", type=click.Choice(["web", "owner"]), default="web", show_default=True)
def url(role: Role) -> None:
    """Print the address of the database for one role."""
    urls = database_urls(settings())
    click.echo(urls.owner if role == "owner" else urls.web)


@database.command(name="migrate")
def migrate_command() -> None:
    """Bring the tables up to date."""
    migrate(database_urls(settings()).owner)


@main.command()
def serve() -> None:
    """The web server, in the foreground."""
    use_database()
    now = settings()
    _share_figures(now.instance / "figures")
    Granian(
        "portal.warm_up:create_warm_app", factory=True, interface=Interfaces.WSGI, address=now.host, port=now.port,
        workers=now.web_workers, blocking_threads=WEB_THREADS, websockets=False, log_level=LogLevels.warning,
        respawn_failed_workers=True, workers_kill_timeout=WEB_STOP_SECONDS,
    ).serve()  # fmt: skip


def _share_figures(folder: Path) -> None:
    """Let the web processes put their figures together; those of an earlier start are forgotten."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


@main.command()
def worker() -> None:
    """The background work, in the foreground."""
    use_database()
    from portal.worker import run_worker  # noqa: PLC0415  (slow: brings the renderer and the signer)

    run_worker()


@main.command()
def sandbox() -> NoReturn:
    """The outside world in a box, in the foreground; it shares no code with the portal, so it is a program of its own."""
    os.execv(sys.executable, [sys.executable, "-m", "portal.sandbox"])  # noqa: S606


@main.command()
def run() -> None:
    """Everything together, as `make run` does."""
    sys.exit(installation.run(settings(), main.list_commands(click.get_current_context().find_root())))


def _embedded() -> EmbeddedServer | None:
    if settings().database_url:
        click.echo("Dùng DATABASE_URL, không có máy chủ nhúng (an external database: nothing to start or stop).")
        return None
    return EmbeddedServer(settings())


if __name__ == "__main__":
    main()
