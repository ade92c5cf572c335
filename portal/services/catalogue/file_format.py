"""The one file of a procedure: read with care, written in one way only, so that what is read and written again is the same.

The file of format 1 (a folder of four) is still read; nothing writes it any more.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from portal.services.catalogue.faults import BadProcedure, Fault, faults_of
from portal.services.catalogue.schema import FORMAT, Definition
from portal.services.catalogue.texts import texts_of

LONGEST_FILE = 1_000_000
FILE, DICTIONARY = "procedure.yaml", "elements.yaml"


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice, of which the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key) for key, _value in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"«{key}» đứng hai lần", node.start_mark)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Lists stand inside what they belong to; longer texts keep their lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def load_yaml(text: str) -> Any:
    """What a YAML text says.

    Raises:
        BadProcedure: it is not YAML, is too long, repeats a key, or refers to other places of itself.
    """
    if len(text) > LONGEST_FILE:
        raise BadProcedure([Fault("", "Tệp dài quá một triệu ký tự.")])
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            raise BadProcedure([Fault("", "Tệp có chỗ tham chiếu (*), cổng không đọc dạng này.")])
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a subclass of the safe one)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        if isinstance(wrong, BadProcedure):
            raise
        mark = getattr(wrong, "problem_mark", None)
        where = f"dòng {mark.line + 1}" if mark else ""
        raise BadProcedure([Fault(where, f"Không đọc được tệp: {getattr(wrong, 'problem', None) or wrong}")]) from wrong


def dump_yaml(data: Any) -> str:
    """The one way in which data is written."""
    dumped: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=False)
    return dumped


def read(text: str) -> Definition:
    """The definition that a file says.

    Raises:
        BadProcedure: with every fault and the place where it stands.
    """
    data = load_yaml(text)
    if not isinstance(data, dict):
        raise BadProcedure([Fault("", "Tệp không phải là một thủ tục.")])
    if data.get("format") != FORMAT:
        raise BadProcedure([Fault("format", f"Cổng đọc định dạng {FORMAT}; tệp ghi «{data.get('format')}».")])
    return definition_of(data)


def definition_of(data: Mapping[str, Any]) -> Definition:
    """The definition that plain data says.

    Raises:
        BadProcedure: with every fault and the place where it stands.
    """
    try:
        return Definition.model_validate(data)
    except ValidationError as wrong:
        raise BadProcedure(faults_of(wrong)) from wrong


def write(definition: Definition) -> str:
    """The file of a definition, in its one canonical form: what is left at its default is left out."""
    return dump_yaml({"format": FORMAT, **plain(definition)})


def plain(definition: Definition) -> dict[str, Any]:
    """The definition as plain data, its English in the order of the texts, without English that nothing needs any more."""
    data: dict[str, Any] = _lists(definition.model_dump(mode="python", by_alias=True, exclude_defaults=True))
    english = {text: definition.english[text] for text in texts_of(definition) if definition.english.get(text)}
    return {**{key: value for key, value in data.items() if key != "english"}, **({"english": english} if english else {})}


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_lists(item) for item in value]
    return tidy(value) if isinstance(value, str) else value


def tidy(text: str) -> str:
    """A text without blanks at the ends of its lines, which no file could keep faithfully."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\t", "    ").split("\n"))


def from_format_1(files: Mapping[str, str]) -> Definition:
    """The definition in a folder of format 1 (`procedure.yaml`, `result.html`, `strings.en.yaml`, `cases.yaml`).

    Raises:
        BadProcedure: the folder does not hold together.
    """
    old = load_yaml(files["procedure.yaml"])
    copies = old.get("copies_element", "")
    fees = [_fee_of_format_1(rule, copies) for rule in old.get("fees", ())]
    components = [{"id": f"c{number}", **component} for number, component in enumerate(old.get("components", ()), 1)]
    return definition_of(
        {
            **old,
            "fees": fees,
            "components": components,
            "result": _result_of_format_1(old["result"], files["result.html"]),
            "english": load_yaml(files["strings.en.yaml"]) or {},
            "rehearsals": load_yaml(files["cases.yaml"]) or (),
        }
    )


def _result_of_format_1(result: Mapping[str, Any], template: str) -> dict[str, Any]:
    return {**{key: value for key, value in result.items() if key != "legal_bases"}, "template": template}


def _fee_of_format_1(rule: Mapping[str, Any], copies: str) -> dict[str, Any]:
    counted = {"counted_by": copies} if rule.get("per_copy") and copies else {}
    charge = {"phí": "phi", "lệ phí": "main"}[rule["kind"]]
    return {"charge": charge, **{key: value for key, value in rule.items() if key != "per_copy"}, **counted}


def is_format_1(files: Mapping[str, str]) -> bool:
    """Whether the texts are a folder of format 1."""
    return "result.html" in files
