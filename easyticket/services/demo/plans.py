"""The words the demo is written in: a planned event with its dates, tickets and sales, as plain values. Nothing happens here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from easyticket.models import CheckInPolicy, FeeBearer, OfferKind, PricingType

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True, slots=True)
class Place:
    """A venue; its city decides currency and time zone."""

    name: str
    address: str
    city: str
    state: str
    country: str
    postal_code: str
    latitude: str
    longitude: str
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class When:
    """Doors and end in local time, so many days from today, on the next such weekday; `more_days` later for longer ones."""

    days: int
    starts: str
    ends: str
    weekday: int | None = None
    more_days: int = 0

    def first_day(self, today: date) -> date:
        """Return the first day of the event."""
        day = today + timedelta(days=self.days)
        return day if self.weekday is None else day + timedelta(days=(self.weekday - day.weekday()) % 7)

    def moments(self, today: date, zone: str) -> tuple[datetime, datetime]:
        """Return start and end as aware moments; an end before the start is in the night after."""
        first = self.first_day(today)
        starts, ends = time.fromisoformat(self.starts), time.fromisoformat(self.ends)
        past_midnight = not self.more_days and ends <= starts
        last = first + timedelta(days=self.more_days + past_midnight)
        local = ZoneInfo(zone)
        return datetime.combine(first, starts, local), datetime.combine(last, ends, local)


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """A tier, a day pass or a cell of the grid. `price` is in major units, `sold` how many the demo sells."""

    kind: OfferKind
    price: str
    quantity: int
    tier: tuple[int, str] | None = None
    day: tuple[int, str] | None = None
    sold: int = 0
    # Days from today when its sale begins and ends; negative ones have passed.
    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True, slots=True)
class TypePlan:
    """A ticket type: simple ones have a price and `sold`, the others offers."""

    name: str
    quantity: int
    price: str = "0"
    sold: int = 0
    description: str = ""
    benefits: str = ""
    most: int = 10
    least: int = 1
    offers: tuple[OfferPlan, ...] = ()
    # Days from today when its sale begins and ends; negative ones have passed.
    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True, slots=True)
class Troubles:
    """Orders that did not end well: run out of time, cancelled by the buyer, refunded whole or for one ticket."""

    expired: int = 0
    cancelled: int = 0
    refunded: int = 0
    partly_refunded: int = 0


@dataclass(frozen=True, slots=True)
class GatePlan:
    """What happened at the gates: the part of the tickets that came in (percent), and the tries that were refused."""

    names: tuple[str, ...]
    percent: int
    again: int = 2
    unknown: int = 1
    wrong_event: int = 1


@dataclass(frozen=True, slots=True)
class PromoPlan:
    """A code for so many percent off, usable so many times; the demo's buyers used it `used` times."""

    code: str
    percent: int
    uses: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event of the demo."""

    title: str
    category: str
    place: Place
    when: When
    short: str
    description: str
    tags: str
    types: tuple[TypePlan, ...]
    pricing: PricingType = PricingType.SIMPLE
    is_second: bool = False  # belongs to the second organizer
    is_draft: bool = False
    is_featured: bool = False
    cancelled_because: str = ""
    capacity: int | None = None
    age: int | None = None
    fee_bearer: FeeBearer = FeeBearer.BUYER
    check_in: CheckInPolicy = CheckInPolicy.SINGLE
    refund_policy: str = "Tickets can be returned for the full price until the day before."
    terms: str = ""
    promo: PromoPlan | None = None
    troubles: Troubles = field(default_factory=Troubles)
    gate: GatePlan | None = None
    # Places that lie in somebody's checkout for weeks, so that the page can show "all held".
    held: int = 0
    # What the demo attendee bought: full name of the offer, and how many.
    attendee: tuple[tuple[str, int], ...] = ()


def tier(
    number: int,
    name: str,
    price: str,
    quantity: int,
    sold: int = 0,
    opens: int | None = None,
    closes: int | None = None,
) -> OfferPlan:
    """Return a tier."""
    return OfferPlan(
        OfferKind.TIER, price, quantity, tier=(number, name), sold=sold, opens=opens, closes=closes
    )


def day_pass(number: int, name: str, price: str, quantity: int, sold: int = 0) -> OfferPlan:
    """Return a pass for one day of the event."""
    return OfferPlan(OfferKind.DAY_PASS, price, quantity, day=(number, name), sold=sold)


def all_days(name: str, price: str, quantity: int, sold: int = 0) -> OfferPlan:
    """Return a pass for every day of the event."""
    return OfferPlan(OfferKind.DAY_PASS, price, quantity, day=(0, name), sold=sold)


def cell(day: tuple[int, str], level: tuple[int, str], price: str, quantity: int, sold: int = 0) -> OfferPlan:
    """Return one cell of the grid of days and tiers."""
    return OfferPlan(OfferKind.DAY_TIER, price, quantity, tier=level, day=day, sold=sold)
