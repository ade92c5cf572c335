"""What every table shares: the naming of constraints and the column types used throughout."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, mapped_column

from portal.db import new_id

RowId = Annotated[uuid.UUID, mapped_column(UUID(as_uuid=True), primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    """The declarative base; a row gets its `id` and data key before its content, since sealing needs both."""

    def __init__(self, **values: Any) -> None:
        if "id" in self.__mapper__.columns and "id" not in values:
            values["id"] = new_id()
        for name in sorted(values, key=lambda name: {"id": 0, "data_key": 1}.get(name, 2)):
            if not hasattr(type(self), name):
                raise TypeError(f"{name!r} is no attribute of {type(self).__name__}")
            setattr(self, name, values[name])

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        uuid.UUID: UUID(as_uuid=True),
        int: BigInteger,
        dict[str, Any]: JSONB,
    }
