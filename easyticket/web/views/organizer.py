"""What the organizer's pages show, written out: sentences, percents and addresses, made from events and their counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import Event, EventStatus, FeeBearer, Offer, PricingType, QuotaKind, TicketType
from easyticket.queries.gate import GateCounts
from easyticket.queries.offers import fee_basis_points_of
from easyticket.queries.organizer import OwnEvent, OwnEvents, Stock
from easyticket.rules.event_copies import why_not_copied
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.schedule import Phase, phase_of, status_of
from easyticket.rules.wording import (
    day_text,
    moment_text,
    money_text,
    percent_text,
    period_text,
    place_text,
    sum_text,
)
from easyticket.web.views.events import cover_url_of
from easyticket.web.views.order_parts import Pill

Stocks = Mapping[tuple[QuotaKind, int], Stock]

_PILLS = {
    "draft": ("Draft", "quiet"),
    "published": ("Published", "good"),
    "ongoing": ("Running now", "good"),
    "completed": ("Over", ""),
    "cancelled": ("Cancelled", "stop"),
}
_CHIPS = {
    OwnEvents.ALL: "All",
    OwnEvents.COMING: "Coming",
    OwnEvents.DRAFTS: "Drafts",
    OwnEvents.PAST: "Past",
}
PRICING_WORDS = {
    PricingType.SIMPLE: "one price for each ticket",
    PricingType.TIERED: "tiers",
    PricingType.DAY_BASED: "day passes",
    PricingType.TIER_AND_DAY: "tiers for each day",
}


@dataclass(frozen=True, slots=True)
class StockBar:
    """Sold, held and left of one limit, as whole percents for the picture and in words beside it."""

    sold_percent: int
    held_percent: int
    text: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event in the list; `copy_url` is empty where it is not the reader's own."""

    title: str
    url: str
    cover_url: str
    copy_url: str
    when: str
    place: str
    pill: Pill
    sentence: str
    bar: StockBar | None


@dataclass(frozen=True, slots=True)
class ListChip:
    """One part of the list of events."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One price under a ticket type, to be read only."""

    name: str
    price: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketTypeRow:
    """One ticket type with its stock, and where it is changed."""

    name: str
    price: str
    bar: StockBar
    note: str
    edit_url: str
    offers: Sequence[OfferRow]


@dataclass(frozen=True, slots=True)
class EventOverview:
    """The first screen of an event."""

    title: str
    slug: str
    pill: Pill
    when: str
    place: str
    sentence: str
    fee: str
    pricing: str
    ticket_types: Sequence[TicketTypeRow]
    inside: str
    public_url: str
    cancelled_on: str
    reason: str
    is_draft: bool
    is_cancelled: bool
    is_over: bool
    may_be_deleted: bool


def event_rows(events: Sequence[OwnEvent], actor: Actor, now: datetime) -> list[EventRow]:
    """Return the rows of the list of events."""
    return [
        EventRow(
            title=own.event.title,
            url=url_for("organizer.event", slug=own.event.slug),
            cover_url=cover_url_of(own.event),
            copy_url=copy_url(own.event, actor),
            when=period_text(own.event),
            place=f"{own.event.venue_name}, {own.event.venue_city}",
            pill=pill_of(own.event, now),
            sentence=event_sentence(own.event, own.stock, own.earned),
            bar=bar_of(own.stock) if own.stock.capacity and not _is_cancelled(own.event) else None,
        )
        for own in events
    ]


def copy_url(event: Event, actor: Actor) -> str:
    """Return where somebody copies an event; nothing where it is not theirs, or there can be no copy of it."""
    may_copy = may(actor, Permission.COPY_EVENT, event) and why_not_copied(event) is None
    return url_for("organizer.copy", slug=event.slug) if may_copy else ""


def list_chips(which: OwnEvents, wanted: str) -> list[ListChip]:
    """Return what the list of events can be narrowed to; what is looked for stays."""
    return [
        ListChip(label, url_for("organizer.events", which=value or None, q=wanted or None), value is which)
        for value, label in _CHIPS.items()
    ]


def event_overview(
    event: Event,
    stock: Stock,
    earned: Money,
    stocks: Stocks,
    inside: GateCounts,
    now: datetime,
    *,
    has_traces: bool,
) -> EventOverview:
    """Return the first screen of an event. With `has_traces`, of orders or scans, it cannot be deleted."""
    return EventOverview(
        title=event.title,
        slug=event.slug,
        pill=pill_of(event, now),
        when=period_text(event),
        place=place_text(event),
        sentence=event_sentence(event, stock, earned),
        fee=fee_sentence(event),
        pricing=PRICING_WORDS[event.pricing_type],
        ticket_types=[_ticket_type_row(event, each, stocks) for each in event.ticket_types],
        inside=inside_text(inside) if inside.expected else "",
        public_url=url_for("events.page", slug=event.slug),
        cancelled_on=moment_text(event.cancelled_at, event.time_zone) if event.cancelled_at else "",
        reason=event.cancellation_reason,
        is_draft=event.status is EventStatus.DRAFT,
        is_cancelled=_is_cancelled(event),
        is_over=phase_of(event, now) is Phase.PAST,
        may_be_deleted=not has_traces,
    )


