"""What changed between two versions of a procedure, in words: for the administrator everything, for the citizen the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.services.catalogue.fees import FeeRule
from portal.services.catalogue.finding import Section
from portal.services.catalogue.form import Group, Page, Question
from portal.services.catalogue.handling import Awaited, Component, Step, TermRule
from portal.services.catalogue.schema import Definition, Identity, Procedure

TOLD_APART = frozenset(Identity.model_fields) - {"code"}


@dataclass(frozen=True)
class Told:
    """How a list of one kind of thing tells what was added, taken out and changed."""

    added: str
    taken_out: str
    changed: str
    reordered: str


COMPONENTS = Told(
    "Giấy tờ: thêm «%(name)s».", "Giấy tờ: bỏ «%(name)s».",
    "Giấy tờ «%(name)s» thay đổi: %(what)s.", "Giấy tờ: thứ tự thay đổi.",
)  # fmt: skip
FEES = Told(
    "Lệ phí: thêm «%(name)s».", "Lệ phí: bỏ «%(name)s».",
    "Lệ phí «%(name)s» thay đổi: %(what)s.", "Lệ phí: thứ tự thay đổi.",
)  # fmt: skip
TERMS = Told(
    "Thời hạn: thêm «%(name)s».", "Thời hạn: bỏ «%(name)s».",
    "Thời hạn «%(name)s» thay đổi: %(what)s.", "Thời hạn: thứ tự thay đổi.",
)  # fmt: skip
STEPS = Told(
    "Bước xử lý: thêm «%(name)s».", "Bước xử lý: bỏ «%(name)s».",
    "Bước xử lý «%(name)s» thay đổi: %(what)s.", "Bước xử lý: thứ tự thay đổi.",
)  # fmt: skip
GROUPS = Told(
    "Nhóm lặp: thêm «%(name)s».", "Nhóm lặp: bỏ «%(name)s».",
    "Nhóm lặp «%(name)s» thay đổi: %(what)s.", "Nhóm lặp: thứ tự thay đổi.",
)  # fmt: skip
AWAITED = Told(
    "Còn chờ: thêm «%(name)s».", "Còn chờ: bỏ «%(name)s».",
    "Còn chờ «%(name)s» thay đổi: %(what)s.", "Còn chờ: thứ tự thay đổi.",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change; `what` is a Vietnamese msgid with places for `facts`; `is_seen` says whether a citizen notices it."""

    section: Section
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)
    is_seen: bool = False

    @property
    def text(self) -> str:
        """The change in Vietnamese."""
        return self.what % dict(self.facts) if self.facts else self.what


def changes_between(old: Procedure, new: Procedure, language: str = "vi") -> tuple[Change, ...]:
    """Every change from one version to the other, in the order of the file; labels and titles in the language."""
    before, after = old.definition, new.definition
    return (
        *_identity(before, after),
        *_pages(old, new, language),
        *_options(old, new, language),
        *_elements(before, after, language),
        *_listed("components", before.components, after.components, _component_name, COMPONENTS),
        *_listed("fees", before.fees, after.fees, _fee_name, FEES),
        *_listed("terms", before.terms, after.terms, _term_name, TERMS),
        *_listed("process", before.process, after.process, _step_name, STEPS),
        *_listed("identity", before.awaits, after.awaits, _awaited_name, AWAITED),
        *_whole(before, after),
    )


def _identity(before: Definition, after: Definition) -> Iterator[Change]:
    for name in sorted(TOLD_APART):
        if getattr(before, name) != getattr(after, name):
            facts = {"what": name, "before": _short(getattr(before, name)), "after": _short(getattr(after, name))}
            yield Change("identity", "Mục «%(what)s» đổi từ «%(before)s» thành «%(after)s».", facts, is_seen=name == "name")


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple | dict) else str(value if value is not None else "")
    return text if len(text) <= 120 else text[:117] + "…"


def _pages(old: Procedure, new: Procedure, language: str) -> Iterator[Change]:
    before = {page.id: page for page in old.definition.pages}
    after = {page.id: page for page in new.definition.pages}
    for page in after.values():
        if page.id not in before:
            yield Change("form", "Thêm trang «%(title)s».", {"title": new.say(page.title, language)}, is_seen=True)
    for page in before.values():
        if page.id not in after:
            yield Change("form", "Bỏ trang «%(title)s».", {"title": old.say(page.title, language)}, is_seen=True)
    yield from _questions(old, new, language)
    for page_id in before.keys() & after.keys():
        yield from _page(before[page_id], after[page_id])
    if [one for one in before if one in after] != [one for one in after if one in before]:
        yield Change("form", "Thứ tự các trang thay đổi.")


