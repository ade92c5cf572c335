"""Where to go next: only ever an address of this portal."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"


def safe_next(wanted: str | None) -> str:
    """The wanted address if it is a plain path of this portal, else the home page.

    Refuses other hosts in all their disguises: `//host`, `/\\host`, `%2f%2f`, schemes, line breaks, a user before an @.
    """
    if not wanted or not wanted.startswith("/") or len(wanted) > 2000:
        return HOME
    lowered = wanted.lower()
    if any(not letter.isprintable() or letter in " \\" for letter in wanted) or "%0d" in lowered or "%0a" in lowered:
        return HOME
    if lowered.startswith(("//", "/%2f", "/%5c")):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted
