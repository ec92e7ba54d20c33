"""A sold order as its organizer sees it, written out: lines, tickets, payments, refunds and disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Ticket,
    TicketStatus,
)
from easyticket.models.payment import UNDECIDED_DISPUTES
from easyticket.rules.door_sales import is_door_sale, may_be_taken_back
from easyticket.rules.order_phase import shown_status
from easyticket.rules.refund_amounts import refundable_minor, settling_payment
from easyticket.rules.refunds import RefundSource, is_disputed, is_replaced
from easyticket.rules.tickets import has_no_valid_ticket
from easyticket.rules.wording import clock_text, day_text, method_text, moment_text
from easyticket.web.views.order_parts import Pill, Summary, amount_text, summary_of

_STATUS = {
    OrderStatus.PENDING: Pill("Not paid yet", "warn"),
    OrderStatus.PROCESSING: Pill("Being paid", "warn"),
    OrderStatus.CONFIRMED: Pill("Paid", "good"),
    OrderStatus.FAILED: Pill("Not paid", "quiet"),
    OrderStatus.CANCELLED: Pill("Cancelled", "quiet"),
    OrderStatus.REFUNDED: Pill("Refunded", "quiet"),
}
_PAYMENT = {
    PaymentState.CREATED: Pill("Begun", "quiet"),
    PaymentState.OPEN: Pill("Not paid yet", "warn"),
    PaymentState.PROCESSING: Pill("At the bank", "warn"),
    PaymentState.FAILED: Pill("Declined", "quiet"),
    PaymentState.CANCELED: Pill("Given up", "quiet"),
    PaymentState.PAID: Pill("Paid", "good"),
    PaymentState.SURPLUS: Pill("Not needed, goes back", "warn"),
    PaymentState.QUARANTINED: Pill("Being checked", "warn"),
}
_REFUND = {
    RefundState.REQUESTED: Pill("On its way", "warn"),
    RefundState.BLOCKED: Pill("Waits for money at the provider", "warn"),
    RefundState.PENDING: Pill("On its way", "warn"),
    RefundState.UNKNOWN: Pill("Being looked up", "warn"),
    RefundState.SUCCEEDED: Pill("Returned", "good"),
    RefundState.FAILED: Pill("Not returned", "stop"),
}
_DISPUTE = {
    DisputeState.WARNING: Pill("The bank asks", "warn"),
    DisputeState.OPEN: Pill("The bank decides", "warn"),
    DisputeState.WON: Pill("You keep the money", "good"),
    DisputeState.LOST: Pill("The buyer has the money", "stop"),
}
_SOURCES = {
    RefundSource.BUYER.value: "Asked for by the buyer",
    RefundSource.ORGANIZER.value: "Returned by you",
    RefundSource.ADMIN.value: "Returned by us",
    RefundSource.LATE_PAYMENT.value: "Paid too late",
    RefundSource.SURPLUS_PAYMENT.value: "Paid twice",
    RefundSource.QUARANTINED_PAYMENT.value: "Not the payment that was asked for",
    RefundSource.EVENT_CANCELLED.value: "The event was cancelled",
    RefundSource.PROVIDER.value: "Returned at the payment provider",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket, payment, refund or dispute: what it is, more about it, the codes it is about, how much, and where it stands."""

    title: str
    detail: str
    amount: str
    pill: Pill
    codes: Sequence[str] = ()
    again_url: str = ""
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class SoldOrderPage:
    """The page of a sold order. Addresses of buttons are empty where there is nothing to do; `why_not` says why nothing
    can be returned."""

    number: str
    url: str
    event_title: str
    event_url: str
    pill: Pill
    placed: str
    buyer_name: str
    buyer_email: str
    buyer_phone: str
    buyer_url: str
    mail_url: str
    take_back_url: str
    paid_with: str
    summary: Summary
    left: str
    refund_url: str
    why_not: str
    tickets: Sequence[Row]
    payments: Sequence[Row]
    refunds: Sequence[Row]
    disputes: Sequence[Row]
    has_used: bool
    currency: str


def sold_order_page(order: Order, now: datetime) -> SoldOrderPage:
    """Return the page of a sold order."""
    left = refundable_minor(order) if settling_payment(order) else 0
    why_not = _why_not(order, left)
    has_tickets = order.status is OrderStatus.CONFIRMED and not has_no_valid_ticket(order)
    return SoldOrderPage(
        number=order.number,
        url=url_for("organizer.order", number=order.number),
        event_title=order.event.title,
        event_url=url_for("organizer.event", slug=order.event.slug),
        pill=order_pill(order, now),
        placed=moment_text(order.created_at, order.event.time_zone),
        buyer_name=order.buyer_name,
        buyer_email=order.buyer_email,
        buyer_phone=order.buyer_phone,
        buyer_url=url_for("organizer.buyer", number=order.number) if has_tickets else "",
        mail_url=url_for("organizer.mail_again", number=order.number)
        if has_tickets and order.buyer_email
        else "",
        take_back_url=url_for("organizer.take_back", number=order.number) if may_be_taken_back(order) else "",
        paid_with=method_text(order.payment_method),
        summary=summary_of(order),
        left=amount_text(order, left) if left else "",
        refund_url=url_for("organizer.refund", number=order.number) if left and not why_not else "",
        why_not=why_not,
        tickets=[_ticket_row(ticket, order) for ticket in order.tickets],
        payments=[_payment_row(payment, order) for payment in order.payments],
        refunds=[_refund_row(refund, order) for refund in order.refunds],
        disputes=[_dispute_row(dispute, order) for dispute in order.disputes],
        has_used=any(ticket.status is TicketStatus.USED for ticket in order.tickets),
        currency=order.currency,
    )


