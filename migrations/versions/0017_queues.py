"""The order of the queues as indexes, and how many dossiers stand where."""
# ruff: noqa: S608 (names of our own columns, no values)

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PLACE = "(state || coalesce('/' || stage, ''))"
DUE = "coalesce(promised_at, 'infinity'::timestamptz)"
NAMES = "names_at_office(office_code, name_tokens)"
AT_ONCE = {"fastupdate": "off"}
ORDER = (sa.text(PLACE), sa.text(DUE), "submitted_at", "id")
COUNTED = "office_code, procedure_code, state || coalesce('/' || stage, '') AS place"
OF_AN_OFFICE = "office_code IS NOT NULL AND state <> 'draft'"


def upgrade() -> None:
    op.create_index("ix_dossiers_queue", "dossiers", ["office_code", *ORDER])
    op.create_index("ix_dossiers_queue_of_procedure", "dossiers", ["office_code", "procedure_code", *ORDER])
    op.create_index(
        "ix_dossiers_queue_of_officer", "dossiers", ["assigned_to", *ORDER], postgresql_where=sa.text("assigned_to IS NOT NULL")
    )
    op.create_index(
        "ix_dossiers_queue_of_opinions", "dossiers", ["office_code", *ORDER], postgresql_where=sa.text("asked_offices <> '{}'")
    )
    op.drop_index("ix_dossiers_office_code_state_promised_at", "dossiers")
    op.execute(
        "CREATE FUNCTION names_at_office(office_code text, tokens bytea[]) RETURNS bytea[] LANGUAGE sql"
        " IMMUTABLE STRICT PARALLEL SAFE"
        " RETURN ARRAY(SELECT decode(office_code, 'escape') || token FROM unnest(tokens) AS token)"
    )
    op.create_index("ix_dossiers_names_at_office", "dossiers", [sa.text(NAMES)], postgresql_using="gin", postgresql_with=AT_ONCE)
    op.drop_index("ix_dossiers_name_tokens", "dossiers")
    _tallies()


def _tallies() -> None:
    op.create_table(
        "dossier_tallies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("how_many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_tallies")),
    )
    op.create_index(op.f("ix_dossier_tallies_office_code"), "dossier_tallies", ["office_code"])
    op.execute("GRANT SELECT, INSERT, DELETE ON dossier_tallies TO portal_web")
    op.execute(
        "INSERT INTO dossier_tallies (office_code, procedure_code, place, how_many)"
        f" SELECT {COUNTED}, count(*) FROM dossiers WHERE {OF_AN_OFFICE} GROUP BY 1, 2, 3"
    )
    changes = {
        "insert": (f"SELECT {COUNTED}, 1 AS n FROM now_there WHERE {OF_AN_OFFICE}", "NEW TABLE AS now_there"),
        "delete": (f"SELECT {COUNTED}, -1 AS n FROM was_there WHERE {OF_AN_OFFICE}", "OLD TABLE AS was_there"),
    }
    changes["update"] = (
        f"{changes['insert'][0]} UNION ALL {changes['delete'][0]}",
        "OLD TABLE AS was_there NEW TABLE AS now_there",
    )
    for verb, (rows, tables) in changes.items():
        op.execute(
            f"CREATE FUNCTION tally_dossier_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO dossier_tallies (office_code, procedure_code, place, how_many)"
            f" SELECT office_code, procedure_code, place, sum(n) FROM ({rows}) changed"
            " GROUP BY 1, 2, 3 HAVING sum(n) <> 0; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER tally_{verb} AFTER {verb.upper()} ON dossiers REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION tally_dossier_{verb}()"
        )


def downgrade() -> None:
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER tally_{verb} ON dossiers")
        op.execute(f"DROP FUNCTION tally_dossier_{verb}()")
    op.drop_table("dossier_tallies")
    op.create_index("ix_dossiers_name_tokens", "dossiers", ["name_tokens"], postgresql_using="gin")
    op.drop_index("ix_dossiers_names_at_office", "dossiers")
    op.execute("DROP FUNCTION names_at_office(text, bytea[])")
    op.create_index("ix_dossiers_office_code_state_promised_at", "dossiers", ["office_code", "state", "promised_at", "id"])
    for name in ("", "_of_procedure", "_of_officer", "_of_opinions"):
        op.drop_index(f"ix_dossiers_queue{name}", "dossiers")
