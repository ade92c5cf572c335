"""Refuses a copyleft licence that would bind the portal's own among the distributions it needs at run time."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
REFUSED = re.compile(r"\bA?GPL|(?<!Lesser )General Public|Affero|\bSSPL\b|\bBUSL\b|Commons Clause", re.IGNORECASE)
CHOICE = re.compile(r"\s+OR\s+")


def main() -> int:
    """Print each refused distribution; the exit code says whether there is one."""
    needed = dict(_needed(_declared()))
    bad = {name: text for name, text in ((name, licence_of(found)) for name, found in needed.items()) if is_refused(text)}
    for name, text in sorted(bad.items()):
        print(f"{name}: {text[:80]}: not allowed at run time")
    print(f"licences: {len(needed)} distributions at run time, {len(bad)} refused")
    return 1 if bad else 0


def licence_of(found: Distribution) -> str:
    """What a distribution says of its licence: the expression, else the classifiers (a choice), else the free text."""
    metadata = found.metadata
    classifiers = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line.startswith("License :: ")]
    named = [name for name in classifiers if name != "OSI Approved"]
    return metadata.get("License-Expression") or " OR ".join(named) or metadata.get("License") or "not told"


def is_refused(text: str) -> bool:
    """A choice of licences is refused only when every choice is."""
    return all(REFUSED.search(choice) for choice in CHOICE.split(text))


def _declared() -> list[Requirement]:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    return [Requirement(line) for line in (*project["project"]["dependencies"], *project["dependency-groups"]["sandbox"])]


def _needed(declared: list[Requirement]) -> Iterator[tuple[str, Distribution]]:
    """The declared requirements and all that they bring, as installed here."""
    waiting = [(requirement, extra) for requirement in declared for extra in ("", *requirement.extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        key = (canonicalize_name(requirement.name), extra)
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(requirement.name)
        except PackageNotFoundError:
            continue
        yield key[0], found
        environment = {**default_environment(), "extra": extra}
        for line in found.requires or []:
            brought = Requirement(line)
            if brought.marker is None or brought.marker.evaluate(environment):
                waiting += [(brought, further) for further in ("", *brought.extras)]


if __name__ == "__main__":
    sys.exit(main())
