"""Emptying the tests' database of all but what ships with the portal."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from portal.services.organisation.offices import seed_offices
from portal.services.organisation.working_days import seed_calendar

SHIPPED = {
    "alembic_version",
    "calendar_days",
    "office_names",
    "office_territories",
    "offices",
    "procedure_publications",
    "procedure_versions",
}


def empty_database(owner: Engine) -> None:
    """Take away every row but those that ship; only the owner's role may."""
    with owner.begin() as connection:
        names = connection.execute(
            text(
                "SELECT format('%I.%I', schemaname, tablename) AS full, tablename"
                " FROM pg_tables WHERE schemaname IN ('public', 'keyring')"
            )
        ).all()
        emptied = ", ".join(row.full for row in names if row.tablename not in SHIPPED)
        connection.execute(text(f"TRUNCATE {emptied} RESTART IDENTITY CASCADE"))
        connection.execute(text("DELETE FROM procedure_publications WHERE published_by IS NOT NULL"))
        connection.execute(text("DELETE FROM procedure_versions WHERE state <> 'shipped'"))
        _organise_as_shipped(connection)


def _organise_as_shipped(connection: Connection) -> None:
    """Offices and calendar as they ship, where a test's administrator changed them."""
    changed = "SELECT EXISTS (SELECT FROM offices WHERE version > 0) OR EXISTS (SELECT FROM calendar_days WHERE version > 0)"
    if not connection.execute(text(changed)).scalar_one():
        return
    for table in ("office_territories", "office_names", "offices", "calendar_days"):
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 (names of our own tables)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        seed_offices(session)
        seed_calendar(session)
        session.commit()
