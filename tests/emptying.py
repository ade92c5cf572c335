"""Emptying the tests' database of all but what ships with the portal."""

from __future__ import annotations

from sqlalchemy import Engine, text

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
