"""How long and how often the portal asks again by itself: data, and the waiting that doubles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

RULES = Path(__file__).with_name("patience.yaml")
SILENT, CORRECTIONS = "silent", "corrections"


class Patience(BaseModel):
    """How often one thing is asked for again, and how many of its kind in a minute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_minute: int = Field(ge=1)
    attempts: int = Field(ge=1)
    first: float = Field(gt=0)
    longest: float = Field(gt=0)

    def wait_after(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        return timedelta(minutes=min(self.first * 2 ** min(max(attempts - 1, 0), 30), self.longest))


@lru_cache(maxsize=1)
def patience() -> Mapping[str, Patience]:
    """The rules, by what is asked for again."""
    return TypeAdapter(dict[str, Patience]).validate_python(yaml.safe_load(RULES.read_text(encoding="utf-8")))
