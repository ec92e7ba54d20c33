"""Purchases that were just begun, as dictionaries with the keys of the seed and of the two clients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.api_v1.shapes.payments import amount_number, paid_with, provider_of
from easyticket.core.money import Money
from easyticket.models import FeeBearer, Order, OrderLine
from easyticket.rules.callbacks import APP_LINK
from easyticket.rules.order_phase import seconds_left_of
from easyticket.rules.purchase_status import PurchaseStatus, purchase_status
from easyticket.rules.tickets import is_with_buyer, place_name, state_until_over
from easyticket.services.purchases import HOLD, BegunPurchase

_APP_TEMPLATE = f"{APP_LINK}?reference={{reference}}&status={{status}}"
_MINUTES = int(HOLD.total_seconds()) // 60
_SENTENCES = {
    PurchaseStatus.PENDING: f"Your tickets are held for {_MINUTES} minutes. Pay within this time.",
    PurchaseStatus.COMPLETED: "Your tickets are booked and on their way to your e-mail address.",
    PurchaseStatus.FAILED: "The payment of this purchase has failed. Start a new one.",
}


def purchase_shape(begun: BegunPurchase, now: datetime) -> dict[str, Any]:
    """Return a purchase with its held tickets, its price, its payment and the time there is to pay."""
    order, status = begun.purchase.order, _status_of(begun, now)
    line = order.lines[0]
    return {
        "message": _SENTENCES[status],
        "purchase_id": order.purchase_code,
        "tickets": [_ticket_shape(order, line, number, now) for number in range(order.quantity)],
        "pricing": _pricing_shape(order, line),
        "payment": {
            "payment_id": begun.purchase.payment_id,
            "amount": Money(order.total_minor, order.currency),
            "currency": order.currency,
            "payment_method": paid_with(begun.purchase),
            "provider": provider_of(begun.purchase),
            "payment_url": begun.pay_url,
            "reference": begun.purchase.reference,
            "expires_at": order.expires_at,
            "status": status.value,
        },
        "reservation": {
            "reserved_at": order.created_at,
            "expires_at": order.expires_at,
            "expires_in_seconds": seconds_left_of(order, now),
        },
    }


def initiated_shape(begun: BegunPurchase, now: datetime) -> dict[str, Any]:
    """Return the same as the web and the mobile client read it."""
    order, status = begun.purchase.order, _status_of(begun, now)
    return {
        "success": True,
        "message": _SENTENCES[status],
        "purchase_id": order.purchase_code,
        "payment_id": begun.purchase.payment_id,
        "payment_reference": begun.purchase.reference,
        "authorization_url": begun.pay_url,
        "amount": amount_number(order),
        "currency": order.currency,
        "status": status.value,
        "expires_at": order.expires_at,
        "effective_callback_url": begun.callback_url,
        "mobile_redirect_url_template": _APP_TEMPLATE,
    }


def _status_of(begun: BegunPurchase, now: datetime) -> PurchaseStatus:
    return purchase_status(begun.purchase.order, begun.purchase.payment, now)


def _ticket_shape(order: Order, line: OrderLine, number: int, now: datetime) -> dict[str, Any]:
    """Return one place; its ticket and code are there once it is paid, which a free one is at once."""
    ticket = order.tickets[number] if number < len(order.tickets) else None
    has_code = ticket is not None and is_with_buyer(ticket)
    return {
        "ticket_id": ticket.code if ticket and has_code else place_name(order, number + 1),
        "event_title": order.event.title,
        "event_slug": order.event.slug,
        "ticket_type_name": line.full_name,
        "attendee_name": order.buyer_name,
        "attendee_email": order.buyer_email,
        "attendee_phone": order.buyer_phone,
        "status": state_until_over(ticket, now).value if ticket else "reserved",
    }


def _pricing_shape(order: Order, line: OrderLine) -> dict[str, Any]:
    is_on_top = order.fee_bearer is FeeBearer.BUYER
    return {
        "ticket_price": Money(line.unit_price_minor, order.currency),
        "quantity": order.quantity,
        "subtotal": Money(order.subtotal_minor, order.currency),
        "service_fee": Money(order.fee_minor, order.currency),
        "service_fee_percentage": order.fee_basis_points / 100 if is_on_top else 0.0,
        "total": Money(order.total_minor, order.currency),
        "currency": order.currency,
    }
