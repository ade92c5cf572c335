"""Asking several registries at once, and turning their replies into answers that carry where they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal import clock
from portal.config import settings
from portal.services.registries.exchange import ANSWER_WITHIN_SECONDS, Ask, Exchange, Outcome, RegistryClient, Reply
from portal.services.registries.sources import clients, named

INDEX = re.compile(r"-?[0-9]{1,4}")
_POOL = ThreadPoolExecutor(max_workers=48, thread_name_prefix="registry")


def exchange() -> Exchange:
    """A client of the exchange platform, as this installation is known there."""
    own = settings()
    return Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)


@lru_cache(maxsize=1)
def registries() -> dict[str, RegistryClient]:
    """Every registry that this installation is connected to, by name.

    Raises:
        UnknownSource: the settings name a registry that the catalogue of sources does not know.
    """
    own = settings()
    made = clients(exchange())
    return {name: made[name] for name in named(own.registries, is_demo=own.is_demo)}


def connected() -> frozenset[str]:
    """The names of the registries that this installation can ask."""
    return frozenset(registries())


def ask_all(
    asks: Mapping[str, Ask], asked: Mapping[str, RegistryClient] | None = None, *, within: float = ANSWER_WITHIN_SECONDS
) -> dict[str, Reply]:
    """The reply to every look-up, asked side by side; a registry that is silent for so many seconds counts as unavailable.

    `asks`: by the look-up's name, which begins with its registry's.
    """
    asked = asked or registries()
    under_way: dict[str, Future[Reply]] = {name: _POOL.submit(asked[_registry(name)].look_up, ask) for name, ask in asks.items()}
    wait(under_way.values(), timeout=within)
    return {
        name: future.result()
        if future.done()
        else Reply(_registry(name), asks[name].request_id, Outcome.UNAVAILABLE, clock.now())
        for name, future in under_way.items()
    }


def _registry(lookup: str) -> str:
    return lookup.partition("/")[0]


@dataclass(frozen=True)
class Wanted:
    """An element, the look-up whose reply holds it, and where the registry keeps it."""

    element: str
    lookup: str
    path: str


def prefilled(wanted: Sequence[Wanted], replies: Mapping[str, Reply]) -> dict[str, dict[str, Any]]:
    """The answers that the replies give: element -> value, source, record, as_of, fetched_at; what none gives is absent."""
    answers = {}
    for item in wanted:
        reply = replies.get(item.lookup)
        if reply is None or reply.outcome is not Outcome.FOUND:
            continue
        value = value_at(reply.fields, item.path)
        if value not in (None, ""):
            answers[item.element] = {
                "value": value,
                "source": reply.registry,
                "record": reply.response_id,
                "as_of": reply.as_of.isoformat() if reply.as_of else None,
                "fetched_at": reply.fetched_at.isoformat(),
            }
    return answers


def value_at(fields: Mapping[str, Any], path: str) -> Any:
    """What stands at a path such as `other.residence_history.-1.from`; None where the way ends early."""
    here: Any = fields
    for step in path.split("."):
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list) and INDEX.fullmatch(step) and -len(here) <= int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here
