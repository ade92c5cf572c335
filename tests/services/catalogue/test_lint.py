from __future__ import annotations

import pytest

from portal.services.catalogue.lint import counts, findings
from portal.services.catalogue.loader import parse, read_folder, shipped_folders
from portal.services.catalogue.schema import Procedure

FILES = read_folder(shipped_folders()[0])


def changed(*changes: tuple[str, str, str]) -> Procedure:
    files = dict(FILES)
    for name, old, new in changes:
        assert old in files[name], old
        files[name] = files[name].replace(old, new, 1)
    return parse(files)


def test_every_shipped_procedure_passes_its_own_check() -> None:
    for folder in shipped_folders():
        assert findings(parse(read_folder(folder))) == (), folder.name


def test_counts_say_how_little_a_citizen_types() -> None:
    how_many = counts(parse(FILES))
    assert (how_many.asked, how_many.asked_sometimes, how_many.prefilled, how_many.removed) == (4, 8, 14, 2)


YAML = "procedure.yaml"
FAULTS: dict[str, tuple[tuple[tuple[str, str, str], ...], str, str]] = {
    "asked though held": (
        ((YAML, "      - contact.phone\n  - registry", "  - registry"),), "page delivery", "contact.phone",
    ),
    "asked though settled": (
        ((YAML, "      - element: certificate.period\n", "      - element: certificate.period\n      - element: subject.sex\n"),),
        "page period", "subject.sex",
    ),
    "never reached": (
        ((YAML, "equals: marriage_abroad}", "equals: mars}"),),
        "page partner", "never",
    ),
    "never reached by contradiction": (
        ((
            YAML, "when: {element: certificate.purpose, equals: marriage_abroad}",
            "when: {all: [{element: certificate.purpose, equals: loan}, {element: certificate.purpose, equals: other}]}",
        ),),
        "page partner", "never",
    ),
    "always true": (
        ((
            YAML, "when: {element: certificate.purpose, equals: marriage_abroad}",
            "when: {any: [{element: certificate.purpose, answered: true}, {element: certificate.purpose, answered: false}]}",
        ),),
        "page partner", "always",
    ),
    "no term for a channel": (((YAML, "channels: [online, counter, post]", "channels: [online, counter]"),), "terms", "post"),
    "steps beyond the term": (((YAML, "hours: 12", "hours: 40"),), "process", "52 office hours"),
    "partial without a reason": (((YAML, "level: full", "level: partial"),), "level", "reason"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_where_it_stands(fault: str) -> None:
    changes, where, what = FAULTS[fault]
    assert any(finding.where == where and what in finding.what for finding in findings(changed(*changes)))
