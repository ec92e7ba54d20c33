"""Buying tickets, as the operations take and give it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Amount, Answer, Body, Choice, Flag, Many, Moment, Nested, Text, Whole

PAYMENT_METHODS = ("card", "mobile_money", "bank_transfer")
_STATUSES = ["completed", "pending", "failed"]
# How the fields that the services name are called in the seed's body, where the attendee is an object.
_NESTED = {"buyer_name": "name", "buyer_email": "email", "buyer_phone": "phone"}

_REFERENCE = "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD"
_PURCHASE = "PUR-7J2KQ0ABCDEFGHJKMNPQRSTVW4"
_PAY_URL = f"https://tickets.example/sandbox/{_REFERENCE}/"
_BUYER = {"name": "Ama Boateng", "email": "ama@example.org", "phone": "+233241234567"}
PURCHASE_BODY_EXAMPLE: dict[str, Any] = {
    "event_id": 12,
    "ticket_type_id": 4,
    "quantity": 2,
    "attendee_info": _BUYER,
    "payment_method": "card",
}
INITIATE_BODY_EXAMPLE: dict[str, Any] = {
    "event_slug": "night-of-drums",
    "ticket_type_id": 4,
    "quantity": 2,
    **{f"buyer_{name}": value for name, value in _BUYER.items()},
}
_TICKET: dict[str, Any] = {
    "event_title": "Night of Drums",
    "event_slug": "night-of-drums",
    "ticket_type_name": "Regular",
    **{f"attendee_{name}": value for name, value in _BUYER.items()},
    "status": "reserved",
}
PURCHASE_EXAMPLE: dict[str, Any] = {
    "message": "Your tickets are held for 10 minutes. Pay within this time.",
    "purchase_id": _PURCHASE,
    "tickets": [{"ticket_id": f"{_PURCHASE}-{number}", **_TICKET} for number in (1, 2)],
    "pricing": {
        "ticket_price": "50.00",
        "quantity": 2,
        "subtotal": "100.00",
        "service_fee": "5.00",
        "service_fee_percentage": 5.0,
        "total": "105.00",
        "currency": "GHS",
    },
    "payment": {
        "payment_id": "5b0c9a4e-6a1d-4c55-9a42-7f0f3f1f2c11",
        "amount": "105.00",
        "currency": "GHS",
        "payment_method": "card",
        "provider": "sandbox",
        "payment_url": _PAY_URL,
        "reference": _REFERENCE,
        "expires_at": "2026-02-01T10:10:00Z",
        "status": "pending",
    },
    "reservation": {
        "reserved_at": "2026-02-01T10:00:00Z",
        "expires_at": "2026-02-01T10:10:00Z",
        "expires_in_seconds": 600,
    },
}
INITIATED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "Your tickets are held for 10 minutes. Pay within this time.",
    "purchase_id": _PURCHASE,
    "payment_id": "5b0c9a4e-6a1d-4c55-9a42-7f0f3f1f2c11",
    "payment_reference": _REFERENCE,
    "authorization_url": _PAY_URL,
    "amount": 105.0,
    "currency": "GHS",
    "status": "pending",
    "expires_at": "2026-02-01T10:10:00Z",
    "effective_callback_url": "https://cafa.example/payment-results",
    "mobile_redirect_url_template": "cafatickets://payment-result?reference={reference}&status={status}",
}
CANCELLED_EXAMPLE: dict[str, Any] = {
    "message": "Purchase cancelled. Nothing was charged.",
    "purchase_id": _PURCHASE,
    "tickets_released": 2,
}


class AttendeeBody(Body):
    """Who buys and gets the tickets."""

    buyer_name = Text(required=True, data_key="name", blank=False, metadata={"maxLength": 255})
    buyer_email = Text(required=True, data_key="email", blank=False, metadata={"format": "email"})
    buyer_phone = Text(
        data_key="phone",
        allow_none=True,
        load_default="",
        metadata={"description": "With + and the country.", "example": "+233241234567"},
    )


class PurchaseBody(Body):
    """So many tickets of one type. The event is named by number or slug."""

    event = Text(required=True, data_key="event_id", blank=False)
    offer_id = Whole(required=True, data_key="ticket_type_id")
    quantity = Whole(required=True, metadata={"minimum": 1})
    attendee = Nested(AttendeeBody, required=True, data_key="attendee_info")
    payment_method = Choice(PAYMENT_METHODS, load_default="card")
    callback_url = Text(
        allow_none=True,
        load_default="",
        metadata={"description": "Where the payer comes back to, if that is an allowed place."},
    )

    def client_name(self, path: str) -> str:
        """Return what a client calls the field that services know as `path`."""
        return f"attendee_info.{_NESTED[path]}" if path in _NESTED else super().client_name(path)


class InitiateBody(Body):
    """So many tickets of one type. The event is named by slug or number."""

    event = Text(required=True, data_key="event_slug", blank=False)
    offer_id = Whole(required=True, data_key="ticket_type_id")
    quantity = Whole(required=True, metadata={"minimum": 1})
    buyer_name = Text(required=True, blank=False, metadata={"maxLength": 255})
    buyer_email = Text(required=True, blank=False, metadata={"format": "email"})
    buyer_phone = Text(
        allow_none=True,
        load_default="",
        metadata={
            "description": "As it is in the profile, best with + and the country.",
            "example": "+233241234567",
        },
    )
    payment_method = Choice(PAYMENT_METHODS, load_default="card")
    callback_url = Text(
        allow_none=True,
        load_default="",
        metadata={
            "description": "Where the payer comes back to: the app's link, our own callback, or an allowed host. Without "
            "it to the front end's page `/payment-results`."
        },
    )


class ReservedTicket(Answer):
    """A place that is held; the ticket and its code come into being when it is paid."""

    ticket_id = ma.fields.String(
        required=True,
        metadata={"description": "A name for the place until it is paid, then the ticket's code."},
    )
    event_title = ma.fields.String(required=True)
    event_slug = ma.fields.String(required=True)
    ticket_type_name = ma.fields.String(required=True)
    attendee_name = ma.fields.String(required=True)
    attendee_email = ma.fields.String(required=True)
    attendee_phone = ma.fields.String(required=True)
    status = ma.fields.String(
        required=True, metadata={"enum": ["reserved", "active", "used", "cancelled", "expired"]}
    )


class Pricing(Answer):
    """What the tickets cost, fee and all."""

    ticket_price = Amount(required=True)
    quantity = ma.fields.Integer(required=True)
    subtotal = Amount(required=True)
    service_fee = Amount(required=True, metadata={"description": "What the buyer pays on top."})
    service_fee_percentage = ma.fields.Float(required=True)
    total = Amount(required=True)
    currency = ma.fields.String(required=True)


class PurchasePayment(Answer):
    """The payment that was begun."""

    payment_id = ma.fields.String(required=True)
    amount = Amount(required=True)
    currency = ma.fields.String(required=True)
    payment_method = ma.fields.String(required=True)
    provider = ma.fields.String(required=True)
    payment_url = ma.fields.String(
        required=True,
        metadata={
            "format": "uri",
            "description": "The payment page; with nothing to pay, where the payer would come back to, with the `reference`.",
        },
    )
    reference = ma.fields.String(required=True)
    expires_at = Moment(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _STATUSES})


class Reservation(Answer):
    """How long the tickets are held."""

    reserved_at = Moment(required=True)
    expires_at = Moment(required=True)
    expires_in_seconds = ma.fields.Integer(required=True)


class PurchaseAnswer(Answer):
    """Tickets that are held, and the page where they are paid."""

    message = ma.fields.String(required=True)
    purchase_id = ma.fields.String(required=True)
    tickets = Many(ReservedTicket, required=True)
    pricing = Nested(Pricing, required=True)
    payment = Nested(PurchasePayment, required=True)
    reservation = Nested(Reservation, required=True)


class InitiatedAnswer(Answer):
    """The same in the form the web and the mobile client read."""

    success = Flag(required=True)
    message = ma.fields.String(required=True)
    purchase_id = ma.fields.String(required=True)
    payment_id = ma.fields.String(required=True)
    payment_reference = ma.fields.String(required=True)
    authorization_url = ma.fields.String(
        required=True,
        metadata={
            "format": "uri",
            "description": "The payment page; with nothing to pay, where the payer would come back to (for the app, our own "
            "callback), with the `reference`.",
        },
    )
    amount = ma.fields.Float(required=True, metadata={"description": "In major units."})
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _STATUSES})
    expires_at = Moment(required=True)
    effective_callback_url = ma.fields.String(
        required=True, metadata={"description": "Where the payer comes back to, without the reference."}
    )
    mobile_redirect_url_template = ma.fields.String(required=True)


class CancelledAnswer(Answer):
    """A purchase that was given up."""

    message = ma.fields.String(required=True)
    purchase_id = ma.fields.String(required=True)
    tickets_released = ma.fields.Integer(required=True)
