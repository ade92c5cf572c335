"""The events of a crowd, written in the order of time and chained to those that were there before."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from portal.crowd.rows import Ids

COLUMNS = (
    "id", "number", "dossier_id", "dossier_code", "dossier_version", "name", "from_place", "to_place", "actor_id", "actor_role",
    "office_code", "happened_at", "facts", "previous_hash", "hash", "data_key_id",
)  # fmt: skip
NOTHING_SEALED = sha256(b"").hexdigest()
Words = tuple[str, ...]


class Chain:
    """Events that wait for their turn; each gets the next number and is hashed after the one before it.

    The canonical JSON (RFC 8785) is put together here by hand, being of one shape: a test holds it to `history.Link`.
    """

    def __init__(self, number: int, head: bytes, ids: Ids, first_id: int) -> None:
        self.number, self.head = number, head
        self._ids, self._next_id, self._arrived = ids, first_id, 0
        self._waiting: list[tuple[int, int, Words]] = []

    def take(self, events: Iterable[tuple[int, Words]]) -> None:
        """Take events in; those of one dossier in their order."""
        for at, words in events:
            self._arrived += 1
            heapq.heappush(self._waiting, (at, self._arrived, words))

    def lines(self, before: int | None = None) -> Iterator[str]:
        """The lines for COPY of all that happened before an office minute, or of all that is left."""
        while self._waiting and (before is None or self._waiting[0][0] < before):
            yield self._line(heapq.heappop(self._waiting)[2])

    def _line(self, words: Words) -> str:
        dossier_id, code, version, name, source, target, actor, role, office, happened_at, facts, key_id = words
        self.number += 1
        self._next_id += 1
        event_id = self._ids.of(datetime.fromisoformat(happened_at).astimezone(UTC), self._next_id)
        said = (
            f'{{"actor_id":"{actor}","actor_role":"{role}","dossier_code":"{code}","dossier_id":"{dossier_id}",'
            f'"dossier_version":{version},"facts":{facts},"from_place":"{source}","happened_at":"{happened_at}",'
            f'"id":"{event_id}","name":"{name}","number":{self.number},"office_code":"{office}",'
            f'"sealed_details":"{NOTHING_SEALED}","to_place":"{target}"}}'
        )
        previous, self.head = self.head, sha256(self.head + said.encode()).digest()
        return (
            f"{event_id}\t{self.number}\t{dossier_id}\t{code}\t{version}\t{name}\t{source}\t{target}\t{actor}\t{role}\t{office}\t"
            f"{happened_at}\t{facts}\t\\\\x{previous.hex()}\t\\\\x{self.head.hex()}\t{key_id}"
        )
