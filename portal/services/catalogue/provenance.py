"""What an answer is: a value together with where it came from. The shapes only, no rule."""

from __future__ import annotations

from typing import Any

CITIZEN = "citizen"  # the source of what a citizen typed; every other source is a registry's name, or "eid" for the login
DISPUTED = "disputed"  # of a registry's answer that the person says is not right: "claimed", "reason", "attachment", "at"
Answer = dict[str, Any]  # "value", "source"; of a registry's besides "record", "as_of", "fetched_at"
Answers = dict[str, Answer]
Item = dict[str, Any]  # of a repeating group: "answers" (Answers), "is_seeded", "is_included"
