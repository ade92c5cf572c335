"""What the rehearsals of a procedure show: which branches nobody walked, and what behaves otherwise than before."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from portal.services.catalogue.compare import label_of
from portal.services.catalogue.schema import Procedure
from portal.services.publishing.rehearse import Rehearsed


@dataclass(frozen=True)
class Coverage:
    """How many pages, questions, answers to choose and cases there are, and which of them no rehearsal came to."""

    total: int
    missed: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The share that was walked, rounded down."""
        return 100 if not self.total else (self.total - len(self.missed)) * 100 // self.total


def coverage_of(procedure: Procedure, went: Sequence[Rehearsed]) -> Coverage:
    """What the rehearsals walked of the procedure."""
    branches = dict(_branches(procedure))
    missed = tuple(words for words, is_walked in branches.items() if not any(is_walked(one) for one in went))
    return Coverage(len(branches), missed)


def _branches(procedure: Procedure) -> Iterator[tuple[str, Callable[[Rehearsed], bool]]]:
    for page in procedure.definition.pages:
        yield f"trang «{page.title}»", partial(_came_to, page_id=page.id)
        for question in page.questions:
            label = label_of(procedure, question.element)
            yield f"câu «{label}»", partial(_was_asked, key=question.element)
            for option in procedure.elements[question.element].options:
                yield f"«{label}»: {option.label.vi}", partial(_chose, key=question.element, value=option.value)
        for group in page.groups:
            yield f"nhóm «{group.title}»", partial(_filled, key=group.key)
    for case in procedure.definition.cases:
        yield f"trường hợp «{case.name}»", partial(_was_of, case=case.id)


def _came_to(went: Rehearsed, page_id: str) -> bool:
    return page_id in went.pages


def _was_asked(went: Rehearsed, key: str) -> bool:
    return key in went.asked


def _chose(went: Rehearsed, key: str, value: str) -> bool:
    chosen = (went.answers.get(key) or {}).get("value")
    return value in chosen if isinstance(chosen, list) else bool(value == chosen)


def _filled(went: Rehearsed, key: str) -> bool:
    return bool((went.answers.get(key) or {}).get("value"))


def _was_of(went: Rehearsed, case: str) -> bool:
    return went.case == case


@dataclass(frozen=True)
class Difference:
    """One thing that a rehearsal does otherwise in the new version."""

    rehearsal: str
    what: str
    before: str
    after: str


def differences(before: Sequence[Rehearsed], after: Sequence[Rehearsed]) -> tuple[Difference, ...]:
    """What the same rehearsals do in one version and in the other; those of one version alone are told as such."""
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    both = (_between(old[name], new[name]) for name in old if name in new)
    return tuple(itertools.chain.from_iterable(both))


def _between(before: Rehearsed, after: Rehearsed) -> Iterator[Difference]:
    for what, show in SHOWN.items():
        one, other = show(before), show(after)
        if one != other:
            yield Difference(after.name, what, one, other)


SHOWN: dict[str, Callable[[Rehearsed], str]] = {
    "Các trang": lambda one: " → ".join(one.pages),
    "Các câu hỏi": lambda one: ", ".join(sorted(one.asked)),
    "Trường hợp": lambda one: one.case,
    "Lệ phí": lambda one: str(one.fee_vnd),
    "Thời hạn": lambda one: one.term,
    "Các bước": lambda one: " → ".join(one.places),
    "Dừng lại vì": lambda one: one.stopped,
    "Giấy tờ": lambda one: ", ".join(paper.title for paper in one.papers),
}
