"""A digest of everything that the database holds, by which a test sees that nothing changed."""

from __future__ import annotations

from sqlalchemy import text

from portal import db

NOT_ABOUT_DOSSIERS = {
    "login_sessions",  # when a browser was last seen
    "access_entries",  # that staff looked: exactly this is to be written down
}


def digest() -> dict[str, str]:
    """Table -> the hash of all its rows."""
    found = {}
    with db.transaction() as session:
        tables = session.execute(
            text(
                "SELECT format('%I.%I', schemaname, tablename) AS full, tablename FROM pg_tables"
                " WHERE schemaname IN ('public', 'keyring') ORDER BY 1"
            )
        ).all()
        for table in tables:
            if table.tablename not in NOT_ABOUT_DOSSIERS:
                rows = text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table.full} AS t")  # noqa: S608 (names from the catalogue)
                found[table.tablename] = session.execute(rows).scalar_one()
    return found
