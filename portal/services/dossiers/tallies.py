"""Keeping the tallies of where dossiers stand few: triggers add to them, this puts them together; reading is `queues`' work."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from portal.models import DossierTally


def gather_tallies(session: Session) -> int:
    """Put the tallies of each place into one row; gives how many rows there were. Sums stay what they were.

    Rows that come meanwhile are left for the next time, so that no act waits.
    """
    gone = delete(DossierTally).returning(
        DossierTally.office_code, DossierTally.procedure_code, DossierTally.place, DossierTally.how_many
    ).cte("gone")  # fmt: skip
    keys = (gone.c.office_code, gone.c.procedure_code, gone.c.place)
    sums = select(*keys, func.sum(gone.c.how_many)).group_by(*keys).having(func.sum(gone.c.how_many) != 0)
    names = ("office_code", "procedure_code", "place", "how_many")
    kept = insert(DossierTally).from_select(names, sums).returning(literal(1)).cte("kept")
    return int(session.execute(select(select(func.count()).select_from(gone).scalar_subquery()).add_cte(kept)).scalar_one())