def fee_sentence(event: Event) -> str:
    """Return what an event's fee is and who pays it, for example "5 % of each paid ticket, paid by buyers on top"."""
    who = "paid by buyers on top" if event.fee_bearer is FeeBearer.BUYER else "paid out of the price"
    return f"{percent_text(fee_basis_points_of(event))} of each paid ticket, {who}"


def pill_of(event: Event, now: datetime) -> Pill:
    """Return the event's state in a word."""
    if event.taken_down_at is not None:
        return Pill("Taken down", "stop")
    return Pill(*_PILLS[status_of(event, now)])


def event_sentence(event: Event, stock: Stock, earned: Money) -> str:
    """Return the one sentence about an event's sale; a cancelled one sells nothing any more, whatever it sold before."""
    if not _is_cancelled(event):
        return sales_sentence(stock, earned)
    return (
        f"{stock.sold:,} of {stock.capacity:,} were sold before it was cancelled"
        if stock.sold
        else "Nothing was sold"
    )


def _is_cancelled(event: Event) -> bool:
    return event.status is EventStatus.CANCELLED


def sales_sentence(stock: Stock, *earned: Money) -> str:
    """Return the one sentence on top, for example "142 of 300 sold, GH₵ 7,100.00 earned, 9 held"; `earned` by currency."""
    if not stock.capacity:
        return "Nothing is on sale yet"
    parts = [f"{stock.sold:,} of {stock.capacity:,} sold"]
    if sums := [sum_text(amount) for amount in earned if amount.minor]:
        parts.append(f"{_joined(sums)} earned")
    if stock.held:
        parts.append(f"{stock.held:,} held")
    return ", ".join(parts)


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def bar_of(stock: Stock, *, is_for_sale: bool = True) -> StockBar:
    """Return the bar of one limit. What is sold shows, be it little, and what is left never disappears by rounding. What is
    not for sale any more is not called left."""
    capacity = stock.capacity or max(stock.sold + stock.held, 1)
    sold, held = _percent(stock.sold, capacity), _percent(stock.held, capacity)
    held = min(held, 100 - sold)
    words = [f"{stock.sold:,} sold", f"{stock.held:,} held" if stock.held else ""]
    words.append(_left_text(stock) if is_for_sale else "")
    return StockBar(sold, held, ", ".join(filter(None, words)))


def inside_text(counts: GateCounts) -> str:
    """Return how many were let in, for example "812 of 1,200 inside"."""
    return f"{counts.inside:,} of {counts.expected:,} inside"


def _ticket_type_row(event: Event, ticket_type: TicketType, stocks: Stocks) -> TicketTypeRow:
    is_simple = event.pricing_type is PricingType.SIMPLE
    edit_url = url_for("organizer.ticket_type", slug=event.slug, ticket_type_uuid=ticket_type.uuid)
    stock = stocks.get((QuotaKind.TICKET_TYPE, ticket_type.id), Stock(ticket_type.total_quantity))
    return TicketTypeRow(
        name=ticket_type.name,
        price=_price_text(event, ticket_type.offers),
        bar=bar_of(stock, is_for_sale=not _is_cancelled(event)),
        note=_note(event, ticket_type),
        edit_url=edit_url,
        offers=[] if is_simple else [_offer_row(event, offer, stocks) for offer in ticket_type.offers],
    )


def _offer_row(event: Event, offer: Offer, stocks: Stocks) -> OfferRow:
    name = " · ".join(filter(None, (offer.day_name, offer.tier_name)))
    when = f" ({day_text(offer.day_on)})" if offer.day_on else ""
    stock = stocks.get((QuotaKind.OFFER, offer.id), Stock(offer.quantity))
    text = bar_of(stock, is_for_sale=not _is_cancelled(event)).text
    return OfferRow(f"{name}{when}", money_text(Money(offer.price_minor, event.currency)), text)


def _price_text(event: Event, offers: Sequence[Offer]) -> str:
    prices = sorted({offer.price_minor for offer in offers})
    if not prices:
        return "No price yet"
    lowest = money_text(Money(prices[0], event.currency))
    return lowest if len(prices) == 1 else f"From {lowest}"


def _note(event: Event, ticket_type: TicketType) -> str:
    if _is_cancelled(event):
        return ""
    if not ticket_type.is_active:
        return "Switched off: nobody can buy it."
    parts = []
    if ticket_type.sales_start_at:
        parts.append(f"from {moment_text(ticket_type.sales_start_at, event.time_zone)}")
    if ticket_type.sales_end_at:
        parts.append(f"until {moment_text(ticket_type.sales_end_at, event.time_zone)}")
    return f"On sale {' '.join(parts)}." if parts else ""


def _percent(part: int, whole: int) -> int:
    if not part:
        return 0
    return min(max(part * 100 // whole, 1), 100)


def _left_text(stock: Stock) -> str:
    return "no limit" if stock.left is None else f"{stock.left:,} left"
