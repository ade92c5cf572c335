"""What came in answer to a request, beside what stood there before: reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.models import AnswersDocument, Attachment, SupplementRequest
from portal.services.catalogue.provenance import Answers
from portal.services.dossiers.supplements import PAGES, QUESTION, Item


@dataclass(frozen=True)
class Supplied:
    """The answer to one request: the answers before and after, and of the papers what each item was about and what came.

    `followed`: questions that nobody pointed at, and whose answers changed because another one did.
    """

    before: Answers
    after: Answers
    followed: tuple[str, ...]
    old: dict[str, Attachment]
    new: tuple[Attachment, ...]

    def papers_before(self, item: Item) -> list[Attachment]:
        """The file that the item points at, where it does."""
        return [self.old[item["of"]]] if item["kind"] == PAGES and item["of"] in self.old else []

    def papers_after(self, item: Item) -> list[Attachment]:
        """What came for the component that the item is about."""
        about = self.old[item["of"]].component_id if item["of"] in self.old else item["of"]
        return [one for one in self.new if one.component_id == about]


def supplied(request: SupplementRequest, rounds: Sequence[AnswersDocument], attached: Sequence[Attachment]) -> Supplied | None:
    """The answer to the request among the dossier's filing rounds and sent attachments; None where it has not come."""
    if request.supplied_at is None:
        return None
    at = next(index for index, document in enumerate(rounds) if document.created_at == request.supplied_at)
    before, after = rounds[at - 1].content, rounds[at].content
    asked = {item["of"] for item in request.items if item["kind"] == QUESTION}
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key) and key not in asked]
    there = {str(one.id): one for one in attached}
    pointed_at = {item["of"] for item in request.items if item["kind"] == PAGES}
    old = {one_id: one for one_id, one in there.items() if one_id in pointed_at}
    new = tuple(one for one in attached if one.request_id == request.id)
    return Supplied(before, after, tuple(changed), old, new)
