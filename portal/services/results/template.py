"""From a paper's facts to its HTML: the portal's own layouts, and inside the result the procedure's own template."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal import clock
from portal.config import settings
from portal.services.results.template_language import rendered

LAYOUTS = Path(__file__).resolve().parent.parent.parent / "templates" / "documents"
UNITS = {"wd": "ngày làm việc", "d": "ngày", "h": "giờ làm việc"}
WORDS = {"electronic": "Cổng dịch vụ công (trực tuyến)", "counter": "Bộ phận tiếp nhận và trả kết quả (trực tiếp)"}
PLACE_WORDS = (" PHƯỜNG ", " XÃ ", " THÀNH PHỐ ", " TỈNH ")
GROUP = 4


def result_body(template: str, facts: Mapping[str, Any]) -> Markup:
    """The body of a result from the procedure's template.

    Raises:
        jinja2.TemplateError: the template is not well formed, or reaches for what it may not have.
    """
    official = {"issued_on": day_in_words(facts["issued_at"]), "dossier_code": facts["dossier_code"]}
    return rendered(template, facts["fields"], official)


def day_in_words(moment: str) -> str:
    """`ngày 05 tháng 01 năm 2026`: days below ten and the first two months with a zero."""
    day = clock.to_local(datetime.fromisoformat(moment))
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d} tháng {month} năm {day.year}"


def moment_in_words(moment: str | None) -> str:
    """`09 giờ 30 phút, ngày 25 tháng 11 năm 2026`."""
    if not moment:
        return ""
    local = clock.to_local(datetime.fromisoformat(moment))
    return f"{local:%H} giờ {local:%M} phút, ngày {day_in_words(moment)}"


def sealed_at(moment: str) -> str:
    """`25-11-2026 09:30:05 +07:00`, as the display of a digital signature writes it."""
    return f"{clock.to_local(datetime.fromisoformat(moment)):%d-%m-%Y %H:%M:%S} +07:00"


def agency(name: str) -> Markup:
    """An agency in capitals; the name of its place is never broken over two lines."""
    written = name.upper()
    start = next((written.index(word) for word in PLACE_WORDS if word in written), len(written))
    return Markup('{}<span class="whole">{}</span>').format(written[: start + 1], written[start + 1 :])


def grouped(code: str) -> str:
    """A code in groups of four, for eyes that copy it; whoever reads it back ignores the hyphens."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def term_in_words(term: str) -> str:
    """`3wd` as `3 ngày làm việc`."""
    if term == "0":
        return "trong ngày"
    count = "".join(letter for letter in term if letter.isdigit())
    return f"{int(count):02d} {UNITS[term[len(count) :]]}"


def dong(amount_vnd: int) -> str:
    """`20.000 đồng`."""
    return f"{amount_vnd:,}".replace(",", ".") + " đồng"


def qr_image(content: str) -> str:
    """A QR code as the address of an image that needs nothing from outside."""
    return str(segno.make(content, error="m").svg_data_uri(border=2, scale=4))


def qr_svg(content: str) -> Markup:
    """A QR code to stand in a page, in the page's own ink."""
    drawn: str = segno.make(content, error="m").svg_inline(border=2, scale=4, omitsize=True)
    return Markup(drawn)  # noqa: S704 (drawn by the library from the content's bits alone)


@lru_cache(maxsize=1)
def _layouts() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(LAYOUTS), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "day": day_in_words, "moment": moment_in_words, "term": term_in_words, "dong": dong,
        "words": lambda word: WORDS.get(word, word), "sealed_at": sealed_at, "grouped": grouped, "agency": agency,
    }  # fmt: skip
    return environment


def verification_url(code: str) -> str:
    """The address that a paper's QR code leads to: the code alone, nothing of the person."""
    return f"{settings().base_url}/verify/{code}"


def paper_html(kind: str, facts: Mapping[str, Any], result_template: str, *, is_rehearsal: bool = False) -> str:
    """The whole paper as HTML in NFC, ready to be drawn.

    Raises:
        jinja2.TemplateError: a template does not fit the facts.
    """
    body = result_body(result_template, facts) if kind == "result" and not facts["is_refusal"] else Markup("")
    name = "refusal_result" if kind == "result" and facts["is_refusal"] else kind
    url = verification_url(facts["verification_code"])
    is_demo = is_rehearsal or settings().is_demo
    html = (
        _layouts()
        .get_template(f"{name}.html")
        .render(
            **facts,
            facts=facts,
            body=body,
            verification_url=url,
            qr=qr_image(url),
            is_demo=is_demo,
        )
    )
    return unicodedata.normalize("NFC", html)


def draft_body(facts: Mapping[str, Any], result_template: str) -> Markup:
    """What the leader reads before signing: the very words of the paper, without its frame."""
    draft = {"issued_at": clock.now().isoformat(), "dossier_code": "", **facts}
    if draft["is_refusal"]:
        return Markup("<p><strong>{}</strong></p><p>{}</p>").format(draft["title"], draft["reason"])
    return Markup("<p><strong>{}</strong></p>").format(draft["title"]) + result_body(result_template, draft)
