"""Questions that repeat: the items of a group, seeded from a registry's list or added by the citizen. Pure functions.

A group's answer is `{"value": [item …], "source": "citizen"}`; an item is `{"answers": Answers, "is_seeded": bool,
"is_included": bool}`. What a registry said of a seeded item is taken from the registry's own answer, never from the
browser. On the form the boxes of item 0 are named `<group>.0.<element>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.conditions import holds
from portal.services.catalogue.elements import Element
from portal.services.catalogue.form import Group, Question
from portal.services.catalogue.provenance import CITIZEN, Answer, Answers, Item
from portal.services.catalogue.reading import Form, read

COUNT, INCLUDED = "count", "included"
INDEX = re.compile(r"[0-9]{1,4}")
REQUIRED = "Ông/bà chưa trả lời câu này."
TOO_FEW = "Hãy ghi thêm: nhóm này còn thiếu."
TOO_MANY = "Nhóm này nhiều quá. Hãy bớt đi."
Elements = Mapping[str, Element]
Errors = dict[str, list[str]]


def plain_items(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The included items as conditions and templates look at them: element -> plain value."""
    return [{element: answer["value"] for element, answer in item["answers"].items()} for item in items if item["is_included"]]


def seeded_items(group: Group, answers: Answers) -> list[Item]:
    """One item, not included yet, for each member of the registry's list, but for the person who files."""
    seed = group.seed
    answer = answers.get(seed.element) if seed else None
    if seed is None or answer is None or answer["source"] == CITIZEN:
        return []
    members = answer["value"]
    for step in filter(None, seed.path.split(".")):
        members = members.get(step, []) if isinstance(members, Mapping) else []
    own_ids = {known["value"] for key, known in answers.items() if key.endswith("personal_id") and key != seed.element}
    proof = {name: answer.get(name) for name in ("source", "record", "as_of", "fetched_at")}
    return [
        {
            "answers": {key: {"value": member[name], **proof} for key, name in seed.fields.items() if member.get(name)},
            "is_seeded": True,
            "is_included": False,
        }
        for member in members
        if isinstance(member, Mapping) and member.get("personal_id") not in own_ids
    ]


def items_so_far(group: Group, answers: Answers) -> list[Item]:
    """The group's items: the registry's list as it stands now, with what was answered about each, then those added."""
    kept = answers.get(group.key, {}).get("value") or []
    seeded = seeded_items(group, answers)
    for item in seeded:
        before = next((old for old in kept if old["is_seeded"] and _is_same(group, old, item)), None)
        if before:
            item["answers"] = {**before["answers"], **item["answers"]}
            item["is_included"] = before["is_included"]
    return seeded + [item for item in kept if not item["is_seeded"]]


def _is_same(group: Group, one: Item, other: Item) -> bool:
    fields = group.seed.fields if group.seed else {}
    return all(one["answers"].get(key, {}).get("value") == other["answers"].get(key, {}).get("value") for key in fields)


def box_name(group: Group, index: int, name: str) -> str:
    """The name of one box of an item on the form."""
    return f"{group.key}.{index}.{name}"


def item_element(group: Group, index: int, element: Element) -> Element:
    """The element under the name that it has in this item's boxes."""
    return element.model_copy(update={"key": box_name(group, index, element.key)})


def is_settled_in(item: Item, element: str) -> bool:
    """Whether a registry's value stands for the element of this item."""
    answer = item["answers"].get(element)
    return bool(item["is_seeded"] and answer and answer["source"] != CITIZEN)


