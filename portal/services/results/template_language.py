"""The small language of result templates, which administrators write: what may stand in one, and running it.

A template sees plain values only and has no loader, no network, no files. It may put values in words, choose between
words and repeat words for each item of a list it was given; it has no sums, no calls and no loop inside a loop, so that
it always ends, and soon. Of HTML it may use what a paper needs: text, tables, lists; nothing that acts or fetches.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import nh3
from jinja2 import ChainableUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from portal.services.results.number_words import in_words

LONGEST_TEMPLATE, LONGEST_RESULT = 200_000, 1_000_000
MAY_STAND = (
    nodes.Output, nodes.TemplateData, nodes.Const,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "default", "in_words"})
OF_A_LOOP = frozenset({"index", "first", "last"})
TAGS = frozenset("p div span strong em b i u sub sup br hr table caption thead tbody tr th td ul ol li h2 h3 h4 dl dt dd".split())
ATTRIBUTES = {"*": {"class"}, "th": {"class", "scope", "colspan", "rowspan"}, "td": {"class", "colspan", "rowspan"}}
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class Shown(str):
    """A value in words; its plain value stands beside it for the template's conditions."""

    __slots__ = ("value",)
    value: Any

    def __new__(cls, text: str, value: Any) -> Shown:
        shown = super().__new__(cls, unicodedata.normalize("NFC", text))
        shown.value = value
        return shown

    def __iter__(self) -> Iterator[Any]:
        """What a loop over the value meets: the items of a repeating group, and of anything else nothing."""
        return iter(self.value if isinstance(self.value, tuple) else ())


class Item:
    """One item of a repeating group: its elements by the last part of their names."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = {name: Shown(str(field["text"]), field["value"]) for name, field in fields.items()}

    def __getattr__(self, name: str) -> Shown:
        try:
            return self._fields[name]
        except KeyError as unknown:
            raise AttributeError(name) from unknown


class _Sandbox(ImmutableSandboxedEnvironment):
    """Behind `checked_template` a second wall: no calls but to filters, no attribute but those of the language."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, Item):
            return not attr.startswith("_")
        if isinstance(obj, LoopContext):
            return attr in OF_A_LOOP
        return isinstance(obj, Shown) and attr == "value"

    def is_safe_callable(self, obj: Any) -> bool:
        return False


@lru_cache(maxsize=1)
def _sandbox() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.clear()
    environment.filters["in_words"] = in_words
    return environment


@lru_cache(maxsize=256)
def checked_template(template: str) -> Template:
    """The template, ready to run, if it keeps to the language.

    Raises:
        jinja2.TemplateSyntaxError: it is not well formed.
        jinja2.exceptions.SecurityError: it holds something that may not stand in a template; the text says what and where.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise SecurityError("mẫu dài quá 200.000 ký tự")
    tree = _sandbox().parse(template)
    for node in tree.find_all(nodes.Node):
        if not _may_stand(node):
            raise SecurityError(f"không được dùng {type(node).__name__} (dòng {node.lineno})")
    _check_tags(template)
    return _sandbox().from_string(tree)


def _may_stand(node: nodes.Node) -> bool:
    match node:
        case nodes.For():
            is_plain = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
            return is_plain and not node.recursive and node.test is None and next(node.find_all(nodes.For), None) is None
        case nodes.Filter():
            return node.name in FILTERS
        case nodes.Getattr():
            return not node.attr.startswith("_")
        case nodes.Name():
            return node.name != "self"
    return isinstance(node, MAY_STAND)


class _Tags(HTMLParser):
    """Refuses a tag or an attribute that no paper needs."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise SecurityError(f"không được dùng thẻ <{tag}> (dòng {self.getpos()[0]})")
        for name, _value in attributes:
            if name not in ATTRIBUTES.get(tag, ATTRIBUTES["*"]):
                raise SecurityError(f"không được dùng thuộc tính «{name}» (dòng {self.getpos()[0]})")


def _check_tags(template: str) -> None:
    parser = _Tags()
    parser.feed(CODE.sub(lambda code: "\n" * code[0].count("\n"), template))
    parser.close()


def rendered(template: str, fields: Mapping[str, Any], official: Mapping[str, str]) -> Markup:
    """What the template says of the fields (name -> `{"value", "text"}`, of a repeating group `{"items", "text"}`).

    Raises:
        jinja2.TemplateError: the template is not well formed, or reaches for what it may not have.
    """
    pieces, length = [], 0
    for piece in checked_template(template).generate(**{name: _shown(field) for name, field in fields.items()}, **official):
        pieces.append(str(piece))
        length += len(piece)
        if length > LONGEST_RESULT:
            raise SecurityError("kết quả dài quá một triệu ký tự")
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    return Markup(nh3.clean("".join(pieces), tags=set(TAGS), attributes=attributes, link_rel=None))  # noqa: S704 (cleaned)


def _shown(field: Mapping[str, Any]) -> Shown:
    if "items" in field:
        return Shown(str(field["text"]), tuple(Item(item) for item in field["items"]))
    return Shown(str(field["text"]), field["value"])
