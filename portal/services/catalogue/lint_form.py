"""What the check finds in a form: questions that should not be asked, cannot be reached, or cannot be answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.conditions import Always, Condition, Equals, Includes, OneOf, elements_of
from portal.services.catalogue.elements import Element
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.form import Group, Page, Question
from portal.services.catalogue.loader import group_keys
from portal.services.catalogue.reading import read
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.worlds import comparisons_of, outcomes

STEPS_OF_THE_PORTAL = frozenset({"consent", "facts", "attachments", "review", "changes", "receipt"})


def form_findings(procedure: Procedure) -> Iterator[Finding]:
    """Everything in the pages that stands against publishing."""
    if not procedure.definition.pages:
        yield Finding("form", "", "Thủ tục chưa có trang nào để người dân khai.")
    yield from _asked_though_held(procedure)
    yield from _asked_twice(procedure)
    yield from _conditions(procedure)
    yield from _order(procedure)
    for page in procedure.definition.pages:
        yield from _page(procedure, page)
    yield from _people_and_delivery(procedure)


def looked_up(procedure: Procedure) -> frozenset[str]:
    """The elements that the procedure's look-ups fill in."""
    return frozenset(key for lookup in procedure.definition.lookups for key in lookup.elements)


def placed_questions(procedure: Procedure) -> Iterator[tuple[Page, Question]]:
    """Every question with its page, those of repeating groups too."""
    for page in procedure.definition.pages:
        for question in (*page.questions, *(one for group in page.groups for one in group.questions)):
            yield page, question


def _asked_though_held(procedure: Procedure) -> Iterator[Finding]:
    """Source: NĐ 224/2026/NĐ-CP, Điều 15 and 18: nothing is asked that a published database holds."""
    held = looked_up(procedure)
    own = {key for lookup in procedure.definition.lookups if not lookup.about for key in lookup.elements}
    for _page, question in placed_questions(procedure):
        element = procedure.elements[question.element]
        if element.source and element.key not in held and not question.legal_ground:
            facts = {"registry": str(element.source.registry)}
            yield Finding(
                "form",
                element.key,
                "Câu này hỏi điều mà cơ sở dữ liệu «%(registry)s» đã giữ. Hãy tra cứu, hoặc nêu căn cứ.",
                facts,
            )
        if element.is_locked and element.key in own:
            yield Finding("form", element.key, "Câu này hỏi lại điều đã được điền sẵn và khóa.")


def _asked_twice(procedure: Procedure) -> Iterator[Finding]:
    times = Counter(question.element for page in procedure.definition.pages for question in page.questions)
    for element in sorted(element for element, count in times.items() if count > 1):
        yield Finding("form", element, "Một điều được hỏi ở hai nơi.")


def _conditions(procedure: Procedure) -> Iterator[Finding]:
    for page in procedure.definition.pages:
        yield from _condition(procedure, page.id, page.when)
        for group in page.groups:
            yield from _condition(procedure, group.key, group.when)
    for _page, question in placed_questions(procedure):
        yield from _condition(procedure, question.element, question.when)


def _condition(procedure: Procedure, where: str, condition: Condition) -> Iterator[Finding]:
    if isinstance(condition, Always):
        return
    found = outcomes(procedure, condition)
    if found == {False}:
        yield Finding("form", where, "Không bao giờ tới được: điều kiện không thể xảy ra.")
    if found == {True}:
        yield Finding("form", where, "Điều kiện lúc nào cũng đúng, nên là thừa.")
    for comparison in comparisons_of(condition):
        element = procedure.elements.get(comparison.element)
        if element and element.kind in ("choice", "choices"):
            offered = {option.value for option in element.options}
            for value in sorted({str(value) for value in _compared_with(comparison)} - offered):
                yield Finding("form", where, "Điều kiện so với «%(value)s», nhưng câu hỏi không có mục này.", {"value": value})


