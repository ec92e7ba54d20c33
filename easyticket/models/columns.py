"""Columns that many tables have: the public UUID and the moments a row was made and last changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.core import clock


class HasUuid:
    """A row that surface 1 and links name by a random UUID, so that ids tell nothing and cannot be counted up."""

    uuid: Mapped[UUID] = mapped_column(sa.Uuid(), unique=True, default=uuid4, sort_order=-1)


class HasTimes:
    """When the row was made and last changed (UTC)."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now, sort_order=91)
