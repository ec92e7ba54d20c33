"""Payments as dictionaries with the API's keys: where one stands, what became of it, in lists, and whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from easyticket.api_v1.shapes.events import event_times, featured_image
from easyticket.api_v1.shapes.people import name_shape
from easyticket.api_v1.shapes.tickets import download_url, qr_code_url, ticket_item_shape, type_shape
from easyticket.core.money import Money
from easyticket.models import Event, Order, Ticket
from easyticket.queries.purchases import Purchase, PurchaseSummary
from easyticket.queries.ticket_items import TicketItem
from easyticket.rules.purchase_status import (
    PurchaseOutcome,
    PurchaseStatus,
    failure_reason,
    purchase_outcome,
    purchase_sentence,
    purchase_status,
)
from easyticket.rules.tickets import is_with_buyer, state_until_over

# What an order says of its payment before it was begun, and where there is nothing to pay.
_NO_METHOD, _FREE = "pending", "free"


def payment_status_shape(purchase: Purchase, now: datetime) -> dict[str, Any]:
    """Return where a payment stands, for clients that ask again and again."""
    order = purchase.order
    return {
        **_basics(purchase, now),
        **_failure(purchase, now),
        "event": {**_event_name(order.event), "venue_name": order.event.venue_name},
        "tickets": [_status_ticket(ticket, now) for ticket in order.tickets if is_with_buyer(ticket)],
        "receipt": {**_breakdown(order), "payment_method": paid_with(purchase)},
        "message": purchase_sentence(order, purchase.payment, now),
    }


def verified_shape(purchase: Purchase, tickets: Sequence[TicketItem], now: datetime) -> dict[str, Any]:
    """Return what became of a payment; the tickets are there once it is completed."""
    order = purchase.order
    outcome = purchase_outcome(order, purchase.payment, now)
    is_completed = outcome is PurchaseOutcome.COMPLETED
    shown = tickets if is_completed else ()
    return {
        "success": is_completed,
        "status": outcome.value,
        "message": purchase_sentence(order, purchase.payment, now),
        "payment_reference": purchase.reference,
        "purchase_id": order.purchase_code,
        "amount": amount_number(order),
        "currency": order.currency,
        "ticket_count": len(shown),
        "tickets": [ticket_item_shape(item, now) for item in shown],
    }


def payment_item_shape(purchase: Purchase, now: datetime) -> dict[str, Any]:
    """Return a payment for a list."""
    order = purchase.order
    return {
        **_basics(purchase, now),
        "event": {**_event_name(order.event), "featured_image": featured_image(order.event)},
        "tickets": [
            {
                "ticket_id": ticket.code,
                "ticket_type": ticket.full_name,
                "price": Money(ticket.price_minor, ticket.currency),
            }
            for ticket in order.tickets
            if is_with_buyer(ticket)
        ],
        "fees": {
            "service_fee": Money(order.fee_minor, order.currency),
            "total_paid": Money(order.total_minor, order.currency),
        },
    }


def payment_detail_shape(purchase: Purchase, now: datetime) -> dict[str, Any]:
    """Return a payment with all there is to know about it."""
    order = purchase.order
    shape = payment_item_shape(purchase, now)
    shape["event"] |= {
        "organizer": name_shape(order.event.organizer),
        "venue_name": order.event.venue_name,
        "start_time": event_times(order.event)["start_time"],
    }
    return {
        **shape,
        **_failure(purchase, now),
        "tickets": [_detail_ticket(ticket, now) for ticket in order.tickets if is_with_buyer(ticket)],
        "breakdown": _breakdown(order),
        "billing_info": {
            "name": order.buyer_name,
            "email": order.buyer_email,
            "phone": order.buyer_phone,
        },
        "message": purchase_sentence(order, purchase.payment, now),
    }


def summary_shape(summary: PurchaseSummary, currency: str) -> dict[str, Any]:
    """Return an account's numbers; `currency` is that of somebody who has bought nothing yet."""
    spent = summary.spent or Money(0, currency)
    return {
        "total_spent": spent,
        "currency": spent.currency,
        "total_transactions": summary.total,
        "completed_transactions": summary.completed,
        "pending_transactions": summary.pending,
    }


def amount_number(order: Order) -> float:
    """Return the total in major units as the number that clients read; nothing is counted with it."""
    return float(Money(order.total_minor, order.currency).decimal)


def paid_with(purchase: Purchase) -> str:
    """Return how it is paid, as the payer said or the provider knows."""
    order, payment = purchase.order, purchase.payment
    if payment is not None and payment.method:
        return payment.method
    return (
        _FREE
        if order.total_minor == 0
        else "card"
        if order.payment_method == _NO_METHOD
        else order.payment_method
    )


def provider_of(purchase: Purchase) -> str:
    """Return who collects the money; nobody does for what is free."""
    payment = purchase.payment
    return payment.provider if payment else _FREE if purchase.order.total_minor == 0 else ""


def _basics(purchase: Purchase, now: datetime) -> dict[str, Any]:
    order = purchase.order
    return {
        "payment_id": purchase.payment_id,
        "purchase_id": order.purchase_code,
        "status": purchase_status(order, purchase.payment, now).value,
        "amount": Money(order.total_minor, order.currency),
        "currency": order.currency,
        "payment_method": paid_with(purchase),
        "provider": provider_of(purchase),
        "reference": purchase.reference,
        "created_at": order.created_at,
        "completed_at": order.confirmed_at,
    }


def _failure(purchase: Purchase, now: datetime) -> dict[str, Any]:
    order, payment = purchase.order, purchase.payment
    if purchase_status(order, payment, now) is not PurchaseStatus.FAILED:
        return {}
    tried_at = payment.checked_at if payment else None
    failed_at = order.failed_at or order.cancelled_at or tried_at or order.expires_at
    return {"failed_at": min(failed_at, now), "failure_reason": failure_reason(order, payment, now)}


def _event_name(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "slug": event.slug,
        "start_date": event_times(event)["start_date"],
    }


def _breakdown(order: Order) -> dict[str, Any]:
    return {
        "subtotal": Money(order.subtotal_minor - order.discount_minor, order.currency),
        "service_fee": Money(order.fee_minor, order.currency),
        "total": Money(order.total_minor, order.currency),
    }


def _status_ticket(ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "ticket_id": ticket.code,
        "ticket_type": ticket.full_name,
        "attendee_name": ticket.attendee_name,
        "attendee_email": ticket.attendee_email,
        "status": state_until_over(ticket, now).value,
        "qr_code_url": qr_code_url(ticket),
        "download_url": download_url(ticket),
    }


def _detail_ticket(ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "ticket_id": ticket.code,
        "qr_code": qr_code_url(ticket),
        "ticket_type": type_shape(ticket),
        "attendee_name": ticket.attendee_name,
        "status": state_until_over(ticket, now).value,
    }
