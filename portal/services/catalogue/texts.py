"""The texts of a definition that a citizen reads, and which therefore need an English form."""

from __future__ import annotations

from collections.abc import Iterator

from portal.services.catalogue.elements import Part
from portal.services.catalogue.handling import Appraisal
from portal.services.catalogue.schema import Definition

TRANSLATED: dict[str, tuple[str, ...]] = {  # by the part, the fields whose texts a citizen reads
    "Definition": (
        "name", "field", "partial_reason", "outcome", "who", "requirements", "steps_in_words", "life_events", "declaration",
    ),
    "Case": ("name",),
    "Lookup": ("why",),
    "Whom": ("title", "why"),
    "Page": ("title", "introduction"),
    "Question": ("why", "label"),
    "Group": ("title", "item_title", "why"),
    "Ordering": ("message",),
    "Component": ("name", "note"),
    "PayerClass": ("name",),
    "FeeRule": ("label",),
    "TermRule": ("description",),
    "Step": ("name",),
    "Awaited": ("note",),
    "Reception": ("paper_rule",),
    "Result": ("title",),
}  # fmt: skip


def texts_of(definition: Definition) -> Iterator[str]:
    """Every text that a citizen reads, in the order of the file; a text that stands twice is given once."""
    return iter(dict.fromkeys(text for text in _texts_in(definition) if text))


def _texts_in(part: Part) -> Iterator[str]:
    """The texts of a part and of all parts inside it; what the officer is asked stays Vietnamese."""
    translated = TRANSLATED.get("Definition" if isinstance(part, Definition) else type(part).__name__, ())
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name in translated:
            yield from value if isinstance(value, tuple) else (value,)
        elif isinstance(value, Part) and not isinstance(value, Appraisal):
            yield from _texts_in(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Part):
                    yield from _texts_in(item)
