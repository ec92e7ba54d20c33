"""Orders as dictionaries with the API's keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from easyticket.api.shapes.tickets import ticket_shape
from easyticket.core.money import Money
from easyticket.models import OfferKind, Order, OrderLine, OrderStatus
from easyticket.queries.order_stats import OrderStats
from easyticket.rules.intents import intent_id, payment_method_of
from easyticket.rules.order_phase import is_expired, last_payment_of, shown_status
from easyticket.rules.tickets import is_with_buyer
from easyticket.services.images import picture_url


def order_row_shape(order: Order, now: datetime) -> dict[str, Any]:
    """Return an order for a list."""
    return {
        "id": order.uuid,
        "order_number": order.number,
        "event": order.event.uuid,
        "event_name": order.event.title,
        "status": shown_status(order, now).value,
        "total_amount": Money(order.total_minor, order.currency),
        "currency": order.currency,
        "total_tickets": order.quantity,
        "is_paid": order.status is OrderStatus.CONFIRMED,
        "is_expired": is_expired(order, now),
        "created_at": order.created_at,
        "expires_at": order.expires_at,
    }


def order_shape(order: Order, now: datetime) -> dict[str, Any]:
    """Return an order with its lines and tickets."""
    payment = last_payment_of(order)
    return {
        **order_row_shape(order, now),
        "user": order.user.uuid if order.user else None,
        "event_image": picture_url(order.event.banner_image),
        "event_location": order.event.venue_city,
        "event_date": order.event.start_at,
        "subtotal": Money(order.subtotal_minor, order.currency),
        "service_fee": Money(order.fee_minor, order.currency),
        "discount_amount": Money(order.discount_minor, order.currency),
        "refunded_amount": Money(order.refunded_minor, order.currency),
        "payment_method": payment_method_of(order),
        "payment_id": intent_id(payment) if payment else "",
        "paid_at": order.confirmed_at,
        "buyer_email": order.buyer_email,
        "buyer_phone": order.buyer_phone,
        "buyer_name": order.buyer_name,
        "promo_code": order.promo_code,
        "notes": order.notes,
        "cancellation_reason": order.cancellation_reason,
        "cancelled_at": order.cancelled_at,
        "items": [line_shape(line, order.currency) for line in order.lines],
        "tickets": [ticket_shape(ticket, now) for ticket in order.tickets if is_with_buyer(ticket)],
        "updated_at": order.updated_at,
    }


def told_order_shape(order: Order, now: datetime, **told: str) -> dict[str, Any]:
    """Return an order twice, at the top and under `order`, with what is said about it: clients read either."""
    shape = order_shape(order, now)
    return {**shape, **told, "order": shape}


def line_shape(line: OrderLine, currency: str) -> dict[str, Any]:
    """Return a line of an order."""
    return {
        "id": line.uuid,
        "ticket_type": line.offer.ticket_type.uuid,
        "ticket_tier": _offer_uuid(line, OfferKind.TIER),
        "day_pass": _offer_uuid(line, OfferKind.DAY_PASS),
        "day_tier_price": _offer_uuid(line, OfferKind.DAY_TIER),
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_minor, currency),
        "subtotal": Money(line.subtotal_minor, currency),
        "ticket_name": line.ticket_name,
        "tier_name": line.tier_name,
        "day_name": line.day_name,
        "full_ticket_name": line.full_name,
        "created_at": line.created_at,
    }


def bought_line_shape(line: OrderLine) -> dict[str, Any]:
    """Return a line of a paid order with the order it belongs to."""
    return {**line_shape(line, line.order.currency), "order": line.order.uuid}


def stats_shape(stats: OrderStats, currency: str) -> dict[str, Any]:
    """Return an account's numbers; `currency` is that of somebody who has paid nothing yet."""
    spent = stats.spent[0] if stats.spent else Money(0, currency)
    return {
        "total_orders": stats.total,
        "pending_orders": stats.pending,
        "confirmed_orders": stats.confirmed,
        "cancelled_orders": stats.cancelled,
        "total_spent": spent,
        "total_tickets": stats.tickets,
        "upcoming_events": stats.upcoming_events,
        "currency": spent.currency,
        "spent_by_currency": {money.currency: money for money in stats.spent},
    }


def _offer_uuid(line: OrderLine, kind: OfferKind) -> UUID | None:
    return line.offer.uuid if line.offer.kind is kind else None