def _page(before: Page, after: Page) -> Iterator[Change]:
    if (before.title, before.introduction) != (after.title, after.introduction):
        yield Change("form", "Lời của trang «%(before)s» nay ghi «%(after)s».", {"before": before.title, "after": after.title})
    if before.when != after.when:
        yield Change("form", "Trang «%(title)s» hiện ra theo điều kiện khác.", {"title": after.title})
    if _order(before.questions, after.questions) != _order(after.questions, before.questions):
        yield Change("form", "Trang «%(title)s»: thứ tự các câu hỏi thay đổi.", {"title": after.title})
    yield from _listed("form", before.groups, after.groups, lambda group: group.title, GROUPS, is_seen=True)


def _order(questions: Iterable[Question], others: Iterable[Question]) -> list[str]:
    """The questions that stand in both, in the order of the first."""
    kept = {question.element for question in others}
    return [question.element for question in questions if question.element in kept]


def _asked(procedure: Procedure) -> dict[str, Question]:
    everything: Iterable[Page] = procedure.definition.pages
    groups: list[Group] = [group for page in everything for group in page.groups]
    alone = [question for page in everything for question in page.questions]
    return {question.element: question for question in (*alone, *(one for group in groups for one in group.questions))}


def label_of(procedure: Procedure, key: str, language: str = "vi") -> str:
    """The label under which an element is asked, in the language."""
    question = _asked(procedure).get(key)
    if question and question.label:
        return procedure.say(question.label, language)
    return str(getattr(procedure.elements[key].label, language)) if key in procedure.elements else key


def _questions(old: Procedure, new: Procedure, language: str) -> Iterator[Change]:
    before, after = _asked(old), _asked(new)
    for key in [key for key in after if key not in before]:
        yield Change("form", "Thêm câu hỏi: %(label)s.", {"label": label_of(new, key, language)}, is_seen=True)
    for key in [key for key in before if key not in after]:
        yield Change("form", "Không hỏi nữa: %(label)s.", {"label": label_of(old, key, language)}, is_seen=True)
    for key in [key for key in before if key in after]:
        one, other = before[key], after[key]
        if one.is_required != other.is_required:
            words = "Nay phải trả lời: %(label)s." if other.is_required else "Nay không bắt buộc: %(label)s."
            yield Change("form", words, {"label": label_of(new, key, language)}, is_seen=True)
        if one.usual != other.usual:
            yield Change("form", "Câu trả lời có sẵn thay đổi: %(label)s.", {"label": label_of(new, key, language)})
        if label_of(old, key, language) != label_of(new, key, language):
            facts = {"before": label_of(old, key, language), "after": label_of(new, key, language)}
            yield Change("form", "Câu «%(before)s» nay hỏi «%(after)s».", facts, is_seen=True)
        if one.when != other.when:
            yield Change("form", "Điều kiện để hỏi thay đổi: %(label)s.", {"label": label_of(new, key, language)})
        if (one.why, one.legal_ground) != (other.why, other.legal_ground):
            yield Change("form", "Lý do hoặc căn cứ để hỏi thay đổi: %(label)s.", {"label": label_of(new, key, language)})
    for key, (page, other_page) in _moved(old, new).items():
        facts = {"label": label_of(new, key, language), "before": page, "after": other_page}
        yield Change("form", "Câu «%(label)s» chuyển từ trang «%(before)s» sang trang «%(after)s».", facts)


def _moved(old: Procedure, new: Procedure) -> dict[str, tuple[str, str]]:
    """The questions that stand on another page than before, with both pages' titles; a page that is new or gone counts not."""
    before, after = _places(old), _places(new)
    standing = {page.id for page in old.definition.pages} & {page.id for page in new.definition.pages}
    return {
        key: (before[key].title, after[key].title)
        for key in before
        if key in after and before[key].id != after[key].id and {before[key].id, after[key].id} <= standing
    }


def _places(procedure: Procedure) -> dict[str, Page]:
    return {question.element: page for page in procedure.definition.pages for question in page.questions}


def _elements(before: Definition, after: Definition, language: str) -> Iterator[Change]:
    """The procedure's own elements, but for the choices that `_options` tells."""
    old, new = before.elements, after.elements
    for key in [key for key in new if key not in old]:
        yield Change("form", "Thêm loại thông tin riêng: %(label)s.", {"label": getattr(new[key].label, language)})
    for key in [key for key in old if key not in new]:
        yield Change("form", "Bỏ loại thông tin riêng: %(label)s.", {"label": getattr(old[key].label, language)})
    for key in [key for key in old if key in new]:
        what = _differing(old[key], new[key], besides=frozenset({"options"}))
        if what:
            facts = {"label": getattr(new[key].label, language), "what": what}
            yield Change("form", "Thông tin riêng «%(label)s» thay đổi: %(what)s.", facts)


