"""Events and their pictures. Only draft, published and cancelled are stored; ongoing and past follow from the clock."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.category import Category
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.user import User

if TYPE_CHECKING:
    from easyticket.models.ticket_type import TicketType


# What makes an event one that no list and no search shows, as the index of those has it.
UNLISTED = "hidden_at IS NOT NULL OR taken_down_at IS NOT NULL"


class EventStatus(enum.StrEnum):
    """What an organizer decided about the event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class PricingType(enum.StrEnum):
    """How tickets of an event are priced; it decides the kind of its offers."""

    SIMPLE = "simple"
    TIERED = "tiered"
    DAY_BASED = "day_based"
    TIER_AND_DAY = "tier_and_day"


class FeeBearer(enum.StrEnum):
    """Who pays the service fee: the buyer on top of the price, or the organizer out of it."""

    BUYER = "buyer"
    ORGANIZER = "organizer"


class CheckInPolicy(enum.StrEnum):
    """How often a ticket admits: once, once a day, or any number of times."""

    SINGLE = "single_entry"
    DAILY = "daily_entry"
    MULTIPLE = "multiple_entry"


class Event(HasUuid, HasTimes, Base):
    """Something people buy tickets for. Moments are UTC; `time_zone` (IANA) says how to show them and where days begin."""

    __tablename__ = "event"
    __table_args__ = (
        sa.CheckConstraint("end_at > start_at", name="ends_after_start"),
        sa.CheckConstraint(
            "buyer_refund_days IS NULL OR buyer_refund_days >= 0", name="buyer_refund_days_not_negative"
        ),
        sa.CheckConstraint("total_capacity IS NULL OR total_capacity > 0", name="capacity_positive"),
        sa.CheckConstraint(
            "base_price_minor IS NULL OR base_price_minor >= 0", name="base_price_not_negative"
        ),
        # What lists are sorted by, which are always of one status. The end comes last, so that what is past is left out
        # without reading its row (docs/performance.md).
        sa.Index("ix_event_status_start_at", "status", "start_at", "id", "end_at"),
        sa.Index("ix_event_status_created_at", "status", "created_at", "id", "end_at"),
        sa.Index("ix_event_status_title", "status", "title", "id", "end_at"),
        sa.Index("ix_event_status_listed_price", "status", "listed_price_thousandths", "id", "end_at"),
        sa.Index("ix_event_status_end_at", "status", "end_at"),
        # What lists are narrowed to, each in the order they have by themselves.
        sa.Index("ix_event_organizer_id", "organizer_id", "start_at", "id", "status"),
        sa.Index("ix_event_category_id", "category_id", "status", "start_at", "id", "end_at"),
        sa.Index("ix_event_venue_city_key", "venue_city_key", "status", "start_at", "id", "end_at"),
        sa.Index("ix_event_is_free", "is_free", "status", "start_at", "id", "end_at"),
        sa.Index("ix_event_pricing_type", "pricing_type", "status", "start_at", "id", "end_at"),
        sa.Index("ix_event_is_featured_status_created_at", "is_featured", "status", "created_at"),
        # The few that lists leave out, so that they are known without reading the rows of all others.
        sa.Index(
            "ix_event_unlisted", "id", sqlite_where=sa.text(UNLISTED), postgresql_where=sa.text(UNLISTED)
        ),
    )

    slug: Mapped[str] = mapped_column(sa.String(255), unique=True)
    title: Mapped[str] = mapped_column(sa.String(255))
    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id", ondelete="SET NULL"))
    short_description: Mapped[str] = mapped_column(sa.String(500), default="")
    description: Mapped[str] = mapped_column(default="")
    pricing_type: Mapped[PricingType] = mapped_column(
        choices(PricingType, "pricing_type"), default=PricingType.SIMPLE
    )
    status: Mapped[EventStatus] = mapped_column(choices(EventStatus, "status"), default=EventStatus.DRAFT)

    venue_name: Mapped[str] = mapped_column(sa.String(255))
    venue_address: Mapped[str] = mapped_column(default="")
    venue_city: Mapped[str] = mapped_column(sa.String(100))
    # Folded (no accents, lower case), so that the city filter finds "Düsseldorf" by "dusseldorf".
    venue_city_key: Mapped[str] = mapped_column(sa.String(100))
    venue_state: Mapped[str] = mapped_column(sa.String(100), default="")
    venue_country: Mapped[str] = mapped_column(sa.String(100), default="")
    venue_postal_code: Mapped[str] = mapped_column(sa.String(20), default="")
    venue_latitude: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    venue_longitude: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))

    time_zone: Mapped[str] = mapped_column(sa.String(64))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    # The latest end it had while tickets of it were ordered, if it ends sooner now (services/promised_end.py): until then
    # nobody is paid for it.
    promised_end_at: Mapped[datetime | None]
    recurrence: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    currency: Mapped[str] = mapped_column(sa.String(3))
    is_free: Mapped[bool] = mapped_column(default=False)
    base_price_minor: Mapped[int | None]
    # What lists sort by, in thousandths of a major unit so that all currencies compare: services/listed_price.py keeps it.
    listed_price_thousandths: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    # The event's people limit; the counter itself is a quota row of kind `event`.
    total_capacity: Mapped[int | None]
    fee_basis_points: Mapped[int | None]
    fee_bearer: Mapped[FeeBearer] = mapped_column(choices(FeeBearer, "fee_bearer"), default=FeeBearer.BUYER)
    payment_profile_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payment_profile.id", ondelete="SET NULL")
    )

    terms_and_conditions: Mapped[str] = mapped_column(default="")
    refund_policy: Mapped[str] = mapped_column(default="")
    # Until how many whole days before the start buyers may have their money back themselves; None: never.
    buyer_refund_days: Mapped[int | None] = mapped_column(
        # A None that is written means never; without this it would be taken for "not said", which is until the start.
        sa.BigInteger().with_variant(sa.Integer(), "sqlite").evaluates_none(),
        default=0,
        server_default=sa.text("0"),
    )
    age_restriction: Mapped[int | None]
    check_in_policy: Mapped[CheckInPolicy] = mapped_column(
        choices(CheckInPolicy, "check_in_policy"), default=CheckInPolicy.SINGLE
    )
    tags: Mapped[str] = mapped_column(sa.String(500), default="")
    # Title, descriptions, tags and venue, folded: what the search looks through (rules/search.py makes it).
    search_text: Mapped[str] = mapped_column(default="")
    # Where an online event happens; only holders of tickets are told.
    online_link: Mapped[str] = mapped_column(sa.String(500), default="", server_default=sa.text("''"))
    is_featured: Mapped[bool] = mapped_column(default=False)
    # By administrators: out of lists and searches, though whoever has the address sees it; and gone for everybody but its
    # organizer, with the reason they read.
    hidden_at: Mapped[datetime | None]
    taken_down_at: Mapped[datetime | None]
    takedown_reason: Mapped[str] = mapped_column(sa.String(500), default="", server_default=sa.text("''"))
    banner_image: Mapped[str] = mapped_column(sa.String(255), default="")
    thumbnail_image: Mapped[str] = mapped_column(sa.String(255), default="")
    # The whole picture that the banner was cut from on the desk, and the cut (rules/covers.py), to choose it again.
    cover_source: Mapped[str] = mapped_column(sa.String(255), default="", server_default=sa.text("''"))
    cover_cut: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str] = mapped_column(default="")

    organizer: Mapped[User] = relationship()
    category: Mapped[Category | None] = relationship()
    images: Mapped[list[EventImage]] = relationship(
        order_by="EventImage.position", cascade="all, delete-orphan", back_populates="event"
    )
    ticket_types: Mapped[list[TicketType]] = relationship(
        order_by="TicketType.position, TicketType.id", cascade="all, delete-orphan", back_populates="event"
    )


class EventImage(Base):
    """A further picture of an event, in the organizer's order."""

    __tablename__ = "event_image"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(sa.String(255))
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="images")


class EventDraft(HasTimes, Base):
    """What somebody typed into an event's form and has not saved yet: of a new event, or of one that is there."""

    __tablename__ = "event_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "form"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    # "new", or the event's UUID.
    form: Mapped[str] = mapped_column(sa.String(40))
    fields: Mapped[dict[str, Any]] = mapped_column(sa.JSON())


class EventTrial(Base):
    """One rehearsal of an event before it is published: bought, mailed and scanned for real, and taken back again.

    `steps` has one object per step: its name, whether it worked and a sentence.
    """

    __tablename__ = "event_trial"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    tried_at: Mapped[datetime]
    tried_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    is_good: Mapped[bool]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON())
