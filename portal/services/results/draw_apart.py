"""Drawing a paper of a rehearsal: unsigned, and in a process of its own with little memory and time.

Whoever edits a template decides what is drawn; a template that would take the machine's memory or time takes that of
its own process, which is ended.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from portal import clock
from portal.services.errors import GuardRefused

WITHIN_SECONDS = 20
CPU_SECONDS = 6
MEMORY_BYTES = 1024 * 1024 * 1024
ENTRANCE = "from portal.services.results.draw_apart import draw_here; draw_here()"


def draw_apart(html: str, *, title: str) -> bytes:
    """The paper as a PDF that nobody has signed.

    Raises:
        GuardRefused: it could not be drawn within its memory and time.
    """
    try:
        ran = subprocess.run(
            [sys.executable, "-c", ENTRANCE, title], input=html.encode(), capture_output=True, timeout=WITHIN_SECONDS, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failed:
        raise GuardRefused("Mẫu này không vẽ được trong giới hạn bộ nhớ và thời gian. Hãy rút gọn mẫu.") from failed
    return ran.stdout


def draw_here() -> None:
    """What the process does: reads HTML, writes the PDF, within its limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from portal.services.results.render import draw  # noqa: PLC0415 (slow, and only ever wanted in this process)

    html = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(draw(html, {}, title=sys.argv[1], made_at=clock.now()))
