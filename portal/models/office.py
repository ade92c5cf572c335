"""Offices of the one-stop mechanism, and the staff who serve at them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey


class Office(Base):
    """One office with the wards it serves and what its papers print."""

    __tablename__ = "offices"
    __table_args__ = (CheckConstraint("level IN ('commune', 'province', 'police', 'ministry')", name="level_is_known"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    parent_name: Mapped[str]
    unit_name: Mapped[str]
    place_name: Mapped[str]
    signatory: Mapped[list[str]] = mapped_column(ARRAY(Text))
    symbol: Mapped[str]
    ward_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    province_code: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]


class StaffMember(HasDataKey, Base):
    """A person who serves at the portal's desks, known by the keyed hash of the personal ID."""

    __tablename__ = "staff_members"

    id: Mapped[RowId]
    subject_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed_profile: Mapped[bytes]
    created_at: Mapped[datetime]
    duties: Mapped[list[StaffDuty]] = relationship(back_populates="member", lazy="selectin", order_by="StaffDuty.id")

    profile = Sealed("sealed_profile")


class StaffDuty(Base):
    """One role at one office, for a time."""

    __tablename__ = "staff_duties"
    __table_args__ = (
        UniqueConstraint("member_id", "office_code", "role"),
        CheckConstraint("role IN ('clerk', 'officer', 'leader', 'administrator', 'auditor')", name="role_is_known"),
    )

    id: Mapped[RowId]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(StaffMember.id))
    member: Mapped[StaffMember] = relationship(back_populates="duties")
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    role: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
