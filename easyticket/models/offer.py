"""Offers: everything on sale is one row here, whatever the pricing type.

Tiers, day passes and day-and-tier prices are faces of it.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.event import Event
from easyticket.models.ticket_type import TicketType


class OfferKind(enum.StrEnum):
    """Which face the offer has: the ticket type itself, a tier, a day pass, or a cell of the day-and-tier grid."""

    SIMPLE = "simple"
    TIER = "tier"
    DAY_PASS = "day_pass"  # noqa: S105 (a kind of ticket, not a password)
    DAY_TIER = "day_tier"


class Offer(HasUuid, HasTimes, Base):
    """One thing on sale with its price. `quantity` NULL: only the ticket type's total limits it (simple pricing)."""

    __tablename__ = "offer"
    __table_args__ = (
        sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint(
            "sales_start_at IS NULL OR sales_end_at IS NULL OR sales_end_at > sales_start_at",
            name="sales_window",
        ),
        # An all-days pass has neither number nor date (the API contract); NULLs never collide in a UNIQUE.
        sa.CheckConstraint(
            "NOT is_all_days OR (day_number IS NULL AND day_on IS NULL)", name="all_days_has_no_day"
        ),
        sa.UniqueConstraint("ticket_type_id", "kind", "day_number", "tier_number", name="uq_offer_cell"),
        sa.Index(
            "uq_offer_tier_number",
            "ticket_type_id",
            "tier_number",
            unique=True,
            sqlite_where=sa.text("kind = 'tier'"),
            postgresql_where=sa.text("kind = 'tier'"),
        ),
        sa.Index(
            "uq_offer_day_number",
            "ticket_type_id",
            "day_number",
            unique=True,
            sqlite_where=sa.text("kind = 'day_pass'"),
            postgresql_where=sa.text("kind = 'day_pass'"),
        ),
        sa.Index(
            "uq_offer_simple",
            "ticket_type_id",
            unique=True,
            sqlite_where=sa.text("kind = 'simple'"),
            postgresql_where=sa.text("kind = 'simple'"),
        ),
        sa.Index("ix_offer_event_price", "event_id", "price_minor"),
        # What the lists of tiers, day passes and day-and-tier prices are sorted by and narrowed to (docs/performance.md).
        sa.Index("ix_offer_kind_price", "kind", "price_minor", "id"),
        sa.Index("ix_offer_kind_tier_number", "kind", "tier_number", "id"),
        sa.Index("ix_offer_kind_day_number", "kind", "day_number", "id", "is_all_days"),
        sa.Index("ix_offer_kind_cell", "kind", "day_number", "tier_number", "id"),
        sa.Index("ix_offer_kind_day_on", "kind", "day_on", "id"),
        sa.Index("ix_offer_kind_is_active", "kind", "is_active", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    ticket_type_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ticket_type.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[OfferKind] = mapped_column(choices(OfferKind, "kind"))
    price_minor: Mapped[int]
    quantity: Mapped[int | None]
    # A tier's own name, or a day pass's name; `tier_name`/`day_name` of a grid cell.
    tier_number: Mapped[int | None]
    tier_name: Mapped[str] = mapped_column(sa.String(50), default="")
    day_number: Mapped[int | None]
    day_name: Mapped[str] = mapped_column(sa.String(50), default="")
    day_on: Mapped[date | None] = mapped_column(sa.Date())
    is_all_days: Mapped[bool] = mapped_column(default=False)
    sales_start_at: Mapped[datetime | None]
    sales_end_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()
    ticket_type: Mapped[TicketType] = relationship(back_populates="offers")
    quota_links: Mapped[list[OfferQuota]] = relationship(cascade="all, delete-orphan")

    @property
    def full_name(self) -> str:
        """Type, tier and day joined by " - ", as both APIs and the ticket print it."""
        return " - ".join(part for part in (self.ticket_type.name, self.tier_name, self.day_name) if part)

    @property
    def total_quantity(self) -> int:
        """How many there are of it altogether: its own quantity, else what its ticket type has in common."""
        return self.ticket_type.total_quantity if self.quantity is None else self.quantity


class OfferQuota(Base):
    """One unit of the offer takes one unit of this quota.

    No foreign key to the counter row: key-share locks on it cost a factor of four.
    """

    __tablename__ = "offer_quota"
    __table_args__ = (sa.UniqueConstraint("offer_id", "quota_id"),)

    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id", ondelete="CASCADE"))
    quota_id: Mapped[int] = mapped_column(index=True)
