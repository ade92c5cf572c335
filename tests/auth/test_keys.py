from __future__ import annotations

from typing import Any

import pytest

from portal.auth.tokens import KEYS_LIVE_SECONDS, REFETCH_EVERY_SECONDS, Keys, KeysNotFetched, NoKeys, TokenRefused
from tests.auth.forge import KEY, KID, Published, new_key, published

NEWER = new_key("key-two")
BROKEN: list[Any] = [
    KeysNotFetched("down"), None, [], "text", {}, {"keys": None}, {"keys": []}, {"keys": "text"}, {"keys": [None]},
    {"keys": [{"kty": "EC", "kid": "x", "crv": "P-256", "x": "?", "y": "?"}]},
    {"keys": [{**NEWER.as_dict(private=False), "use": "enc"}]},
    {"keys": [{name: value for name, value in NEWER.as_dict(private=False).items() if name != "kid"}]},
    {"keys": [NEWER.as_dict(private=False), {"kty": "EC", "kid": "y", "crv": "P-256", "x": 1, "y": []}]},
]  # fmt: skip


def keys_of(place: Published) -> Keys:
    return Keys(place.fetch, place.monotonic)


def test_known_keys_are_not_asked_for_again() -> None:
    place = Published(published(KEY))
    keys = keys_of(place)
    for _ in range(5):
        assert KID in {key.kid for key in keys.for_kid(KID).keys}
    assert place.asked == 1


def test_new_key_of_the_provider_is_learnt_without_a_restart() -> None:
    place = Published(published(KEY))
    keys = keys_of(place)
    keys.for_kid(KID)
    place.answer = published(NEWER, KEY)
    place.later(REFETCH_EVERY_SECONDS)
    assert keys.for_kid("key-two")
    assert keys.for_kid(KID)


def test_unknown_names_bring_at_most_one_question_a_minute() -> None:
    place = Published(published(KEY))
    keys = keys_of(place)
    for second in range(180):
        with pytest.raises(TokenRefused):
            keys.for_kid(f"../unknown-{second}")
        place.later(1)
    assert place.asked == 3


@pytest.mark.parametrize("answer", BROKEN)
def test_broken_key_set_never_replaces_a_good_one(answer: Any) -> None:
    place = Published(published(KEY))
    keys = keys_of(place)
    keys.for_kid(KID)
    place.answer = answer
    for _ in range(3):
        place.later(KEYS_LIVE_SECONDS + 1)
        assert keys.for_kid(KID)
        with pytest.raises(TokenRefused):
            keys.for_kid("key-two")
    assert place.asked > 1


@pytest.mark.parametrize("answer", BROKEN)
def test_without_any_keys_the_provider_counts_as_silent_and_is_asked_again_a_minute_later(answer: Any) -> None:
    place = Published(answer)
    keys = keys_of(place)
    for _ in range(3):
        with pytest.raises(NoKeys):
            keys.for_kid(KID)
    assert place.asked == 1
    place.answer = published(KEY)
    place.later(REFETCH_EVERY_SECONDS)
    assert keys.for_kid(KID)


def test_withdrawn_key_is_no_longer_believed_within_the_hour() -> None:
    place = Published(published(KEY, NEWER))
    keys = keys_of(place)
    keys.for_kid(KID)
    place.answer = published(NEWER)
    place.later(KEYS_LIVE_SECONDS + 1)
    with pytest.raises(TokenRefused):
        keys.for_kid(KID)


def test_flood_of_published_keys_is_cut_short() -> None:
    place = Published(published(*(new_key(f"key-{number}") for number in range(40))))
    assert len(keys_of(place).for_kid("key-1").keys) == 20
