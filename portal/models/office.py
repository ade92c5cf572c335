"""Offices of the one-stop mechanism with their names and territories through time, and the staff who serve at them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey

LEVELS = ("commune", "province", "police", "police-province", "ministry", "insurance", "tax", "employment")


class Office(Base):
    """One office as it is called now, and what its papers print; both days of its life count.

    `successor_code`: who handles its dossiers after `valid_to`. `version`: how many changes administrators made to it.
    `assigns_automatically`: a dossier that is forwarded goes to the officer whom the rule suggests.
    """

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint(f"level IN {LEVELS}", name="level_is_known"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="ends_after_it_begins"),
        CheckConstraint("successor_code IS NULL OR valid_to IS NOT NULL", name="a_successor_follows_an_end"),
        CheckConstraint("successor_code <> code AND parent_code <> code", name="is_not_its_own_relative"),
        UniqueConstraint("code", "level"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("offices.code"))
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("offices.code"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    parent_name: Mapped[str]
    unit_name: Mapped[str]
    place_name: Mapped[str]
    signatory: Mapped[list[str]] = mapped_column(ARRAY(Text))
    symbol: Mapped[str]
    province_code: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    assigns_automatically: Mapped[bool] = mapped_column(default=False, server_default="false")
    version: Mapped[int] = mapped_column(default=0, server_default="0")


class OfficeName(Base):
    """How an office was called for a time; the name of today stands in its row too."""

    __tablename__ = "office_names"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("office_code", "="),
            (func.daterange(text("valid_from"), text("valid_to"), text("'[]'")), "&&"),
            name="one_name_on_a_day",
            using="gist",
        ),
    )

    id: Mapped[RowId]
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    name: Mapped[str]
    name_en: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class OfficeTerritory(Base):
    """A ward that an office serves for a time: no two offices of one level on the same day."""

    __tablename__ = "office_territories"
    __table_args__ = (
        ForeignKeyConstraint(["office_code", "level"], ["offices.code", "offices.level"]),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint(r"ward_code ~ '^\d{5}$'", name="ward_code_has_five_digits"),
        ExcludeConstraint(
            ("ward_code", "="),
            ("level", "="),
            (func.daterange(text("valid_from"), text("valid_to"), text("'[]'")), "&&"),
            name="one_office_of_a_level_on_a_day",
            using="gist",
        ),
    )

    id: Mapped[RowId]
    office_code: Mapped[str] = mapped_column(index=True)
    level: Mapped[str]
    ward_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class StaffMember(HasDataKey, Base):
    """A person who serves at the portal's desks, known by the keyed hash of the personal ID.

    `profile`: full_name, date_of_birth (YYYY[-MM[-DD]]), personal_id; of the sandbox's staff only full_name.
    """

    __tablename__ = "staff_members"

    id: Mapped[RowId]
    subject_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed_profile: Mapped[bytes]
    created_at: Mapped[datetime]
    duties: Mapped[list[StaffDuty]] = relationship(back_populates="member", lazy="selectin", order_by="StaffDuty.id")

    profile = Sealed("sealed_profile")


class StaffDuty(Base):
    """One role at one office, for a time, for some procedures or (none named) for every one.

    `ward_codes`: whose inhabitants' dossiers come to this officer first; it gives no right and takes none.
    `valid_to`: its last day. `ended_at`: it was ended at once, whatever its days say.
    """

    __tablename__ = "staff_duties"
    __table_args__ = (
        CheckConstraint("role IN ('clerk', 'officer', 'leader', 'administrator', 'auditor')", name="role_is_known"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
        CheckConstraint(
            "role IN ('clerk', 'officer', 'leader') OR procedure_codes = '{}'", name="only_desks_serve_some_procedures"
        ),
        CheckConstraint("role = 'officer' OR ward_codes = '{}'", name="only_officers_serve_some_wards"),
        ExcludeConstraint(
            ("member_id", "="),
            ("office_code", "="),
            ("role", "="),
            (func.daterange(text("valid_from"), text("valid_to"), text("'[]'")), "&&"),
            name="one_duty_of_a_kind_on_a_day",
            using="gist",
            where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(StaffMember.id))
    member: Mapped[StaffMember] = relationship(back_populates="duties")
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    role: Mapped[str]
    procedure_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    ward_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")
