"""From a version's texts to one immutable, hashed `Procedure`; whatever does not fit is refused.

A version is two texts: the procedure's file and the entries of the dictionary that it names, so that a dossier filed
under it stays readable whatever becomes of the dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import ValidationError

from portal.crypto import sha256
from portal.services.catalogue.conditions import elements_of
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.elements import Element
from portal.services.catalogue.faults import BadProcedure, Fault, faults_of
from portal.services.catalogue.file_format import DICTIONARY, FILE, dump_yaml, from_format_1, is_format_1, load_yaml, read, write
from portal.services.catalogue.form import Question
from portal.services.catalogue.others import RELATIVES
from portal.services.catalogue.schema import Definition, Procedure

SHIPPED = Path(__file__).resolve().parent / "procedures"


def texts_for(definition: Definition) -> dict[str, str]:
    """The texts of the version that a definition would make today, with the dictionary as it stands now."""
    named = {
        key: dictionary()[key].model_dump(exclude={"key"}, exclude_defaults=True, mode="json")
        for key in _shared_keys(definition)
    }  # fmt: skip
    return {FILE: write(definition), DICTIONARY: dump_yaml(named)}


def _shared_keys(definition: Definition) -> list[str]:
    """The entries of today's dictionary that a definition names."""
    return [key for key in sorted(set(named_elements(definition)) - definition.elements.keys()) if key in dictionary()]


def read_file(path: Path) -> dict[str, str]:
    """The texts of the version that a procedure's file makes.

    Raises:
        BadProcedure: the file does not make a procedure.
    """
    return texts_for(read(path.read_text(encoding="utf-8")))


def shipped_files() -> list[Path]:
    """The files of the procedures that ship with the portal, in order of code."""
    return sorted(SHIPPED.glob("*/*.yaml"), key=lambda path: path.name)


def content_hash(files: Mapping[str, str]) -> str:
    """The name of a version: the SHA-256 of its texts in canonical JSON."""
    return sha256(rfc8785.dumps(dict(files))).hex()


def parse(files: Mapping[str, str]) -> Procedure:
    """The procedure that a version's texts make.

    Raises:
        BadProcedure: something in them does not hold together.
    """
    return _whole(files, definition_in(files), _entries(load_yaml(files[DICTIONARY]) or {}, DICTIONARY))


def definition_in(files: Mapping[str, str]) -> Definition:
    """The definition that a version's texts hold, in whatever format they were written.

    Raises:
        BadProcedure: they do not hold one.
    """
    return from_format_1(files) if is_format_1(files) else read(files[FILE])


def made(definition: Definition) -> tuple[dict[str, str], Procedure]:
    """The texts of the version that a definition would make today, and the procedure in them, without reading them again.

    Raises:
        BadProcedure: it names an element that nobody has.
    """
    files = texts_for(definition)
    shared = {key: dictionary()[key] for key in _shared_keys(definition)}
    return files, _whole(files, definition, shared)


def _whole(files: Mapping[str, str], definition: Definition, shared: Mapping[str, Element]) -> Procedure:
    own = {key: Element(key=key, **dict(entry)) for key, entry in definition.elements.items()}
    procedure = Procedure(content_hash=content_hash(files), definition=definition, elements={**shared, **own})
    faults = tuple(_faults(procedure))
    if faults:
        raise BadProcedure(faults)
    return procedure


def procedure_of(definition: Definition) -> Procedure:
    """The procedure that a definition would make with today's dictionary.

    Raises:
        BadProcedure: it names an element that nobody has.
    """
    return parse(texts_for(definition))


def _entries(entries: Mapping[str, Any], where: str) -> dict[str, Element]:
    try:
        return {key: Element(key=key, **entry) for key, entry in entries.items()}
    except ValidationError as wrong:
        raise BadProcedure(Fault(f"{where}: {fault.where}", fault.what) for fault in faults_of(wrong)) from wrong


