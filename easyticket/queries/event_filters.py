"""What a list of events is narrowed to and sorted by, as conditions for the database. Drafts are their owner's only."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import InstrumentedAttribute, aliased

from easyticket.core.money import CURRENCIES, MAX_MINOR, currency_digits, smallest_step
from easyticket.models import Event, EventStatus, FeeBearer, Offer, PricingType, Quota, QuotaKind, TicketType
from easyticket.queries.event_cards import is_offered
from easyticket.rules.permissions import Actor
from easyticket.rules.schedule import Span
from easyticket.rules.search import city_key_of, words_of

Condition = sa.ColumnElement[bool]
# The counter whose `sold` is all the tickets of an event, for joining it to the event.
IS_OF_EVENT = sa.and_(Quota.kind == QuotaKind.EVENT, Quota.owner_id == Event.id)


class When(enum.StrEnum):
    """Which part of the calendar a list is about. `current` is everything that is not past."""

    CURRENT = "current"
    UPCOMING = "upcoming"
    ONGOING = "ongoing"
    PAST = "past"
    ANY = "any"


class EventOrder(enum.StrEnum):
    """What comes first. `soonest` turns round for past events: the latest first."""

    SOONEST = "soonest"
    NEWEST = "newest"
    PRICE = "price"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Bounds in major units of whatever currency an event has; with fees as pages show them, without as the APIs do."""

    low: Decimal | None = None
    high: Decimal | None = None
    with_fees: bool = True


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What a list of events is narrowed to; the defaults are the public list: published and not past.

    `sells_free` asks for events with at least one ticket that costs nothing, `is_free` for what the organizer called free.
    """

    query: str = ""
    city: str = ""
    category_id: int | None = None
    span: Span = field(default_factory=Span)
    when: When = When.CURRENT
    statuses: tuple[EventStatus, ...] = (EventStatus.PUBLISHED,)
    price: PriceRange = field(default_factory=PriceRange)
    sells_free: bool = False
    is_free: bool | None = None
    is_featured: bool | None = None
    pricing_type: PricingType | None = None
    organizer_id: int | None = None


def is_public(now: datetime) -> Condition:
    """Return the condition of the public list: published, not past, and neither hidden nor taken down."""
    return sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now, is_listed())


def is_listed() -> Condition:
    """Return the condition that lists show an event: administrators have neither hidden it nor taken it down.

    The few that are not are looked up in an index of theirs, so that lists read no more rows than without it.
    """
    event = aliased(Event)
    unlisted = sa.or_(event.hidden_at.is_not(None), event.taken_down_at.is_not(None))
    return Event.id.not_in(sa.select(event.id).where(unlisted))


def is_up(event_id: InstrumentedAttribute[int] = Event.id) -> Condition:
    """Return the condition that administrators have not taken an event down; found as `is_listed` is.

    `event_id` is the event's own, or that of what belongs to it.
    """
    event = aliased(Event)
    is_down = event.taken_down_at.is_not(None)
    unlisted = sa.or_(event.hidden_at.is_not(None), is_down)
    return event_id.not_in(sa.select(event.id).where(unlisted, is_down))


def _is_visible_to(actor: Actor, statuses: Collection[EventStatus]) -> Condition:
    if actor.is_staff or EventStatus.DRAFT not in statuses:
        return sa.true()
    own = Event.organizer_id == actor.user_id
    # Where drafts alone are asked for it stands alone, so that the index of their organizer is used.
    return own if {*statuses} == {EventStatus.DRAFT} else sa.or_(Event.status != EventStatus.DRAFT, own)


def conditions_of(actor: Actor, filters: EventFilters, now: datetime) -> list[Condition]:
    """Return what an event has to fulfil to be in the list of this actor."""
    found = [_is_visible_to(actor, filters.statuses), Event.status.in_(filters.statuses)]
    # Organizers' lists of their own events have them all.
    if filters.organizer_id is None or filters.organizer_id != actor.user_id:
        found.append(is_listed())
    found += _by_time(filters, now)
    found += [Event.search_text.contains(word, autoescape=True) for word in words_of(filters.query)]
    if filters.city.strip():
        found.append(Event.venue_city_key == city_key_of(filters.city))
    for column, value in (
        (Event.category_id, filters.category_id),
        (Event.is_free, filters.is_free),
        (Event.is_featured, filters.is_featured),
        (Event.pricing_type, filters.pricing_type),
        (Event.organizer_id, filters.organizer_id),
    ):
        if value is not None:
            found.append(column == value)
    if filters.price.low is not None or filters.price.high is not None:
        found.append(_sells(_in_range(filters.price), filters.when, now))
    if filters.sells_free:
        found.append(sa.or_(Event.is_free, _sells(Offer.price_minor == 0, filters.when, now)))
    return found


def _by_time(filters: EventFilters, now: datetime) -> list[Condition]:
    by_phase = {
        When.CURRENT: Event.end_at > now,
        When.UPCOMING: Event.start_at > now,
        When.ONGOING: sa.and_(Event.start_at <= now, Event.end_at > now),
        When.PAST: Event.end_at <= now,
        When.ANY: sa.true(),
    }
    found = [by_phase[filters.when]]
    # An event is in a span if any part of it is.
    if filters.span.start_at is not None:
        found.append(Event.end_at > filters.span.start_at)
    if filters.span.end_at is not None:
        found.append(Event.start_at < filters.span.end_at)
    return found


def _sells(condition: Condition, when: When, now: datetime) -> Condition:
    # Nothing of what is past is on sale any more: there it is what was.
    on_sale = sa.and_(Offer.is_active, TicketType.is_active) if when is When.PAST else is_offered(now)
    return (
        sa.select(Offer.id)
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id == Event.id, on_sale, condition)
        .correlate(Event)
        .exists()
    )


def _in_range(price: PriceRange) -> Condition:
    """Return the condition on one offer. Bounds are scaled to each currency's digits, so that no price is divided."""
    amount = offer_price_with_fee() if price.with_fees else Offer.price_minor
    found: list[Condition] = []
    for digits in sorted(set(map(currency_digits, CURRENCIES))):
        of_digits = [currency for currency in CURRENCIES if currency_digits(currency) == digits]
        bounds: list[Condition] = [Event.currency.in_(of_digits)]
        if price.low is not None:
            bounds.append(amount >= _scaled(price.low, digits, ROUND_CEILING))
        if price.high is not None:
            bounds.append(amount <= _scaled(price.high, digits, ROUND_FLOOR))
        found.append(sa.and_(*bounds))
    return sa.or_(*found)