def item_questions(group: Group, item: Item, values: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions that this item calls for; its own answers count before those of the dossier."""
    own = {element: answer["value"] for element, answer in item["answers"].items()}
    return tuple(question for question in group.questions if holds(question.when, {**values, **own}))


def posted_count(group: Group, form: Form, fallback: int) -> int:
    """How many items the form holds; never more than the group may have, however much was sent."""
    text = str(form.get(f"{group.key}.{COUNT}", ""))
    return min(int(text), group.maximum) if text.isascii() and text.isdigit() and len(text) <= 3 else fallback


def form_with_one_more(group: Group, form: Form, count: int) -> dict[str, Any]:
    """The form as typed, with one item more to fill in."""
    return {**flat(form), f"{group.key}.{COUNT}": str(min(count + 1, group.maximum))}


def form_without(group: Group, form: Form, count: int, index: int) -> dict[str, Any]:
    """The form as typed, without one of its items; those after it move up."""
    kept: dict[str, Any] = {}
    for name, value in flat(form).items():
        at, rest = _split(group, name)
        if at is None:
            kept[name] = value
        elif at != index:
            kept[box_name(group, at - (at > index), rest)] = value
    return {**kept, f"{group.key}.{COUNT}": str(max(count - 1, 0))}


def flat(form: Form) -> dict[str, Any]:
    """A form as plain data; a box that may hold several values as a list."""
    if not hasattr(form, "getlist"):
        return dict(form)
    return {name: values[0] if len(values) == 1 else values for name in form for values in [form.getlist(name)]}


def _split(group: Group, name: str) -> tuple[int | None, str]:
    start = f"{group.key}."
    number, _dot, rest = name[len(start) :].partition(".") if name.startswith(start) else ("", "", "")
    return (int(number), rest) if INDEX.fullmatch(number) and rest else (None, name)


def read_group(
    group: Group, elements: Elements, form: Form, answers: Answers, values: Mapping[str, Any], errors: Errors
) -> Answer:
    """The group's answer from one form; what cannot be read is told in `errors` by the name of its box."""
    known = items_so_far(group, answers)
    seeded = [item for item in known if item["is_seeded"]]
    count = posted_count(group, form, len(known))
    items = [
        _read_item(group, index, seeded[index] if index < len(seeded) else _new_item(), elements, form, values, errors)
        for index in range(max(count, len(seeded)))
    ]
    included = sum(item["is_included"] for item in items)
    if included < group.minimum:
        errors[group.key] = [TOO_FEW]
    if included > group.maximum:
        errors[group.key] = [TOO_MANY]
    return {"value": items, "source": CITIZEN}


def _new_item() -> Item:
    return {"answers": {}, "is_seeded": False, "is_included": True}


def _read_item(
    group: Group,
    index: int,
    before: Item,
    elements: Elements,
    form: Form,
    values: Mapping[str, Any],
    errors: dict[str, list[str]],
) -> Item:
    is_included = not before["is_seeded"] or form.get(box_name(group, index, INCLUDED)) == "yes"
    item: Item = {
        "answers": {key: answer for key, answer in before["answers"].items() if before["is_seeded"]},
        "is_seeded": before["is_seeded"],
        "is_included": is_included,
    }
    for question in group.questions:
        if question not in item_questions(group, item, values) or is_settled_in(item, question.element):
            continue
        box = item_element(group, index, elements[question.element])
        try:
            value = read(box, form)
        except Unreadable as wrong:
            errors[box.key] = [str(wrong)]
            continue
        item["answers"].pop(question.element, None)
        if value is not None:
            item["answers"][question.element] = {"value": value, "source": CITIZEN}
        elif question.is_required and is_included:
            errors[box.key] = [REQUIRED]
    if not is_included:
        for name in [name for name in errors if name.startswith(box_name(group, index, ""))]:
            del errors[name]
    return item


def is_group_complete(group: Group, answers: Answers, values: Mapping[str, Any]) -> bool:
    """Whether the group holds enough items, each with its required answers."""
    items = [item for item in answers.get(group.key, {}).get("value") or [] if item["is_included"]]
    if not group.minimum <= len(items) <= group.maximum:
        return False
    return all(
        question.element in item["answers"]
        for item in items
        for question in item_questions(group, item, values)
        if question.is_required
    )


def filed_group(group: Group, answer: Answer, values: Mapping[str, Any]) -> Answer:
    """The group's answer as it is filed: the included items, with the questions that they still call for."""
    items = []
    for item in answer["value"]:
        if item["is_included"]:
            asked = {question.element for question in item_questions(group, item, values)}
            seeds = set(group.seed.fields) if group.seed and item["is_seeded"] else set()
            kept = {key: said for key, said in item["answers"].items() if key in asked | seeds}
            items.append({**item, "answers": kept})
    return {**answer, "value": items}
