"""Promo codes of an event; how often one may be used is a quota of kind `promo`."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.event import Event


class PromoKind(enum.StrEnum):
    """How the discount is counted."""

    PERCENT = "percent"
    AMOUNT = "amount"


class PromoCode(HasUuid, HasTimes, Base):
    """A discount on one order: `value` is hundredths of a percent, or minor units of the event's currency."""

    __tablename__ = "promo_code"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "code_key"),
        sa.CheckConstraint("value > 0", name="value_positive"),
        sa.CheckConstraint("kind <> 'percent' OR value <= 10000", name="percent_at_most_all"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(50))
    # The code in capitals: buyers type it in any case.
    code_key: Mapped[str] = mapped_column(sa.String(50))
    kind: Mapped[PromoKind] = mapped_column(choices(PromoKind, "kind"))
    value: Mapped[int]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    event: Mapped[Event] = relationship()