def _scaled(amount: Decimal, digits: int, rounding: str) -> int:
    """Return a bound in whole minor units; beyond every price there is no difference any more."""
    return int(min(amount, Decimal(2 * MAX_MINOR)).scaleb(digits).to_integral_value(rounding))


def offer_price_with_fee() -> sa.ColumnElement[int]:
    """Return what rules/pricing.price_with_fee says, for the database; a test holds the two together."""
    basis_points = sa.func.coalesce(Event.fee_basis_points, current_app.config["SETTINGS"].fee_basis_points)
    fee = _rounded_fee(basis_points, 1)
    for step in sorted({smallest_step(currency) for currency in CURRENCIES} - {1}):
        in_steps = [currency for currency in CURRENCIES if smallest_step(currency) == step]
        is_stepped = sa.and_(Event.currency.in_(in_steps), Offer.price_minor % step == 0)
        fee = sa.case((is_stepped, _rounded_fee(basis_points, step)), else_=fee)
    return Offer.price_minor + sa.case((Event.fee_bearer == FeeBearer.BUYER, fee), else_=0)


def _rounded_fee(basis_points: sa.ColumnElement[int], step: int) -> sa.ColumnElement[int]:
    return (Offer.price_minor * basis_points + 5_000 * step) // (10_000 * step) * step


def order_by(order: EventOrder, when: When, now: datetime) -> tuple[sa.ColumnExpressionArgument[Any], ...]:
    """Return what the list is sorted by; the event's number comes last, so that pages never overlap."""
    soonest = Event.start_at.desc() if when is When.PAST else Event.start_at.asc()
    if order is EventOrder.NEWEST:
        return (sa.func.coalesce(Event.published_at, Event.created_at).desc(), Event.id.desc())
    if order is EventOrder.PRICE:
        return (sa.nulls_last(_lowest_price(now)), soonest, Event.id)
    if order is EventOrder.POPULAR:
        return (sold_tickets().desc(), soonest, Event.id)
    return (soonest, Event.id)


def _lowest_price(now: datetime) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.min(in_thousandths(offer_price_with_fee())))
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(Offer.event_id == Event.id, is_offered(now))
        .correlate(Event)
        .scalar_subquery()
    )


def in_thousandths(amount_minor: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Return an amount of an event in thousandths of a major unit, so that currencies of all digits compare."""
    thousandths = sa.case(
        *(
            (Event.currency == currency, 10 ** (3 - currency_digits(currency)))
            for currency in CURRENCIES
            if currency_digits(currency) != 2
        ),
        else_=10,
    )
    return amount_minor * thousandths


def sold_tickets() -> sa.ColumnElement[int]:
    """Return how many tickets an event has sold."""
    sold = sa.select(Quota.sold).where(IS_OF_EVENT).correlate(Event).scalar_subquery()
    return sa.func.coalesce(sold, 0)
