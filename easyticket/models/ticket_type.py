"""Ticket types: a name an event sells under, with limits per purchase and a sales window for all offers below it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.event import Event

if TYPE_CHECKING:
    from easyticket.models.offer import Offer


class TicketType(HasUuid, HasTimes, Base):
    """One ticket type. `total_quantity` is also the capacity of its quota; what is sold stands only in the quota."""

    __tablename__ = "ticket_type"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "name"),
        sa.CheckConstraint("total_quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("min_purchase > 0 AND max_purchase >= min_purchase", name="purchase_limits"),
        sa.CheckConstraint(
            "sales_start_at IS NULL OR sales_end_at IS NULL OR sales_end_at > sales_start_at",
            name="sales_window",
        ),
        sa.Index("ix_ticket_type_event_id", "event_id", "is_active"),
        # What lists are sorted by (docs/performance.md).
        sa.Index("ix_ticket_type_created_at", "created_at", "id"),
        sa.Index("ix_ticket_type_total_quantity", "total_quantity", "id"),
        sa.Index("ix_ticket_type_listed_price", "listed_price_minor", "id"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(100))
    description: Mapped[str] = mapped_column(default="")
    benefits: Mapped[str] = mapped_column(default="")
    total_quantity: Mapped[int]
    sales_start_at: Mapped[datetime | None]
    sales_end_at: Mapped[datetime | None]
    min_purchase: Mapped[int] = mapped_column(default=1)
    max_purchase: Mapped[int] = mapped_column(default=10)
    is_active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    # The price of simple pricing once more, so that lists sort by it without looking at offers; services/listed_price.py
    # keeps it. NULL where tiers or days have prices of their own.
    listed_price_minor: Mapped[int | None]
    # Name, description and benefits, folded: what the search looks through (rules/search.py makes it).
    search_text: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))

    event: Mapped[Event] = relationship(back_populates="ticket_types")
    offers: Mapped[list[Offer]] = relationship(
        order_by="Offer.position, Offer.id", cascade="all, delete-orphan", back_populates="ticket_type"
    )
