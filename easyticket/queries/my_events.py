"""An organizer's own events as outside clients list them: with what each sold, earned and let in, and all of them summed up.

The statements are the same for any number of events.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    Offer,
    Order,
    OrderLine,
    PaymentProfile,
    Quota,
    Ticket,
    TicketStatus,
)
from easyticket.queries.category_items import is_in_category
from easyticket.queries.earnings import GROSS, IS_PAID, Revenue, load_revenue
from easyticket.queries.event_filters import (
    IS_OF_EVENT,
    EventFilters,
    When,
    conditions_of,
    in_thousandths,
    sold_tickets,
)
from easyticket.queries.event_items import EventItem, load_event_items
from easyticket.queries.events import for_list, get_event
from easyticket.queries.offer_items import OfferItem, load_offer_items
from easyticket.queries.ordering import Columns, sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.queries.traffic import Traffic, find_traffic
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.sales import NotOnSale, why_offer_not_on_sale

OFFER_STATES = ("active", "inactive", "expired", "sold_out")
STATUSES = ("upcoming", "ongoing", "past", "cancelled", "all")
_NOT_CANCELLED = (EventStatus.DRAFT, EventStatus.PUBLISHED)
_BY_STATUS = {
    "upcoming": (_NOT_CANCELLED, When.UPCOMING),
    "ongoing": (_NOT_CANCELLED, When.ONGOING),
    "past": (_NOT_CANCELLED, When.PAST),
    "cancelled": ((EventStatus.CANCELLED,), When.ANY),
    "all": (tuple(EventStatus), When.ANY),
}


@dataclass(frozen=True, slots=True)
class MyOffer:
    """One offer with what was sold of it at its price less discounts; what was returned later is in it.

    `state` is one of `OFFER_STATES`; it is inactive while it is switched off or not on sale yet.
    """

    item: OfferItem
    revenue: Money
    state: str


@dataclass(frozen=True, slots=True)
class MyEvent:
    """An own event with its numbers. `checked_in` are tickets, `paid_orders` orders; `last_sale_at` is None before the first."""

    item: EventItem
    offers: Sequence[MyOffer]
    revenue: Revenue
    checked_in: int
    paid_orders: int
    last_sale_at: datetime | None
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class MyEventFilters:
    """What the list is narrowed to. `status` is one of `STATUSES`; drafts are what is not published."""

    status: str = "all"
    is_published: bool | None = None
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class MySummary:
    """All own events together; what is cancelled counts in the total alone.

    `revenue` is what was sold, in the currency of this surface, or the largest where nothing was sold in that; amounts
    of different currencies are never added, so the others stand beside it in `by_currency`.
    """

    events: int
    upcoming: int
    ongoing: int
    past: int
    tickets_sold: int
    revenue: Money
    by_currency: Mapping[str, Money]


def list_own_event_items(
    actor: Actor,
    filters: MyEventFilters,
    *,
    sort_by: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[MyEvent]:
    """Return one page of the actor's own events with their numbers; what begins last comes first.

    `sort_by` names `start_date`, `created_at`, `tickets_sold` or `revenue`, `-` for the largest first.

    :raises NotFound: there is no such page.
    """
    statuses, when = _BY_STATUS[filters.status]
    if filters.is_published is not None:
        is_draft = not filters.is_published
        statuses = tuple(status for status in statuses if (status is EventStatus.DRAFT) == is_draft)
    shared = EventFilters(query=filters.search, when=when, statuses=statuses, organizer_id=actor.user_id)
    conditions = conditions_of(actor, shared, now)
    if filters.category:
        conditions.append(is_in_category(filters.category))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions)) or 0
    order = sorted_by(sort_by, _columns(), default="-start_date", model=Event)
    ids = sa.select(Event.id).where(*conditions).order_by(*order)

    def load(limit: int, offset: int) -> Sequence[MyEvent]:
        found = sa.select(Event).where(Event.id.in_(ids.limit(limit).offset(offset))).order_by(*order)
        return load_my_events(db.session.scalars(for_list(found)).all(), now)

    return page_of(load, count=count, page=page, per_page=per_page)


def load_my_events(events: Sequence[Event], now: datetime) -> list[MyEvent]:
    """Return these events with their numbers, in their order; whose they are is not asked."""
    ids = [event.id for event in events]
    items = load_event_items(events, now)
    offers = load_offer_items(events, now, include_inactive=True)
    of_offers = _load_offer_revenue(ids)
    revenue = load_revenue(Event.id.in_(ids), [Event.id.label("of_event")])
    traffic, checked_in, sales = find_traffic(ids), _count_checked_in(ids), _load_sales(ids)
    return [
        MyEvent(
            item=item,
            offers=[
                MyOffer(
                    item=offer,
                    revenue=Money(of_offers.get(offer.offer.id, 0), item.event.currency),
                    state=_state_of(offer, item.event, now),
                )
                for offer in offers[item.event.id]
            ],
            revenue=revenue.of(item.event.id, currency=item.event.currency),
            checked_in=checked_in.get(item.event.id, 0),
            paid_orders=sales.get(item.event.id, (0, None))[0],
            last_sale_at=sales.get(item.event.id, (0, None))[1],
            traffic=traffic[item.event.id],
        )
        for item in items
    ]


def load_my_offer(offer: Offer, now: datetime) -> MyOffer:
    """Return one offer of an own event with its sales."""
    event = offer.ticket_type.event
    items = load_offer_items([event], now, include_inactive=True)[event.id]
    item = next(each for each in items if each.offer.id == offer.id)
    revenue = Money(_load_offer_revenue([event.id]).get(offer.id, 0), event.currency)
    return MyOffer(item=item, revenue=revenue, state=_state_of(item, event, now))


def get_my_event(actor: Actor, key: str | int) -> Event:
    """Return the event with this slug or number for those who may change it, with its organizer, category and pictures.

    :raises NotFound: there is none, or it is somebody else's.
    """
    event = get_event(actor, key)
    if not may(actor, Permission.EDIT_EVENT, event):
        raise NotFound("You have no event at this address.", code="no_such_event")
    return event


def find_profile_of(event: Event) -> PaymentProfile | None:
    """Return the payment profile that an event's money goes to, or None while it waits in the organizer's balance."""
    profile = db.session.get(PaymentProfile, event.payment_profile_id) if event.payment_profile_id else None
    return profile if profile is not None and profile.deleted_at is None else None


def summarize_my_events(actor: Actor, now: datetime) -> MySummary:
    """Return all own events of the actor summed up, in three statements."""
    mine = Event.organizer_id == actor.user_id
    is_over, has_begun = Event.end_at <= now, Event.start_at <= now
    goes_on = Event.status != EventStatus.CANCELLED
    count = sa.func.count()
    row = db.session.execute(
        sa.select(
            count,
            count.filter(goes_on, sa.not_(has_begun)),
            count.filter(goes_on, has_begun, sa.not_(is_over)),
            count.filter(goes_on, is_over),
            sa.func.coalesce(sa.func.sum(Quota.sold), 0),
        )
        .select_from(Event)
        .outerjoin(Quota, IS_OF_EVENT)
        .where(mine)
    ).one()
    sums = {code: Money(each.gross_minor, code) for (code,), each in load_revenue(mine).rows.items()}
    main: str = current_app.config["SETTINGS"].v1_default_currency
    if sums and main not in sums:
        main = max(sums, key=lambda code: (sums[code].minor, code))
    events, upcoming, ongoing, past, tickets_sold = map(int, row)
    return MySummary(
        events=events,
        upcoming=upcoming,
        ongoing=ongoing,
        past=past,
        tickets_sold=tickets_sold,
        revenue=sums.get(main, Money(0, main)),
        by_currency=dict(sorted(sums.items())),
    )


def _state_of(item: OfferItem, event: Event, now: datetime) -> str:
    reason = why_offer_not_on_sale(item.offer, now)
    if reason is NotOnSale.INACTIVE:
        return "inactive"
    if reason is NotOnSale.CLOSED or event.end_at <= now or event.status is EventStatus.CANCELLED:
        return "expired"
    if item.remaining < item.offer.ticket_type.min_purchase:
        return "sold_out"
    return "inactive" if reason is NotOnSale.NOT_YET else "active"


def _columns() -> Columns:
    return {
        "start_date": Event.start_at,
        "created_at": Event.created_at,
        "tickets_sold": sold_tickets(),
        "revenue": _revenue_in_thousandths(),
    }


def _revenue_in_thousandths() -> sa.ColumnElement[int]:
    gross = (
        sa.select(sa.func.sum(GROSS))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.event_id == Event.id, IS_PAID)
        .correlate(Event)
        .scalar_subquery()
    )
    return in_thousandths(sa.func.coalesce(gross, 0))


def _load_offer_revenue(event_ids: Collection[int]) -> dict[int, int]:
    gross = sa.func.sum(GROSS)
    rows = db.session.execute(
        sa.select(OrderLine.offer_id, gross)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.event_id.in_(event_ids), IS_PAID)
        .group_by(OrderLine.offer_id)
    )
    return {offer_id: int(minor) for offer_id, minor in rows}


def _count_checked_in(event_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Ticket.event_id, sa.func.count())
        .where(Ticket.event_id.in_(event_ids), Ticket.status == TicketStatus.USED)
        .group_by(Ticket.event_id)
    )
    return {row[0]: row[1] for row in rows}


def _load_sales(event_ids: Collection[int]) -> dict[int, tuple[int, datetime | None]]:
    rows = db.session.execute(
        sa.select(Order.event_id, sa.func.count(), sa.func.max(Order.confirmed_at))
        .where(Order.event_id.in_(event_ids), Order.confirmed_at.is_not(None))
        .group_by(Order.event_id)
    )
    return {event_id: (count, last_at) for event_id, count, last_at in rows}
