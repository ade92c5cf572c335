"""Offices, names and territories through time; duties for some procedures; swaps; the record of administrators' changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REFORM = "2025-07-01"  # the two-level territory; the offices of before this step know no other beginning
NEW_TABLES = ("office_names", "office_territories")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")  # trusted: the owner of the database may
    _offices()
    _duties()
    _calendar()
    _changes()
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(NEW_TABLES)} TO portal_web")
    op.execute("GRANT SELECT, INSERT ON administrator_changes TO portal_web")


def _offices() -> None:
    op.add_column("offices", sa.Column("parent_code", sa.Text(), nullable=True))
    op.add_column("offices", sa.Column("successor_code", sa.Text(), nullable=True))
    op.add_column("offices", sa.Column("valid_from", sa.Date(), nullable=False, server_default=REFORM))
    op.alter_column("offices", "valid_from", server_default=None)
    op.add_column("offices", sa.Column("valid_to", sa.Date(), nullable=True))
    op.add_column("offices", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_unique_constraint(op.f("uq_offices_code_level"), "offices", ["code", "level"])
    for column in ("parent_code", "successor_code"):
        op.create_foreign_key(op.f(f"fk_offices_{column}"), "offices", "offices", [column], ["code"])
    op.create_check_constraint(
        op.f("ck_offices_ends_after_it_begins"), "offices", "valid_to IS NULL OR valid_to >= valid_from - 1"
    )
    op.create_check_constraint(
        op.f("ck_offices_a_successor_follows_an_end"), "offices", "successor_code IS NULL OR valid_to IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_offices_is_not_its_own_relative"), "offices", "successor_code <> code AND parent_code <> code"
    )
    op.create_table(
        "office_names",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_office_names_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_office_names_office_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_names")),
    )
    op.execute(
        "ALTER TABLE office_names ADD CONSTRAINT one_name_on_a_day"
        " EXCLUDE USING gist (office_code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )
    op.create_table(
        "office_territories",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("ward_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_office_territories_ends_after_it_begins")),
        sa.CheckConstraint(r"ward_code ~ '^\d{5}$'", name=op.f("ck_office_territories_ward_code_has_five_digits")),
        sa.ForeignKeyConstraint(
            ["office_code", "level"], ["offices.code", "offices.level"], name=op.f("fk_office_territories_office_code_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_territories")),
    )
    op.create_index(op.f("ix_office_territories_office_code"), "office_territories", ["office_code"], unique=False)
    op.execute(
        "ALTER TABLE office_territories ADD CONSTRAINT one_office_of_a_level_on_a_day"
        " EXCLUDE USING gist (ward_code WITH =, level WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )
    op.execute(
        "INSERT INTO office_names (id, office_code, name, name_en, valid_from)"
        " SELECT gen_random_uuid(), code, name, name_en, valid_from FROM offices"
    )
    op.execute(
        "INSERT INTO office_territories (id, office_code, level, ward_code, valid_from)"
        " SELECT gen_random_uuid(), code, level, unnest(ward_codes), valid_from FROM offices"
    )
    op.drop_column("offices", "ward_codes")


def _duties() -> None:
    op.add_column("staff_duties", sa.Column("procedure_codes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column("staff_duties", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff_duties", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_constraint(op.f("uq_staff_duties_member_id_office_code_role"), "staff_duties", type_="unique")
    op.create_check_constraint(
        op.f("ck_staff_duties_ends_after_it_begins"), "staff_duties", "valid_to IS NULL OR valid_to >= valid_from"
    )
    op.create_check_constraint(
        op.f("ck_staff_duties_only_desks_serve_some_procedures"),
        "staff_duties",
        "role IN ('clerk', 'officer', 'leader') OR procedure_codes = '{}'",
    )
    op.execute(
        "ALTER TABLE staff_duties ADD CONSTRAINT one_duty_of_a_kind_on_a_day EXCLUDE USING gist (member_id WITH =,"
        " office_code WITH =, role WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (ended_at IS NULL)"
    )


def _calendar() -> None:
    op.add_column("calendar_days", sa.Column("swapped_with", sa.Date(), nullable=True))
    op.add_column("calendar_days", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_foreign_key(
        op.f("fk_calendar_days_swapped_with"), "calendar_days", "calendar_days", ["swapped_with"], ["day"],
        deferrable=True, initially="DEFERRED",
    )  # fmt: skip
    op.drop_constraint(op.f("ck_calendar_days_kind_is_known"), "calendar_days", type_="check")
    op.create_check_constraint(op.f("ck_calendar_days_kind_is_known"), "calendar_days", "kind IN ('off', 'make_up', 'plain')")
    op.create_check_constraint(
        op.f("ck_calendar_days_a_rest_day_is_made_up"), "calendar_days", "kind <> 'make_up' OR extract(isodow FROM day) > 5"
    )
    op.create_check_constraint(
        op.f("ck_calendar_days_a_plain_day_is_swapped_with_none"), "calendar_days", "swapped_with IS NULL OR kind <> 'plain'"
    )


def _changes() -> None:
    op.create_table(
        "administrator_changes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_changes")),
        sa.UniqueConstraint("number", name=op.f("uq_administrator_changes_number")),
    )
    op.create_index(op.f("ix_administrator_changes_actor_id"), "administrator_changes", ["actor_id"], unique=False)
    op.create_index(
        "ix_administrator_changes_subject", "administrator_changes", ["subject_kind", "subject_id", "number"], unique=False
    )


def downgrade() -> None:
    op.drop_table("administrator_changes")
    op.drop_constraint(op.f("ck_calendar_days_a_plain_day_is_swapped_with_none"), "calendar_days", type_="check")
    op.drop_constraint(op.f("ck_calendar_days_a_rest_day_is_made_up"), "calendar_days", type_="check")
    op.drop_constraint(op.f("ck_calendar_days_kind_is_known"), "calendar_days", type_="check")
    op.execute("DELETE FROM calendar_days WHERE kind = 'plain'")
    op.create_check_constraint(op.f("ck_calendar_days_kind_is_known"), "calendar_days", "kind IN ('off', 'make_up')")
    op.drop_column("calendar_days", "swapped_with")
    op.drop_column("calendar_days", "version")
    op.execute("ALTER TABLE staff_duties DROP CONSTRAINT one_duty_of_a_kind_on_a_day")
    op.execute(  # of several duties of one kind, the newest stays: the older table could hold one
        "DELETE FROM staff_duties old USING staff_duties newer WHERE old.member_id = newer.member_id"
        " AND old.office_code = newer.office_code AND old.role = newer.role AND old.id < newer.id"
    )
    for name in ("ends_after_it_begins", "only_desks_serve_some_procedures"):
        op.execute(f"ALTER TABLE staff_duties DROP CONSTRAINT IF EXISTS ck_staff_duties_{name}")
    op.execute("UPDATE staff_duties SET valid_to = least(valid_to, ended_at::date - 1) WHERE ended_at IS NOT NULL")
    op.create_unique_constraint(
        op.f("uq_staff_duties_member_id_office_code_role"), "staff_duties", ["member_id", "office_code", "role"]
    )
    for column in ("procedure_codes", "ended_at", "version"):
        op.drop_column("staff_duties", column)
    op.add_column("offices", sa.Column("ward_codes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.alter_column("offices", "ward_codes", server_default=None)
    op.execute(
        "UPDATE offices SET ward_codes = coalesce((SELECT array_agg(ward_code ORDER BY ward_code) FROM office_territories t"
        " WHERE t.office_code = offices.code AND current_date BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity')), '{}')"
    )
    op.drop_table("office_territories")
    op.drop_table("office_names")
    for name in (
        "ck_offices_is_not_its_own_relative",
        "ck_offices_a_successor_follows_an_end",
        "ck_offices_ends_after_it_begins",
    ):
        op.drop_constraint(op.f(name), "offices", type_="check")
    op.drop_constraint(op.f("uq_offices_code_level"), "offices", type_="unique")
    for column in ("parent_code", "successor_code", "valid_from", "valid_to", "version"):
        op.drop_column("offices", column)
    op.execute("DROP EXTENSION IF EXISTS btree_gist")
