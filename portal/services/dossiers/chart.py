"""The table of moves written out: as a table for the docs, and as a diagram; both come from the table itself."""

from __future__ import annotations

from portal.services.dossiers.lifecycle import TABLE, Move
from portal.services.dossiers.vocabulary import EVENT_NAMES


def as_markdown() -> str:
    """The table of moves in Markdown."""
    head = "| act | from | to | permission | guards | clock | document | notice | event | source |"
    rule = "|" + " --- |" * 10
    return "\n".join([head, rule, *(_row(move) for move in TABLE)])


def _row(move: Move) -> str:
    guards = ", ".join(guard.__name__ for guard in move.guards) or "–"
    cells = (
        move.act.value, move.source, move.target, move.permission.value, guards, move.clock.value,
        move.document.value if move.document else "–", "yes" if move.is_notified else "–",
        EVENT_NAMES[move.act], move.legal_source,
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def as_dot() -> str:
    """The diagram of moves in Graphviz's language."""
    edges = [f'  "{move.source}" -> "{move.target}" [label="{move.act.value}"];' for move in TABLE]
    return "\n".join(["digraph lifecycle {", "  rankdir=LR;", "  node [shape=box];", *edges, "}"])
