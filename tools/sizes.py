"""Prints what has outgrown its guide; a guide for the eye, never a gate, so the exit code is always 0."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDES = (
    ("portal", "*.py", 300),
    ("tools", "*.py", 300),
    ("tests", "*.py", 400),
    ("migrations/versions", "*.py", 120),
    ("portal/templates", "*.html", 150),
)
FUNCTION_LINES = 40
CLASS_LINES = 250


def main() -> None:
    """One line for each file, function and class that asks which subject it has two of."""
    found = [*_files(), *_definitions()]
    for name, lines, guide in sorted(found, key=lambda each: each[2] / each[1]):
        print(f"  {name}: {lines} lines (look again beyond {guide})")
    print(f"sizes: {len(found)} beyond their guide")


def _files() -> Iterator[tuple[str, int, int]]:
    for folder, pattern, guide in GUIDES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if "node_modules" in path.parts:
                continue
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > guide:
                yield str(path.relative_to(ROOT)), lines, guide


def _definitions() -> Iterator[tuple[str, int, int]]:
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            guide = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            if lines > guide:
                yield f"{path.relative_to(ROOT)}:{node.name}", lines, guide


if __name__ == "__main__":
    main()
