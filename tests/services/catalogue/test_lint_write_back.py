"""What the publication check says of a result that is given back to a register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.services.catalogue.lint import findings
from portal.services.catalogue.loader import procedure_of
from tests.procedures import edited

BIRTH = "1.001193"
Data = dict[str, Any]


def rule(data: Data) -> Data:
    found: Data = data["result"]["write_back"][0]
    return found


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda data: rule(data).pop("purpose"), "chưa ghi mục đích và căn cứ pháp lý"),
        (lambda data: rule(data).pop("legal_ground"), "chưa ghi mục đích và căn cứ pháp lý"),
        (lambda data: rule(data)["fields"].update(weight="child.twin_of"), "không ai cho biết"),
        (lambda data: rule(data).pop("before_printing"), "chỉ in được khi ghi trước khi in"),
        (lambda data: data["appraisal"]["questions"].append({"element": "registered.personal_id"}), "nên không hỏi ai nữa"),
        (lambda data: rule(data).pop("gives"), "không ai cho biết điều đó"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_found(edit: Callable[[Data], Any], words: str) -> None:
    def change(data: Data) -> None:
        own = {"kind": "text", "label": {"vi": "Sinh đôi", "en": "Twin"}}
        data["elements"] = {**data.get("elements", {}), "child.twin_of": own}
        edit(data)

    said = [finding.text for finding in findings(procedure_of(edited(change, BIRTH)))]
    assert any(words in one for one in said), said


def test_a_procedure_may_say_that_it_awaits_its_register() -> None:
    def change(data: Data) -> None:
        for key in ("purpose", "legal_ground"):
            rule(data).pop(key)
        data["awaits"].append({"organ": "write-back", "name": "civil-status", "note": "Chưa nối."})
        data["english"] = {**data["english"], "Chưa nối.": "Not connected yet."}

    assert [str(finding) for finding in findings(procedure_of(edited(change, BIRTH)))] == []