def questions_of(definition: Definition) -> Iterator[Question]:
    """Every question that a citizen may be asked, those of repeating groups too."""
    for page in definition.pages:
        yield from page.questions
        for group in page.groups:
            yield from group.questions


def group_keys(definition: Definition) -> frozenset[str]:
    """The names under which repeating groups answer."""
    return frozenset(group.key for page in definition.pages for group in page.groups)


def named_elements(definition: Definition) -> Iterator[str]:
    """Every element that the definition names, wherever it does; repeating groups are not elements."""
    groups = group_keys(definition)
    yield from (key for key in _named(definition) if key and key not in groups)


def _named(definition: Definition) -> Iterator[str]:
    yield from (definition.competence.by_address, definition.delivery_element, definition.copies_element)
    yield from definition.contact_elements
    if definition.pages:
        yield definition.subject_element
    for lookup in definition.lookups:
        yield from (lookup.about, *lookup.elements)
    for whom in definition.whom:
        yield from (RELATIVES, whom.element, *whom.sets)
    for question in (*questions_of(definition), *definition.appraisal.questions):
        yield question.element
        yield from elements_of(question.when)
    yield from _named_in_conditions(definition)
    for rule in definition.orderings:
        yield from (rule.earlier, rule.later)
    for prefilled, source in definition.appraisal.prefill.items():
        yield from (prefilled, source)
    yield from definition.result.fields.values()
    for fact in definition.result.write_back:
        yield from (*fact.fields.values(), *fact.gives)
    yield from (rule.counted_by for rule in definition.fees)
    for component in definition.components:
        yield from component.elements


def _named_in_conditions(definition: Definition) -> Iterator[str]:
    for page in definition.pages:
        yield from elements_of(page.when)
        for group in page.groups:
            yield from elements_of(group.when)
            yield from (group.seed.element, *group.seed.fields) if group.seed else ()
    conditions = (part.when for parts in (definition.cases, definition.payer_classes, definition.components) for part in parts)
    for condition in conditions:
        yield from elements_of(condition)


def _faults_about_others(procedure: Procedure) -> Iterator[Fault]:
    definition = procedure.definition
    for key in {whom.element for whom in definition.whom} | {lookup.about for lookup in definition.lookups if lookup.about}:
        if key in procedure.elements and procedure.elements[key].kind != "person":
            yield Fault(key, "Phần tử này phải thuộc loại «người».")
    names = [lookup.name for lookup in definition.lookups]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("lookups", f"Việc tra cứu «{twice}» đứng hai lần.")
    own = {key for lookup in definition.lookups if not lookup.about for key in lookup.elements}
    if definition.whom and RELATIVES not in own:
        yield Fault("whom", "Muốn chọn người thân thì phải tra cứu người thân của người nộp.")


def _faults(procedure: Procedure) -> Iterator[Fault]:
    definition = procedure.definition
    for key in sorted(set(named_elements(definition)) - procedure.elements.keys()):
        yield Fault(key, "Thủ tục nhắc đến phần tử này, nhưng từ điển dữ liệu không có.")
    for key in sorted(definition.elements.keys() & dictionary().keys()):
        yield Fault(f"elements.{key}", "Từ điển dữ liệu dùng chung đã có phần tử tên này.")
    for group in sorted(group_keys(definition) & procedure.elements.keys()):
        yield Fault(group, "Nhóm lặp không được trùng tên với một phần tử.")
    yield from _faults_about_others(procedure)
    for lookup in definition.lookups:
        for key in lookup.elements:
            source = procedure.elements[key].source if key in procedure.elements else None
            if key in procedure.elements and (source is None or source.registry != lookup.registry):
                yield Fault(f"lookups.{lookup.registry}", f"Cơ sở dữ liệu này không giữ «{key}».")
    for name, ids in (("cases", [c.id for c in definition.cases]), ("pages", [p.id for p in definition.pages]),
                      ("components", [c.id for c in definition.components])):  # fmt: skip
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            yield Fault(name, f"Mã «{twice}» đứng hai lần.")
