"""Ticket types as dictionaries with the API's keys, in lists and with everything under them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from easyticket.api.shapes.offers import day_pass_shape, day_tier_shape, tier_shape
from easyticket.core.money import Money
from easyticket.models import OfferKind
from easyticket.queries.ticket_stock import TypeStock


def ticket_types_shape(stocks: Iterable[TypeStock]) -> list[dict[str, Any]]:
    """Return what an event's detail says under `ticket_types` (`queries.ticket_types.list_event_stocks` loads it)."""
    return [ticket_type_shape(stock) for stock in stocks]


def ticket_type_row(stock: TypeStock) -> dict[str, Any]:
    """Return a ticket type as lists show it."""
    ticket_type = stock.ticket_type
    event = ticket_type.event
    return {
        "id": ticket_type.uuid,
        "event": event.uuid,
        "event_title": event.title,
        "event_slug": event.slug,
        "name": ticket_type.name,
        "description": ticket_type.description,
        "pricing_type": event.pricing_type.value,
        "price": _money(stock.price_minor, event.currency),
        "min_price": _number(stock.lowest_price_minor, event.currency),
        "total_quantity": ticket_type.total_quantity,
        "quantity_sold": stock.sold,
        "quantity_reserved": stock.held,
        "available_quantity": stock.left,
        "quantity_available": stock.buyable,
        "is_sold_out": stock.is_sold_out,
        "is_on_sale": stock.is_on_sale,
        "sales_start": ticket_type.sales_start_at,
        "sales_end": ticket_type.sales_end_at,
        "is_active": ticket_type.is_active,
        "created_at": ticket_type.created_at,
    }


def ticket_type_shape(stock: TypeStock) -> dict[str, Any]:
    """Return a ticket type with its tiers, day passes and day-and-tier prices, each by their numbers."""
    ticket_type = stock.ticket_type
    return {
        **ticket_type_row(stock),
        "min_purchase": ticket_type.min_purchase,
        "max_purchase": ticket_type.max_purchase,
        "benefits": ticket_type.benefits,
        "updated_at": ticket_type.updated_at,
        "tiers": [tier_shape(each) for each in stock.offers_of(OfferKind.TIER)],
        "day_passes": [day_pass_shape(each) for each in stock.offers_of(OfferKind.DAY_PASS)],
        "day_tier_prices": [day_tier_shape(each) for each in stock.offers_of(OfferKind.DAY_TIER)],
    }


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _number(minor: int | None, currency: str) -> float | None:
    # The API contract: clients call number methods on it. It is shown, never counted with.
    return None if minor is None else float(Money(minor, currency).decimal)