def order_pill(order: Order, now: datetime) -> Pill:
    """Return where a sold order stands, as its organizer says it. A dispute says more than anything else."""
    if any(dispute.state in UNDECIDED_DISPUTES for dispute in order.disputes):
        return Pill("Disputed", "stop")
    if is_door_sale(order) and order.status is OrderStatus.CONFIRMED:
        return Pill("Paid in cash" if order.cash_minor else "Given away", "good")
    if order.status is OrderStatus.CONFIRMED and order.refunded_minor:
        return Pill("Partly refunded", "warn")
    return _STATUS[shown_status(order, now)]


def _why_not(order: Order, left: int) -> str:
    if is_door_sale(order):
        return (
            "Paid from hand to hand: what is to go back, you give back yourself." if order.cash_minor else ""
        )
    if order.status is not OrderStatus.CONFIRMED or settling_payment(order) is None:
        return "Nothing was paid, so nothing can be returned." if not order.refunded_minor else ""
    if is_disputed(order):
        return (
            "The buyer's bank has taken the payment back and is looking into it. Until it has decided, nothing can be "
            "returned: the buyer would have the money twice."
        )
    return "" if left else "All the money was returned, or is on its way back."


def _ticket_row(ticket: Ticket, order: Order) -> Row:
    zone = order.event.time_zone
    if ticket.status is TicketStatus.CANCELLED:
        pill = Pill("Cancelled", "quiet")
    elif ticket.used_at is not None:
        pill = Pill(f"Let in {day_text(ticket.used_at, zone)}, {clock_text(ticket.used_at, zone)}", "good")
    else:
        pill = Pill("Valid", "")
    sent_on = "sent on" if ticket.sent_on_at else ""
    detail = " · ".join(filter(None, (ticket.attendee_name, ticket.attendee_email, sent_on)))
    minor = ticket.price_minor if order.cash_minor else ticket.paid_minor
    edit_url = url_for("organizer.attendee", number=order.number, code=ticket.code)
    is_over = ticket.status is TicketStatus.CANCELLED
    return Row(
        ticket.full_name,
        detail,
        amount_text(order, minor),
        pill,
        codes=[ticket.code],
        edit_url="" if is_over else edit_url,
    )


def _payment_row(payment: Payment, order: Order) -> Row:
    at = payment.paid_at or payment.created_at
    detail = " · ".join(filter(None, (moment_text(at, order.event.time_zone), payment.last_error)))
    title = method_text(payment.method) or payment.provider.capitalize()
    minor = payment.captured_minor or payment.amount_minor
    return Row(title, detail, amount_text(order, minor), _PAYMENT[payment.state], codes=[payment.reference])


def _refund_row(refund: Refund, order: Order) -> Row:
    is_open = refund.state is RefundState.FAILED and not is_replaced(refund)
    codes = {ticket.id: ticket.code for ticket in order.tickets}
    moment = moment_text(refund.created_at, order.event.time_zone)
    return Row(
        title=_SOURCES.get(refund.source, refund.source),
        detail=" · ".join(filter(None, (moment, refund.reason, refund.last_error))),
        amount=amount_text(order, refund.amount_minor),
        pill=_REFUND[refund.state],
        codes=[codes[part.ticket_id] for part in refund.tickets if part.amount_minor],
        again_url=url_for("organizer.refund_again", number=order.number, uuid=refund.uuid) if is_open else "",
    )


def _dispute_row(dispute: Dispute, order: Order) -> Row:
    until = f"Answer by {moment_text(dispute.due_at, order.event.time_zone)}" if dispute.due_at else ""
    detail = " · ".join(filter(None, (dispute.reason.replace("_", " "), until)))
    return Row("Dispute", detail, amount_text(order, dispute.amount_minor), _DISPUTE[dispute.state])


def buyer_changed_text(order: Order, *, is_sent: bool, ends_old: bool) -> str:
    """Return what correcting the buyer came to: where the tickets go, and what ended."""
    parts = ["The buyer is corrected."]
    if ends_old:
        parts.append("The link and the codes that were mailed before let nobody in any more.")
    if is_sent or (ends_old and not has_no_valid_ticket(order)):
        parts.append(f"The tickets are on their way to {order.buyer_email}.")
    return " ".join(parts)
