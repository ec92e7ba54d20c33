"""Quotas: everything that limits sales is one counter row here. Only services/inventory.py changes the counts."""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base, choices


class QuotaKind(enum.StrEnum):
    """What the counter limits; with `owner_id` it names the row it belongs to."""

    OFFER = "offer"
    TICKET_TYPE = "ticket_type"
    EVENT = "event"
    PROMO = "promo"


class Quota(Base):
    """A limit: `held` units wait for payment, `sold` ones are paid; the database itself refuses more than `capacity`."""

    __tablename__ = "quota"
    __table_args__ = (
        sa.UniqueConstraint("kind", "owner_id"),
        sa.CheckConstraint("held >= 0", name="held_not_negative"),
        sa.CheckConstraint("sold >= 0", name="sold_not_negative"),
        sa.CheckConstraint("capacity IS NULL OR held + sold <= capacity", name="within_capacity"),
    )

    kind: Mapped[QuotaKind] = mapped_column(choices(QuotaKind, "kind"))
    # The id of the offer, ticket type, event or promo code. No foreign key, on purpose (see OfferQuota).
    owner_id: Mapped[int]
    # Whose event it is, so that one query reads all counters of an event.
    event_id: Mapped[int] = mapped_column(index=True)
    capacity: Mapped[int | None]
    held: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)

    @property
    def left(self) -> int | None:
        """Units that can be held now; None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.held - self.sold
