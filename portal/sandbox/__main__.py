"""Runs the sandbox in the foreground: HTTP and SMTP in one process, ended cleanly by SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from portal.sandbox.app import create_sandbox
from portal.sandbox.config import SandboxRefused, load_sandbox_settings
from portal.sandbox.messages.smtp import start_smtp
from portal.sandbox.serve import bind


def main() -> int:
    """Serves until told to stop; 2 when it must not or cannot run."""
    settings = load_sandbox_settings()
    try:
        settings.refuse_unsafe()
        server = bind(settings.host, settings.port)
        app = create_sandbox(settings)
        server.set_app(app)
        kept = app.extensions["sandbox"]
        smtp = start_smtp(kept.inbox, kept.message_faults, settings.host, settings.smtp_port)
    except (SandboxRefused, OSError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2

    def stop(signum: int, frame: FrameType | None) -> None:
        # `shutdown` waits for the loop that this very thread runs, so another thread must call it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"sandbox: {settings.base_url}/people, SMTP {settings.host}:{settings.smtp_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        smtp.stop()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