def _options(old: Procedure, new: Procedure, language: str) -> Iterator[Change]:
    for key in [key for key in old.elements if key in new.elements]:
        before = {option.value: getattr(option.label, language) for option in old.elements[key].options}
        after = {option.value: getattr(option.label, language) for option in new.elements[key].options}
        for value in [value for value in after if value not in before]:
            yield Change(
                "form", "%(label)s: thêm mục «%(option)s».", {"label": label_of(new, key, language), "option": after[value]}
            )
        for value in [value for value in before if value not in after]:
            facts = {"label": label_of(new, key, language), "option": before[value]}
            yield Change("form", "%(label)s: bỏ mục «%(option)s».", facts, is_seen=True)


def _listed(
    section: Section,
    before: Iterable[Any],
    after: Iterable[Any],
    name: Callable[[Any], str],
    told: Told,
    *,
    is_seen: bool = False,
) -> Iterator[Change]:
    """Added, taken out, changed, moved: two lists of things that are known by a name."""
    old, new = _by_name(before, name), _by_name(after, name)
    for one in [one for one in new if one not in old]:
        yield Change(section, told.added, {"name": one}, is_seen=is_seen)
    for one in [one for one in old if one not in new]:
        yield Change(section, told.taken_out, {"name": one}, is_seen=is_seen)
    for one in [one for one in old if one in new and old[one] != new[one]]:
        yield Change(section, told.changed, {"name": one, "what": _differing(old[one], new[one])})
    if [one for one in old if one in new] != [one for one in new if one in old]:
        yield Change(section, told.reordered)


def _by_name(items: Iterable[Any], name: Callable[[Any], str]) -> dict[str, Any]:
    """The things by their names; of those with one name the second is `… (2)`."""
    found: dict[str, Any] = {}
    for item in items:
        called, number = name(item), 1
        while (key := called if number == 1 else f"{called} ({number})") in found:
            number += 1
        found[key] = item
    return found


def _differing(one: Any, other: Any, *, besides: frozenset[str] = frozenset()) -> str:
    names = [name for name in type(one).model_fields if name not in besides and getattr(one, name) != getattr(other, name)]
    return "; ".join(f"{name} {_short(getattr(one, name)) or '–'} → {_short(getattr(other, name)) or '–'}" for name in names)


def _component_name(component: Component) -> str:
    return component.name


def _fee_name(rule: FeeRule) -> str:
    where = ", ".join(filter(None, [rule.province_code, *rule.cases, *rule.payer_classes]))
    return f"{rule.label} ({where})" if where else rule.label


def _term_name(rule: TermRule) -> str:
    return ", ".join([*rule.channels, *rule.cases])


def _step_name(step: Step) -> str:
    return step.name


def _awaited_name(awaited: Awaited) -> str:
    return awaited.name


def _whole(before: Definition, after: Definition) -> Iterator[Change]:
    """Parts that are told as a whole."""
    parts: tuple[tuple[str, Section, str, bool], ...] = (
        ("competence", "identity", "Cơ quan có thẩm quyền thay đổi.", True),
        ("cases", "cases", "Các trường hợp thay đổi.", False),
        ("lookups", "lookups", "Việc tra cứu cơ sở dữ liệu thay đổi.", True),
        ("whom", "lookups", "Những người mà hồ sơ có thể nói về thay đổi.", True),
        ("orderings", "form", "Quy tắc về thứ tự ngày thay đổi.", False),
        ("declaration", "form", "Lời cam đoan thay đổi.", True),
        ("payer_classes", "fees", "Các diện người nộp thay đổi.", False),
        ("reception", "reception", "Cách tiếp nhận thay đổi.", False),
        ("refusal_grounds", "identity", "Các căn cứ từ chối thay đổi.", False),
        ("appraisal", "appraisal", "Phần thẩm định thay đổi.", False),
        ("result", "result", "Kết quả hoặc mẫu của nó thay đổi.", False),
        ("legal_basis", "identity", "Căn cứ pháp lý thay đổi.", False),
        ("forms_family", "reception", "Bộ mẫu phiếu thay đổi.", False),
        ("subject_element", "form", "Người mà kết quả cấp cho được lấy từ thông tin khác.", False),
        ("contact_elements", "form", "Cách liên hệ với người nộp được lấy từ thông tin khác.", False),
        ("delivery_element", "form", "Cách nhận kết quả được lấy từ thông tin khác.", False),
        ("copies_element", "form", "Số bản cần cấp được lấy từ thông tin khác.", False),
        ("rehearsals", "rehearsals", "Các ca diễn tập thay đổi.", False),
        ("english", "english", "Bản tiếng Anh thay đổi.", False),
    )
    for name, section, words, is_seen in parts:
        if _told(before, name) != _told(after, name):
            yield Change(section, words, is_seen=is_seen)
    if before.result.write_back != after.result.write_back:
        yield Change("result", "Việc ghi kết quả vào cơ sở dữ liệu thay đổi.", is_seen=True)


def _told(definition: Definition, name: str) -> object:
    """A part as it is compared whole: of the result all but what it gives back, which is told by itself."""
    return definition.result.model_copy(update={"write_back": ()}) if name == "result" else getattr(definition, name)
