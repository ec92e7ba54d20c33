"""Rows for tests, made straight from the models and committed: each function fills in what a test does not care about.

Counts are set here as the inventory would have left them (a hold with its lines, or a sale), because many tests begin
in such a state. What makes those states is tested with the services themselves.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import current_app
from slugify import slugify

from easyticket.core import clock, ids
from easyticket.core.signing import digest, order_secret
from easyticket.db import Base, db, transaction
from easyticket.models import (
    Category,
    Event,
    EventStatus,
    FeeBearer,
    Hold,
    HoldLine,
    HoldState,
    Offer,
    OfferKind,
    OfferQuota,
    Order,
    OrderLine,
    OrderStatus,
    PricingType,
    PromoCode,
    PromoKind,
    Quota,
    QuotaKind,
    SalesChannel,
    TicketType,
    User,
    UserType,
)
from easyticket.rules.permissions import Actor
from easyticket.rules.pricing import PricedLine, quote_order
from easyticket.rules.search import city_key_of, search_text_of, search_text_of_type
from easyticket.services.listed_price import keep_listed_price

PASSWORD = "A-password-for-tests-1"
Row = TypeVar("Row", bound=Base)

_numbers = itertools.count(1)


@cache
def _hash_of(password: str) -> str:
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(password)


def make_user(*, password: str = PASSWORD, is_verified: bool = True, **fields: Any) -> User:
    """Return a new account, by default a verified buyer who signs in with `PASSWORD`."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@example.org",
        "first_name": "Ama",
        "last_name": f"Owusu {number}",
        "password_hash": _hash_of(password),
        "email_verified_at": clock.now() if is_verified else None,
        **fields,
    }
    if values.get("username"):
        values.setdefault("username_key", values["username"].lower())
    return _keep(User(**values))


def make_organizer(**fields: Any) -> User:
    """Return a new verified account that may have events."""
    return make_user(**{"user_type": UserType.ORGANIZER, **fields})


def make_staff(**fields: Any) -> User:
    """Return a new account of the people who run the site."""
    return make_user(**{"user_type": UserType.ADMIN, "is_staff": True, **fields})


def actor_of(user: User) -> Actor:
    """Return the actor a surface would make of a signed-in account."""
    return Actor(
        user_id=user.id,
        email=user.email,
        is_staff=user.is_staff,
        is_organizer=user.is_organizer,
        is_email_verified=user.is_email_verified,
    )


def make_category(name: str = "", **fields: Any) -> Category:
    """Return a new active category."""
    name = name or f"Category {next(_numbers)}"
    return _keep(Category(**{"name": name, "slug": slugify(name), **fields}))


