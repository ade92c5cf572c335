"""The data dictionary: every shared element, from the files of `dictionary/`, one file a subject."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from portal.services.catalogue.elements import Element

FOLDER = Path(__file__).resolve().parent / "dictionary"


@lru_cache(maxsize=1)
def dictionary() -> dict[str, Element]:
    """Every element that procedures may share, by key.

    Raises:
        ValueError: two files give one key, or an entry is not an element.
    """
    found: dict[str, Element] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for key, entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
            if key in found:
                raise ValueError(f"{path.name}: {key} stands in two files")
            found[key] = Element(key=key, **entry)
    return found
