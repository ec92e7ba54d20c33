"""Payments, as the operations take and give them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.tickets import ITEM_EXAMPLE, TicketItemAnswer, TypeAnswer
from easyticket.http.fields import Amount, Answer, ChoiceFilter, Day, Flag, Many, Moment, Nested, Query, Text
from easyticket.rules.purchase_status import PurchaseOutcome, PurchaseStatus

_STATUSES = [status.value for status in PurchaseStatus]
_OUTCOMES = [outcome.value for outcome in PurchaseOutcome]

_EVENT: dict[str, Any] = {
    "id": 12,
    "title": "Night of Drums",
    "slug": "night-of-drums",
    "start_date": "2026-03-01",
}
_CODE = "TKT-20260301-7J2KQ0ABCD"
_PAYMENT: dict[str, Any] = {
    "payment_id": "5b0c9a4e-6a1d-4c55-9a42-7f0f3f1f2c11",
    "purchase_id": "PUR-7J2KQ0ABCDEFGHJKMNPQRSTVW4",
    "status": "completed",
    "amount": "52.50",
    "currency": "GHS",
    "payment_method": "card",
    "provider": "sandbox",
    "reference": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD",
    "created_at": "2026-02-01T10:00:00Z",
    "completed_at": "2026-02-01T10:02:00Z",
}
_FEES = {"subtotal": "50.00", "service_fee": "2.50", "total": "52.50"}
_QR_CODE = ITEM_EXAMPLE["qr_code"]
_DOWNLOAD = ITEM_EXAMPLE["download_url"]
STATUS_EXAMPLE: dict[str, Any] = {
    **_PAYMENT,
    "event": {**_EVENT, "venue_name": "Hall 2"},
    "tickets": [
        {
            "ticket_id": _CODE,
            "ticket_type": "Regular",
            "attendee_name": "Ama Boateng",
            "attendee_email": "ama@example.org",
            "status": "active",
            "qr_code_url": _QR_CODE,
            "download_url": _DOWNLOAD,
        }
    ],
    "receipt": {**_FEES, "payment_method": "card"},
    "message": "Payment completed.",
}
VERIFIED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "status": "completed",
    "message": "Payment completed.",
    "payment_reference": _PAYMENT["reference"],
    "purchase_id": _PAYMENT["purchase_id"],
    "amount": 52.5,
    "currency": "GHS",
    "ticket_count": 1,
    "tickets": [ITEM_EXAMPLE],
}
SENT_EXAMPLE: dict[str, Any] = {
    "message": "The tickets are on their way again.",
    "email": "ama@example.org",
    "tickets_count": 1,
}
PICTURED_EVENT = {**_EVENT, "featured_image": ITEM_EXAMPLE["event"]["featured_image"]}
ITEM_OF_LIST_EXAMPLE: dict[str, Any] = {
    **_PAYMENT,
    "event": PICTURED_EVENT,
    "tickets": [{"ticket_id": _CODE, "ticket_type": "Regular", "price": "50.00"}],
    "fees": {"service_fee": "2.50", "total_paid": "52.50"},
}
SUMMARY_EXAMPLE: dict[str, Any] = {
    "total_spent": "52.50",
    "currency": "GHS",
    "total_transactions": 1,
    "completed_transactions": 1,
    "pending_transactions": 0,
}
DETAIL_EXAMPLE: dict[str, Any] = {
    **ITEM_OF_LIST_EXAMPLE,
    "event": {
        **PICTURED_EVENT,
        "organizer": {"id": 1, "username": "kojo", "full_name": "Kojo Antwi"},
        "venue_name": "Hall 2",
        "start_time": "18:00:00",
    },
    "tickets": [
        {
            "ticket_id": _CODE,
            "qr_code": _QR_CODE,
            "ticket_type": {"id": 4, "name": "Regular", "price": "50.00"},
            "attendee_name": "Ama Boateng",
            "status": "active",
        }
    ],
    "breakdown": _FEES,
    "billing_info": {"name": "Ama Boateng", "email": "ama@example.org", "phone": "+233241234567"},
    "message": "Payment completed.",
}


class PaymentQuery(Query):
    """What the list of payments is narrowed to."""

    status = ChoiceFilter([*_STATUSES, "all"], metadata={"example": "completed"})
    date_from = Day(metadata={"description": "The first day.", "example": "2026-01-01"})
    date_to = Day(metadata={"description": "The last day.", "example": "2026-12-31"})


class CallbackQuery(Query):
    """What a payment page adds to the address it sends payers back to; only the reference is read."""

    reference = Text(load_default="", metadata={"example": "ET-3K7QW9ZC5T2M8N4B6V1X0JHGFD"})
    trxref = Text(load_default="", metadata={"description": "The same under another name."})


class PaymentBasics(Answer):
    """What every answer about a payment says."""

    payment_id = ma.fields.String(required=True)
    purchase_id = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _STATUSES})
    amount = Amount(required=True)
    currency = ma.fields.String(required=True)
    payment_method = ma.fields.String(required=True)
    provider = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)
    created_at = Moment(required=True)
    completed_at = Moment(required=True, allow_none=True)


class EventName(Answer):
    """The event that was paid for; its date is that of its own zone."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    start_date = ma.fields.Date(required=True)


