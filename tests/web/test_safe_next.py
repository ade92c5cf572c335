from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.web.safe_next import safe_next

HERE = "https://portal.example/auth/callback"


@pytest.mark.parametrize(
    "wanted", ["/", "/my/dossiers", "/procedures?q=khai%20sinh&x=1", "/thủ-tục#phần", "/@nobody", "/a:b", "/a//b"]
)
def test_plain_path_of_the_portal_is_kept(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", " ", "my/dossiers", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/ /evil.example", "%2f%2fevil.example",
        "/%2f/evil.example", "/%2F%2Fevil.example", "/%5cevil.example", "https://evil.example",
        "HTTPS://evil.example", "https:/evil.example", "https:evil.example", "javascript:alert(1)",
        "JaVaScRiPt:alert(1)", "data:text/html,x", "//user@evil.example", "user@evil.example",
        "/\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:%20a=b", "/x%0Ay", "//xn--evl-0ma.example", "//ёvil.example",
        "/\u0000", "/\u0085x", "/\u2028x", "/\u202ex", "/x" * 2000, "//[", "?next=//evil.example", "#x",
        ".//evil.example", "..//evil.example",
    ],
)  # fmt: skip
def test_anything_else_leads_to_the_first_page(wanted: str | None) -> None:
    assert safe_next(wanted) == "/"


PIECES = st.lists(
    st.sampled_from([*"/\\@:.?#[]\t\n\r ", "//", "%2f", "%5c", "evil.example", "http:", "javascript:", ".."]), max_size=8
)


@given(st.one_of(st.text(max_size=40), PIECES.map("".join), PIECES.map(lambda pieces: "/" + "".join(pieces))))
@example("/.//evil.example")
@example("/;//evil.example")
def test_whatever_is_wanted_the_browser_stays_here(wanted: str) -> None:
    given_way = safe_next(wanted)
    assert given_way.startswith("/")
    as_browsers_read_it = "".join(letter for letter in given_way if letter not in "\t\n\r").replace("\\", "/")
    assert urlsplit(urljoin(HERE, as_browsers_read_it)).netloc == "portal.example"
    assert given_way.isprintable()
