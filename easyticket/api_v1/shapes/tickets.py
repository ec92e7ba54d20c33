"""Tickets as dictionaries with the keys the clients know: in lists, after a purchase, whole, and as an event one went to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easyticket.api_v1.shapes.events import event_status, event_times, featured_image
from easyticket.api_v1.shapes.media import site_path
from easyticket.api_v1.shapes.people import brief_shape
from easyticket.core.money import Money
from easyticket.models import Order, OrderStatus, PaymentState, Ticket
from easyticket.queries.ticket_items import TicketItem
from easyticket.rules.order_phase import last_payment_of
from easyticket.rules.tickets import state_until_over
from easyticket.services.tickets import qr_content


def ticket_item_shape(item: TicketItem, now: datetime) -> dict[str, Any]:
    """Return a ticket as lists and purchases show it, with its status at `now`."""
    ticket, order = item.ticket, item.ticket.order
    return {
        "ticket_id": ticket.code,
        "qr_code": qr_code_url(ticket),
        "qr_code_url": qr_code_url(ticket),
        "download_url": download_url(ticket),
        "event": _event_shape(item, now),
        "ticket_type": type_shape(ticket),
        "attendee_info": {
            "name": ticket.attendee_name,
            "email": ticket.attendee_email,
            "phone": ticket.attendee_phone,
        },
        "purchase_date": ticket.created_at,
        "payment_reference": reference_of(order),
        "price": Money(ticket.price_minor, ticket.currency),
        "amount_paid": Money(ticket.paid_minor, ticket.currency),
        "currency": ticket.currency,
        "status": state_until_over(ticket, now).value,
        "is_checked_in": ticket.used_at is not None,
        "checked_in_at": ticket.used_at,
    }


def ticket_shape(item: TicketItem, now: datetime) -> dict[str, Any]:
    """Return a ticket with its event's place and organizer and with how it was paid."""
    shape, ticket = ticket_item_shape(item, now), item.ticket
    event, order = ticket.event, ticket.order
    times = event_times(event)
    shape["event"] |= {
        "description": event.description,
        "venue_address": event.venue_address,
        "venue_country": event.venue_country,
        "venue_location": {"latitude": event.venue_latitude, "longitude": event.venue_longitude},
        "end_date": times["end_date"],
        "end_time": times["end_time"],
        "organizer": brief_shape(event.organizer),
    }
    shape["ticket_type"] |= {"description": ticket.offer.ticket_type.description}
    known = ("purchase_date", "payment_reference", "amount_paid", "currency")
    shape["purchase_info"] = {
        **{name: shape[name] for name in known},
        "payment_method": order.payment_method,
        "payment_status": _payment_status(order),
    }
    return shape


def attended_shape(item: TicketItem) -> dict[str, Any]:
    """Return an event somebody was let in at, with the ticket that did it."""
    ticket, event = item.ticket, item.ticket.event
    return {
        "event": {
            "id": event.id,
            "title": event.title,
            "slug": event.slug,
            "featured_image": featured_image(event),
            "category": item.category_name,
            "venue_name": event.venue_name,
            "event_date": event.start_at,
        },
        "ticket_id": ticket.code,
        "ticket_type": ticket.full_name,
        "attended_date": ticket.used_at,
        "amount_paid": Money(ticket.paid_minor, ticket.currency),
    }


def type_shape(ticket: Ticket) -> dict[str, Any]:
    """Return what was bought, under the name and at the price it had then."""
    return {
        "id": ticket.offer_id,
        "name": ticket.full_name,
        "price": Money(ticket.price_minor, ticket.currency),
    }


def qr_code_url(ticket: Ticket) -> str:
    """Return where the ticket's QR code is shown as a PNG; also for a cancelled one, which no gate lets in."""
    return site_path("qr.media_picture", code=qr_content(ticket))


def download_url(ticket: Ticket) -> str:
    """Return where the ticket's PDF is, for its owner."""
    return site_path("v1_tickets.download_ticket", code=ticket.code)


def reference_of(order: Order) -> str:
    """Return the reference of the payment that settled the order, else of the last try, else the order's own code."""
    settled = next((each for each in order.payments if each.state is PaymentState.PAID), None)
    payment = settled or last_payment_of(order)
    return payment.reference if payment else order.purchase_code


def _event_shape(item: TicketItem, now: datetime) -> dict[str, Any]:
    event = item.ticket.event
    times = event_times(event)
    return {
        "id": event.id,
        "title": event.title,
        "slug": event.slug,
        "featured_image": featured_image(event),
        "category": {"id": item.category_id, "name": item.category_name},
        "venue_name": event.venue_name,
        "venue_city": event.venue_city,
        "start_date": times["start_date"],
        "start_time": times["start_time"],
        "status": event_status(event, now),
    }


def _payment_status(order: Order) -> str:
    """Return how the order was paid, in the clients' words."""
    if order.status is OrderStatus.REFUNDED:
        return "refunded"
    return "completed" if order.confirmed_at is not None else "failed"
