"""How translators find the sentences that services hand to the pages: rules know no gettext, so the literals are read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import IO, Any

VIETNAMESE_LETTER = re.compile(r"[À-ỹ]")
Message = tuple[int, str, str, list[str]]


def sentences(source: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Every literal that is a Vietnamese sentence (it ends with a full stop) and no docstring; Babel asks in this manner."""
    tree = ast.parse(source.read())
    not_for_people = set(_docstrings(tree)) | set(_parts_of_templates(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in not_for_people and _is_sentence(node.value):
            yield node.lineno, "", node.value, []


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and value.endswith(".") and VIETNAMESE_LETTER.search(value) is not None


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr):
            yield node.body[0].value


def _parts_of_templates(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from ast.walk(node)
