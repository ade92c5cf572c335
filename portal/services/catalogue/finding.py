"""One finding of the check before publishing: where it stands, and in words what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Section = Literal[
    "identity", "cases", "lookups", "form", "components", "fees", "terms", "reception", "process", "appraisal", "result",
    "rehearsals", "english",
]  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing to mend before publishing.

    `section`: the part of the editor where it is mended; `where`: the thing in it (a page's id, an element's key …).
    `what`: a Vietnamese msgid with places for `facts`.
    """

    section: Section
    where: str
    what: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The finding in Vietnamese."""
        return self.what % self.facts if self.facts else self.what

    def __str__(self) -> str:
        return f"{self.section} · {self.where}: {self.text}" if self.where else f"{self.section}: {self.text}"
