"""How often events were looked at: one row per event, day and visitor, who is known by a digest that changes every day."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base


class EventVisit(Base):
    """One visitor's looks at one event on one day (UTC). The digest names nobody and cannot be followed to another day."""

    __tablename__ = "event_visit"
    __table_args__ = (sa.UniqueConstraint("event_id", "day_on", "visitor_digest"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    day_on: Mapped[date] = mapped_column(sa.Date())
    visitor_digest: Mapped[str] = mapped_column(sa.String(64))
    views: Mapped[int] = mapped_column(default=1)
