"""Tiers, day passes and day-and-tier prices as dictionaries with the API's keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from easyticket.core.money import Money
from easyticket.queries.offer_faces import PriceGrid
from easyticket.queries.ticket_stock import OfferStock


def tier_shape(stock: OfferStock) -> dict[str, Any]:
    """Return a tier."""
    offer = stock.offer
    return {**_shape(stock), "tier_number": offer.tier_number, "name": offer.tier_name}


def day_pass_shape(stock: OfferStock) -> dict[str, Any]:
    """Return a day pass."""
    offer = stock.offer
    return {
        **_shape(stock),
        "day_number": offer.day_number,
        "name": offer.day_name,
        "date": offer.day_on,
        "is_all_days": offer.is_all_days,
    }


def day_tier_shape(stock: OfferStock) -> dict[str, Any]:
    """Return the price of one tier on one day."""
    offer = stock.offer
    return {
        **_shape(stock),
        "day_number": offer.day_number,
        "day_name": offer.day_name,
        "date": offer.day_on,
        "tier_number": offer.tier_number,
        "tier_name": offer.tier_name,
    }


def matrix_shape(ticket_type_uuid: UUID, grid: PriceGrid) -> dict[str, Any]:
    """Return the grid of a ticket type: its days, its tiers, and whole cells under the text of both numbers."""
    return {
        "ticket_type": ticket_type_uuid,
        "days": [{"number": number, "name": name} for number, name in grid.days],
        "tiers": [{"number": number, "name": name} for number, name in grid.tiers],
        "matrix": {
            str(day): {str(tier): day_tier_shape(cell) for tier, cell in row.items()}
            for day, row in grid.cells.items()
        },
    }


def _shape(stock: OfferStock) -> dict[str, Any]:
    offer = stock.offer
    return {
        "id": offer.uuid,
        "ticket_type": offer.ticket_type.uuid,
        "price": Money(offer.price_minor, offer.ticket_type.event.currency),
        "quantity": offer.quantity,
        "quantity_sold": stock.sold,
        "quantity_reserved": stock.held,
        "available_quantity": stock.left,
        "quantity_available": stock.left,
        "is_sold_out": stock.is_sold_out,
        "is_on_sale": stock.is_on_sale,
        "is_active": offer.is_active,
        "sales_start": offer.sales_start_at,
        "sales_end": offer.sales_end_at,
        "created_at": offer.created_at,
    }