def at(day_on: date, hour: int = 18, minute: int = 0, zone: str = "Africa/Accra") -> datetime:
    """Return the UTC moment at which clocks in `zone` show that time on that day."""
    return datetime.combine(day_on, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def make_event(*, organizer: User | None = None, category: Category | None = None, **fields: Any) -> Event:
    """Return a new event with its quota, by default a published evening in Accra in two weeks with nothing on sale."""
    title = fields.pop("title", "") or f"Evening {next(_numbers)}"
    start_at = fields.pop("start_at", None) or at(clock.now().date() + timedelta(days=14))
    event = Event(
        **{
            "slug": f"{slugify(title, max_length=80) or 'event'}-{next(_numbers)}",
            "title": title,
            "organizer_id": (organizer or make_organizer()).id,
            "description": "An evening of music.",
            "status": EventStatus.PUBLISHED,
            "venue_name": "National Theatre",
            "venue_address": "Liberia Road",
            "venue_city": "Accra",
            "venue_country": "Ghana",
            "time_zone": "Africa/Accra",
            "start_at": start_at,
            "end_at": start_at + timedelta(hours=5),
            "currency": "GHS",
            "published_at": clock.now(),
            "category_id": category.id if category else None,
            **fields,
        }
    )
    event.venue_city_key = city_key_of(event.venue_city)
    event.search_text = search_text_of(event)
    with transaction() as session:
        session.add(event)
        session.flush()
        session.add(
            Quota(kind=QuotaKind.EVENT, owner_id=event.id, event_id=event.id, capacity=event.total_capacity)
        )
        keep_listed_price(event)
    return event


def make_ticket_type(
    event: Event, *, price_minor: int | None = 5_000, quantity: int = 100, **fields: Any
) -> TicketType:
    """Return a new ticket type with its quota and, unless `price_minor` is None, its simple offer."""
    with transaction() as session:
        ticket_type = TicketType(
            **{"event": event, "name": f"Type {next(_numbers)}", "total_quantity": quantity, **fields}
        )
        session.add(ticket_type)
        session.flush()
        ticket_type.search_text = search_text_of_type(ticket_type)
        session.add(_quota(QuotaKind.TICKET_TYPE, ticket_type.id, event.id, quantity))
    if price_minor is not None:
        make_offer(ticket_type, price_minor=price_minor)
    return ticket_type


def make_offer(
    ticket_type: TicketType, *, price_minor: int = 5_000, kind: OfferKind = OfferKind.SIMPLE, **fields: Any
) -> Offer:
    """Return a new offer that takes from its own quota (unless simple), its type's and its event's."""
    with transaction() as session:
        offer = Offer(
            **{
                "event_id": ticket_type.event_id,
                "kind": kind,
                "price_minor": price_minor,
                "quantity": None if kind is OfferKind.SIMPLE else 50,
                "position": len(ticket_type.offers),
                **fields,
            }
        )
        ticket_type.offers.append(offer)
        session.flush()
        if kind is not OfferKind.SIMPLE:
            session.add(_quota(QuotaKind.OFFER, offer.id, offer.event_id, offer.quantity))
            session.flush()
        owners = [(QuotaKind.OFFER, offer.id), (QuotaKind.TICKET_TYPE, ticket_type.id)]
        for quota_kind, owner_id in [*owners, (QuotaKind.EVENT, offer.event_id)]:
            quota = session.scalar(sa.select(Quota).filter_by(kind=quota_kind, owner_id=owner_id))
            if quota is not None:
                session.add(OfferQuota(offer_id=offer.id, quota_id=quota.id))
        keep_listed_price(ticket_type.event)
    return offer


def make_simple_event(*, price_minor: int = 5_000, quantity: int = 100, **fields: Any) -> Event:
    """Return a published event that sells one simple ticket type called "Standard"."""
    event = make_event(**fields)
    make_ticket_type(event, name="Standard", price_minor=price_minor, quantity=quantity)
    return event


def make_tiered_event(
    tiers: Sequence[tuple[str, int, int]] = (("Regular", 5_000, 60), ("Gold", 9_000, 30)), **fields: Any
) -> Event:
    """Return a published event with tiers given as (name, price in minor units, quantity)."""
    event = make_event(**{"pricing_type": PricingType.TIERED, **fields})
    total = sum(quantity for _, _, quantity in tiers)
    ticket_type = make_ticket_type(event, name="Seat", price_minor=None, quantity=total)
    for number, (name, price_minor, quantity) in enumerate(tiers, start=1):
        make_offer(
            ticket_type,
            kind=OfferKind.TIER,
            tier_number=number,
            tier_name=name,
            price_minor=price_minor,
            quantity=quantity,
        )
    return event


def make_day_event(days: int = 3, *, with_all_days: bool = True, **fields: Any) -> Event:
    """Return a published event of some days with a pass for each, and one for all of them."""
    event = make_event(**{"pricing_type": PricingType.DAY_BASED, **_long(days), **fields})
    ticket_type = make_ticket_type(event, name="Festival pass", price_minor=None, quantity=300)
    for number, day_on in enumerate(_days(event, days), start=1):
        make_offer(
            ticket_type,
            kind=OfferKind.DAY_PASS,
            day_number=number,
            day_name=f"Day {number}",
            day_on=day_on,
            price_minor=4_000,
        )
    if with_all_days:
        make_offer(
            ticket_type, kind=OfferKind.DAY_PASS, day_name="All days", is_all_days=True, price_minor=10_000
        )
    return event


def make_running_day_event(**fields: Any) -> Event:
    """Return an event of three days the first of which is today, whatever time it is: a pass is for a date."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return make_day_event(3, start_at=today, end_at=today + timedelta(days=2, hours=12), **fields)


def make_grid_event(
    days: int = 2, tiers: Sequence[tuple[str, int]] = (("Regular", 4_000), ("VIP", 12_000)), **fields: Any
) -> Event:
    """Return a published event with an offer for each day and each tier, given as (name, price in minor units)."""
    event = make_event(**{"pricing_type": PricingType.TIER_AND_DAY, **_long(days), **fields})
    ticket_type = make_ticket_type(event, name="Pass", price_minor=None, quantity=400)
    for day_number, day_on in enumerate(_days(event, days), start=1):
        for tier_number, (tier_name, price_minor) in enumerate(tiers, start=1):
            make_offer(
                ticket_type,
                kind=OfferKind.DAY_TIER,
                day_number=day_number,
                day_name=f"Day {day_number}",
                day_on=day_on,
                tier_number=tier_number,
                tier_name=tier_name,
                price_minor=price_minor,
            )
    return event


def make_promo_code(
    event: Event, code: str = "EARLY10", *, uses: int | None = None, **fields: Any
) -> PromoCode:
    """Return a new active promo code, 10 % unless told otherwise, with the quota of its uses."""
    values = {"kind": PromoKind.PERCENT, "value": 1_000, **fields}
    with transaction() as session:
        promo = PromoCode(event_id=event.id, code=code, code_key=code.upper(), **values)
        session.add(promo)
        session.flush()
        session.add(_quota(QuotaKind.PROMO, promo.id, event.id, uses))
    return promo


def make_order(
    event: Event,
    lines: Sequence[tuple[Offer, int]] = (),
    *,
    user: User | None = None,
    status: OrderStatus = OrderStatus.PENDING,
    expires_at: datetime | None = None,
    **fields: Any,
) -> Order:
    """Return a new order of (offer, quantity) lines whose places are held (pending, processing) or sold (confirmed).

    Without lines it is for one ticket of the event's first offer. Tickets are not issued.
    """
    chosen = list(lines) or [(event.ticket_types[0].offers[0], 1)]
    now = clock.now()
    expires_at = expires_at or now + timedelta(minutes=15)
    quote = quote_order(
        [PricedLine(offer.price_minor, quantity) for offer, quantity in chosen],
        fee_basis_points=500,
        fee_bearer=FeeBearer.BUYER,
    )
    uuid = uuid4()
    values = {
        "uuid": uuid,
        # Far above what the service counts on one day, so that both can make orders in one database.
        "number": ids.order_number(now.date(), 5_000 + next(_numbers)),
        "purchase_code": ids.purchase_code(),
        "secret_digest": digest(order_secret(current_app.config["SETTINGS"].secret_key, uuid)),
        "event_id": event.id,
        "user_id": user.id if user else None,
        "channel": SalesChannel.WEB,
        "status": status,
        "expires_at": expires_at,
        "buyer_email": user.email if user else "guest@example.org",
        "buyer_name": user.display_name if user else "Kofi Mensah",
        "currency": event.currency,
        "subtotal_minor": quote.subtotal_minor,
        "fee_minor": quote.fee_minor,
        "total_minor": quote.total_minor,
        "platform_fee_minor": quote.platform_fee_minor,
        "fee_basis_points": 500,
        "fee_bearer": FeeBearer.BUYER,
        "confirmed_at": now if status is OrderStatus.CONFIRMED else None,
        **fields,
    }
    with transaction() as session:
        order = Order(**values)
        for (offer, quantity), fee_minor in zip(chosen, quote.line_fees, strict=True):
            order.lines.append(_line(offer, quantity, fee_minor, now))
        session.add(order)
        session.flush()
        _count_places(order, chosen)
    return order


def sell_places(offer: Offer, quantity: int) -> Order:
    """Sell so many tickets of one offer to a guest."""
    return make_order(_event_of(offer), [(offer, quantity)], status=OrderStatus.CONFIRMED)


def hold_places(offer: Offer, quantity: int, *, expires_at: datetime | None = None) -> Order:
    """Hold so many tickets of one offer for a guest who has not paid, until `expires_at` (in 15 minutes)."""
    return make_order(_event_of(offer), [(offer, quantity)], expires_at=expires_at)


def _event_of(offer: Offer) -> Event:
    return db.session.get_one(Event, offer.event_id)


def _line(offer: Offer, quantity: int, fee_minor: int, now: datetime) -> OrderLine:
    return OrderLine(
        offer_id=offer.id,
        quantity=quantity,
        unit_price_minor=offer.price_minor,
        subtotal_minor=offer.price_minor * quantity,
        fee_minor=fee_minor,
        ticket_name=offer.ticket_type.name,
        tier_name=offer.tier_name,
        day_name=offer.day_name,
        day_on=offer.day_on,
        is_all_days=offer.is_all_days,
        created_at=now,
    )


def _count_places(order: Order, chosen: Sequence[tuple[Offer, int]]) -> None:
    states = {
        OrderStatus.PENDING: HoldState.HELD,
        OrderStatus.PROCESSING: HoldState.HELD,
        OrderStatus.CONFIRMED: HoldState.CONVERTED,
    }
    state = states.get(order.status, HoldState.RELEASED)
    hold = Hold(
        order_id=order.id,
        event_id=order.event_id,
        state=state,
        expires_at=order.expires_at,
        created_at=clock.now(),
    )
    db.session.add(hold)
    taken: dict[int, int] = {}
    for offer, quantity in chosen:
        links = sa.select(OfferQuota.quota_id).where(OfferQuota.offer_id == offer.id)
        for quota_id in db.session.scalars(links):
            taken[quota_id] = taken.get(quota_id, 0) + quantity
    for quota_id, quantity in sorted(taken.items()):
        hold.lines.append(HoldLine(quota_id=quota_id, quantity=quantity))
        quota = db.session.get_one(Quota, quota_id)
        quota.held += quantity if state is HoldState.HELD else 0
        quota.sold += quantity if state is HoldState.CONVERTED else 0


def _quota(kind: QuotaKind, owner_id: int, event_id: int, capacity: int | None) -> Quota:
    return Quota(kind=kind, owner_id=owner_id, event_id=event_id, capacity=capacity)


def _long(days: int) -> dict[str, datetime]:
    start_at = at(clock.now().date() + timedelta(days=14), 10)
    return {"start_at": start_at, "end_at": start_at + timedelta(days=days - 1, hours=10)}


def _days(event: Event, days: int) -> list[date]:
    first = event.start_at.astimezone(ZoneInfo(event.time_zone)).date()
    return [first + timedelta(days=number) for number in range(days)]


def _keep(row: Row) -> Row:
    with transaction() as session:
        session.add(row)
    return row