def _compared_with(comparison: object) -> tuple[object, ...]:
    match comparison:
        case Equals(equals=value):
            return (value,)
        case OneOf(one_of=values):
            return tuple(values)
        case Includes(includes=value):
            return (value,)
    return ()


def _order(procedure: Procedure) -> Iterator[Finding]:
    """A condition may look only at what is known by then: looked up, or asked before."""
    known = set(looked_up(procedure))
    for page in procedure.definition.pages:
        yield from _later(page.id, page.when, known)
        for question in page.questions:
            yield from _later(question.element, question.when, known)
            known.add(question.element)
        for group in page.groups:
            yield from _later(group.key, group.when, known)
            own = known | {question.element for question in group.questions} | set(group.seed.fields if group.seed else ())
            for question in group.questions:
                yield from _later(question.element, question.when, own)
            known.add(group.key)


def _later(where: str, condition: Condition, known: set[str]) -> Iterator[Finding]:
    for element in sorted(set(elements_of(condition)) - known):
        yield Finding("form", where, "Điều kiện nhìn vào «%(element)s», lúc ấy chưa ai hỏi tới.", {"element": element})


def _page(procedure: Procedure, page: Page) -> Iterator[Finding]:
    if not page.questions and not page.groups:
        yield Finding("form", page.id, "Trang này không hỏi gì.")
    if page.id in STEPS_OF_THE_PORTAL:
        yield Finding("form", page.id, "Mã trang này trùng với một bước có sẵn của cổng.")
    for question in page.questions:
        element = procedure.elements[question.element]
        if element.kind in ("choice", "choices") and not element.options:
            yield Finding("form", element.key, "Câu chọn này chưa có mục nào để chọn.")
        if question.usual and not _can_be_read(element, question.usual):
            yield Finding("form", element.key, "Câu trả lời thường gặp «%(value)s» không phải là câu trả lời được.",
                          {"value": question.usual})  # fmt: skip
    for group in page.groups:
        yield from _group(procedure, group)


def _can_be_read(element: Element, text: str) -> bool:
    """Whether the text is an answer to the element; only what one box takes can stand there from the start."""
    try:
        return element.kind in ("choice", "count") and read(element, {element.key: text}) is not None
    except Unreadable:
        return False


def _group(procedure: Procedure, group: Group) -> Iterator[Finding]:
    if group.minimum > group.maximum:
        yield Finding("form", group.key, "Số tối thiểu của nhóm lớn hơn số tối đa.")
    if not group.questions and not group.seed:
        yield Finding("form", group.key, "Nhóm lặp này không hỏi gì.")
    if group.seed and group.seed.element not in looked_up(procedure):
        yield Finding("form", group.key, "Nhóm lấy danh sách từ «%(element)s», nhưng thủ tục không tra cứu phần tử này.",
                      {"element": group.seed.element})  # fmt: skip


def _people_and_delivery(procedure: Procedure) -> Iterator[Finding]:
    definition = procedure.definition
    asked = {question.element for page in definition.pages for question in page.questions}
    known = asked | looked_up(procedure)
    if definition.pages and definition.subject_element not in known:
        yield Finding("form", definition.subject_element, "Không ai cho biết hồ sơ này là của ai.")
    if definition.pages and definition.delivery_element not in asked:
        yield Finding("form", definition.delivery_element, "Thủ tục không hỏi người dân nhận kết quả bằng cách nào.")
    if definition.pages and not definition.declaration:
        yield Finding("form", "", "Thủ tục chưa có lời cam đoan.")
    for element in definition.contact_elements:
        if element not in known:
            yield Finding("form", element, "Chỗ liên hệ này không được hỏi ở trang nào.")
    if definition.copies_element and definition.copies_element not in asked:
        yield Finding("form", definition.copies_element, "Số bản không được hỏi ở trang nào.")
    for rule in definition.orderings:
        for element in (rule.earlier, rule.later):
            if element not in known | group_keys(definition):
                yield Finding("form", element, "Hai ngày được so với nhau, nhưng một ngày không ai hỏi.")
