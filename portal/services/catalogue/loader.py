"""Reading a procedure's folder and the dictionary into one immutable, hashed `Procedure`; whatever does not fit is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import rfc8785
import yaml
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ValidationError

from portal.crypto import sha256
from portal.services.catalogue.conditions import elements_of
from portal.services.catalogue.schema import Definition, Element, Procedure

HERE = Path(__file__).resolve().parent
SHIPPED = HERE / "procedures"
FILES = ("procedure.yaml", "result.html", "strings.en.yaml", "cases.yaml")
OFFICIAL_FACTS = frozenset({"office", "number", "symbol", "issued_on", "signed_by", "verification", "dossier_code", "is_refusal"})


class BadProcedure(ValueError):
    """A folder that does not make a procedure; the text names the file and the fault."""


def read_folder(folder: Path) -> dict[str, str]:
    """A procedure's folder as one set of texts, with the dictionary entries that it names: what a version is made of."""
    files = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    definition = _definition(files["procedure.yaml"])
    dictionary = yaml.safe_load((HERE / "elements.yaml").read_text(encoding="utf-8"))
    named = {key: dictionary[key] for key in sorted(set(_named_elements(definition))) if key in dictionary}
    return {**files, "elements.yaml": yaml.safe_dump(named, allow_unicode=True, sort_keys=True)}


def content_hash(files: Mapping[str, str]) -> str:
    """The name of a version: the SHA-256 of its texts in canonical JSON."""
    return sha256(rfc8785.dumps(dict(files))).hex()


def parse(files: Mapping[str, str]) -> Procedure:
    """The procedure that the texts make.

    Raises:
        BadProcedure: something in them does not hold together.
    """
    definition = _definition(files["procedure.yaml"])
    try:
        entries = yaml.safe_load(files["elements.yaml"]) or {}
        elements = {key: Element(key=key, **entry) for key, entry in entries.items()}
    except (ValidationError, yaml.YAMLError) as wrong:
        raise BadProcedure(f"elements.yaml: {wrong}") from wrong
    procedure = Procedure(
        content_hash=content_hash(files),
        definition=definition,
        elements=elements,
        english=yaml.safe_load(files["strings.en.yaml"]) or {},
        result_template=files["result.html"],
        cases=tuple(yaml.safe_load(files["cases.yaml"]) or ()),
    )
    for fault in _faults(procedure):
        raise BadProcedure(fault)
    return procedure


def shipped_folders() -> list[Path]:
    """The folders of the procedures that ship with the portal, in order of code."""
    return sorted((path.parent for path in SHIPPED.glob("*/*/procedure.yaml")), key=lambda folder: folder.name)


def _definition(text: str) -> Definition:
    try:
        return Definition.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as wrong:
        raise BadProcedure(f"procedure.yaml: {wrong}") from wrong


def _named_elements(definition: Definition) -> Iterator[str]:
    yield definition.competence.by_address
    yield definition.delivery_element
    yield from definition.contact_elements
    yield from filter(None, [definition.copies_element])
    for lookup in definition.lookups:
        yield from lookup.elements
    for page in definition.pages:
        yield from elements_of(page.when)
    for question in (*definition.appraisal.questions, *(q for page in definition.pages for q in page.questions)):
        yield question.element
        yield from elements_of(question.when)
    for rule in definition.orderings:
        yield from (rule.earlier, rule.later)
    yield from definition.appraisal.prefill.values()
    yield from definition.result.fields.values()


def texts_of(definition: Definition) -> Iterator[str]:
    """Every text of the definition that a citizen reads, which therefore needs an English form."""
    whole = (
        definition.name, definition.field, definition.outcome, definition.who, definition.declaration,
        definition.partial_reason,
    )  # fmt: skip
    yield from filter(None, (*whole, *definition.steps_in_words, *definition.life_events))
    for page in definition.pages:
        yield from filter(None, [page.title, page.introduction])
        for question in page.questions:
            yield from filter(None, [question.why, question.label])
    yield from (rule.message for rule in definition.orderings)
    yield from (lookup.why for lookup in definition.lookups)
    for component in definition.components:
        yield from filter(None, [component.name, component.note])
    yield from (rule.label for rule in definition.fees)
    yield from (step.name for step in definition.process)
    yield definition.result.title


def _faults(procedure: Procedure) -> Iterator[str]:
    definition = procedure.definition
    for key in _named_elements(definition):
        if key not in procedure.elements:
            yield f"procedure.yaml names the element {key!r}, which the dictionary does not have"
    for text in texts_of(definition):
        if not procedure.english.get(text):
            yield f"strings.en.yaml has no English for {text!r}"
    for lookup in definition.lookups:
        for key in lookup.elements:
            source = procedure.elements[key].source
            if source is None or source.registry != lookup.registry:
                yield f"the look-up of {lookup.registry} names {key!r}, which that registry does not hold"
    yield from _template_faults(procedure)


def _template_faults(procedure: Procedure) -> Iterator[str]:
    environment = ImmutableSandboxedEnvironment()
    names: set[str] = meta.find_undeclared_variables(environment.parse(procedure.result_template))
    for name in sorted(names - set(procedure.definition.result.fields) - OFFICIAL_FACTS):
        yield f"result.html uses {name!r}, which no field of the result gives"
