"""Dossier codes, register numbers and document numbers: unique, and without gaps where the law wants none.

Numbers are taken before the event of the same transaction is appended, in every act: the event chain's lock is always
the last one taken, so that two acts can never wait for one another.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

_NEXT = text(
    "INSERT INTO number_series (series, period, last) VALUES (:series, :period, 1)"
    " ON CONFLICT (series, period) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


def next_number(session: Session, series: str, period: str) -> int:
    """The next number of a series in its period; the row lock holds until the caller's commit, so none is skipped."""
    return int(session.execute(_NEXT, {"series": series, "period": period}).scalar_one())


def next_dossier_code(session: Session, office_code: str, day: date) -> str:
    """A dossier code such as `H26.31-20261125-0000001`; the serial restarts each day.

    Source: domain of the national exchange; the older pattern was TT 01/2018/TT-VPCP, Điều 19.
    """
    serial = next_number(session, f"dossier:{office_code}", day.isoformat())
    return f"{office_code}-{day:%Y%m%d}-{serial:07d}"


def next_register_number(session: Session, office_code: str, year: int) -> int:
    """The line in the office's register of the year, gap-free.

    Source: TT 01/2018/TT-VPCP, form 06.
    """
    return next_number(session, f"register:{office_code}", str(year))


def next_document_number(session: Session, office_code: str, series: str, year: int) -> int:
    """The number of a paper in the office's series of the year, gap-free."""
    return next_number(session, f"document:{office_code}:{series}", str(year))