class StatusEvent(EventName):
    """The event with its place."""

    venue_name = ma.fields.String(required=True)


class StatusTicket(Answer):
    """A ticket that was paid for."""

    ticket_id = ma.fields.String(required=True)
    ticket_type = ma.fields.String(required=True)
    attendee_name = ma.fields.String(required=True)
    attendee_email = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    qr_code_url = ma.fields.String(required=True)
    download_url = ma.fields.String(required=True)


class Breakdown(Answer):
    """What was paid, fee and all."""

    subtotal = Amount(required=True)
    service_fee = Amount(required=True)
    total = Amount(required=True)


class Receipt(Breakdown):
    """The same with how it was paid."""

    payment_method = ma.fields.String(required=True)


class PaymentStatusAnswer(PaymentBasics):
    """Where a payment stands."""

    event = Nested(StatusEvent, required=True)
    tickets = Many(
        StatusTicket, required=True, metadata={"description": "None before the payment is completed."}
    )
    receipt = Nested(Receipt, required=True)
    message = ma.fields.String(required=True)
    failed_at = Moment(metadata={"description": "Of a failed payment."})
    failure_reason = ma.fields.String(metadata={"description": "Of a failed payment."})


class VerifiedAnswer(Answer):
    """What became of a payment. `success` is true once it is completed."""

    success = Flag(required=True)
    status = ma.fields.String(required=True, metadata={"enum": _OUTCOMES})
    message = ma.fields.String(required=True)
    payment_reference = ma.fields.String(required=True)
    purchase_id = ma.fields.String(required=True)
    amount = ma.fields.Float(required=True, metadata={"description": "In major units."})
    currency = ma.fields.String(required=True)
    ticket_count = ma.fields.Integer(required=True)
    tickets = Many(TicketItemAnswer, required=True)


class SentAnswer(Answer):
    """Tickets that were mailed once more."""

    message = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    tickets_count = ma.fields.Integer(required=True)


class PicturedEvent(EventName):
    """The event with its picture."""

    featured_image = ma.fields.String(required=True)


class PricedTicket(Answer):
    """A ticket with its price."""

    ticket_id = ma.fields.String(required=True)
    ticket_type = ma.fields.String(required=True)
    price = Amount(required=True)


class Fees(Answer):
    """The fee, and what was paid with it."""

    service_fee = Amount(required=True)
    total_paid = Amount(required=True)


class PaymentItem(PaymentBasics):
    """A payment in a list."""

    event = Nested(PicturedEvent, required=True)
    tickets = Many(PricedTicket, required=True)
    fees = Nested(Fees, required=True)


class PaymentSummary(Answer):
    """All payments of the account in numbers."""

    total_spent = Amount(
        required=True, metadata={"description": "In the currency of most payments, less what came back."}
    )
    currency = ma.fields.String(required=True)
    total_transactions = ma.fields.Integer(required=True)
    completed_transactions = ma.fields.Integer(required=True)
    pending_transactions = ma.fields.Integer(required=True)


class OrganizerName(Answer):
    """Who holds the event."""

    id = ma.fields.Integer(required=True)
    username = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)


class DetailEvent(PicturedEvent):
    """The event with its organizer, its place and its hour."""

    organizer = Nested(OrganizerName, required=True)
    venue_name = ma.fields.String(required=True)
    start_time = ma.fields.Time(required=True)


class DetailTicket(Answer):
    """A ticket with its QR code."""

    ticket_id = ma.fields.String(required=True)
    qr_code = ma.fields.String(required=True)
    ticket_type = Nested(TypeAnswer, required=True)
    attendee_name = ma.fields.String(required=True)
    status = ma.fields.String(required=True)


class BillingInfo(Answer):
    """Who paid."""

    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)


class PaymentDetail(PaymentBasics):
    """One payment with all there is to know about it. What card it was, only its provider knows."""

    event = Nested(DetailEvent, required=True)
    tickets = Many(DetailTicket, required=True)
    fees = Nested(Fees, required=True)
    breakdown = Nested(Breakdown, required=True)
    billing_info = Nested(BillingInfo, required=True)
    message = ma.fields.String(required=True)
    failed_at = Moment(metadata={"description": "Of a failed payment."})
    failure_reason = ma.fields.String(metadata={"description": "Of a failed payment."})


class ReceivedAnswer(Answer):
    """A webhook was taken."""

    received = Flag(required=True)
