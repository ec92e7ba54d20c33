"""What the pages about ticket types show, written out: stock, prices, and what can be done with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import Event, EventStatus, Offer, QuotaKind, TicketType
from easyticket.queries.organizer import Stock
from easyticket.rules.wording import day_text, moment_text, money_text
from easyticket.web.views.organizer import PRICING_WORDS, StockBar, Stocks, bar_of


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price under a ticket type."""

    name: str
    price: str
    stock: str


@dataclass(frozen=True, slots=True)
class TypeItem:
    """One ticket type in the list; the addresses are empty where nothing can be done."""

    key: str
    name: str
    price: str
    bar: StockBar
    notes: Sequence[str]
    is_active: bool
    lines: Sequence[PriceLine]
    edit_url: str
    switch_url: str
    move_url: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class TypesView:
    """The list, and whether it can be added to."""

    title: str
    pricing: str
    items: Sequence[TypeItem]
    may_change: bool


def types_view(event: Event, stocks: Stocks, may_edit: bool) -> TypesView:
    """Return the list of an event's ticket types in their order."""
    may_change = may_edit and event.status is not EventStatus.CANCELLED
    types = event.ticket_types
    items = [
        _item(event, each, stocks, may_change, is_first=each is types[0], is_last=each is types[-1])
        for each in types
    ]
    return TypesView(event.title, PRICING_WORDS[event.pricing_type], items, may_change)


def stock_texts(ticket_type: TicketType, stocks: Stocks) -> Mapping[str, str]:
    """Return what is sold and held of each price, by its UUID; nothing where nothing is."""
    texts = {}
    for offer in ticket_type.offers:
        stock = stocks.get((QuotaKind.OFFER, offer.id), Stock(offer.quantity))
        parts = [f"{stock.sold:,} sold" if stock.sold else "", f"{stock.held:,} held" if stock.held else ""]
        texts[str(offer.uuid)] = ", ".join(filter(None, parts))
    return texts


def _item(
    event: Event, ticket_type: TicketType, stocks: Stocks, may_change: bool, *, is_first: bool, is_last: bool
) -> TypeItem:
    address: dict[str, Any] = {"slug": event.slug, "ticket_type_uuid": ticket_type.uuid}
    stock = stocks.get((QuotaKind.TICKET_TYPE, ticket_type.id), Stock(ticket_type.total_quantity))
    return TypeItem(
        key=str(ticket_type.uuid),
        name=ticket_type.name,
        price=_price_text(event, ticket_type.offers),
        bar=bar_of(stock),
        notes=_notes(event, ticket_type),
        is_active=ticket_type.is_active,
        lines=[
            _line(event, offer, stocks) for offer in ticket_type.offers if offer.tier_name or offer.day_name
        ],
        edit_url=url_for("organizer.ticket_type", **address) if may_change else "",
        switch_url=url_for("organizer.switch", **address) if may_change else "",
        move_url=url_for("organizer.move", **address) if may_change else "",
        is_first=is_first,
        is_last=is_last,
    )


def _line(event: Event, offer: Offer, stocks: Stocks) -> PriceLine:
    name = " · ".join(filter(None, (offer.day_name, offer.tier_name)))
    parts = [day_text(offer.day_on) if offer.day_on else "", "" if offer.is_active else "off"]
    more = ", ".join(filter(None, parts))
    stock = stocks.get((QuotaKind.OFFER, offer.id), Stock(offer.quantity))
    return PriceLine(
        f"{name} ({more})" if more else name,
        money_text(Money(offer.price_minor, event.currency)),
        bar_of(stock).text,
    )


def _price_text(event: Event, offers: Sequence[Offer]) -> str:
    prices = sorted({offer.price_minor for offer in offers})
    if not prices:
        return "No price yet"
    lowest = money_text(Money(prices[0], event.currency))
    return lowest if len(prices) == 1 else f"From {lowest}"


def _notes(event: Event, ticket_type: TicketType) -> list[str]:
    least, most = ticket_type.min_purchase, ticket_type.max_purchase
    parts = []
    if ticket_type.sales_start_at:
        parts.append(f"from {moment_text(ticket_type.sales_start_at, event.time_zone)}")
    if ticket_type.sales_end_at:
        parts.append(f"until {moment_text(ticket_type.sales_end_at, event.time_zone)}")
    window = f"On sale {' '.join(parts)}." if parts else ""
    limits = f"{least} to {most} in one order." if least > 1 else f"At most {most} in one order."
    return [each for each in (ticket_type.description, window, limits) if each]
