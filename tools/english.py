"""Keeps the English catalogue in step with what the pages say; run by `tools/translations.sh`."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

HEADER = """\
# The English of the portal's pages. Each key is the Vietnamese sentence; tools/translations.sh keeps the list complete.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def read(path: Path) -> Catalog:
    """The catalogue at the path."""
    with path.open("rb") as file:
        return read_po(file, locale="en")


def merge(catalogue: Path, template: Path) -> Catalog:
    """Add what is new, drop what is no longer said, keep the rest; written without places, so that moving code moves nothing."""
    merged = read(catalogue)
    merged.update(read(template), no_fuzzy_matching=True)
    with catalogue.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, merged, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return merged


def lacking(catalogue: Catalog) -> list[str]:
    """What has no English yet."""
    return [str(m.id) for m in catalogue if m.id and (m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string))]


if __name__ == "__main__":
    without = lacking(merge(Path(sys.argv[1]), Path(sys.argv[2])))
    print(*without, sep="\n")
    sys.exit(1 if without else 0)
