"""What the pages of orders and tickets show, written out: strings and flags only, made from the rows and the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import EventStatus, Order, Receipt, Refund, RefundState
from easyticket.rules.online_links import online_link_of_order
from easyticket.rules.order_phase import LATE_SOURCE, SURPLUS_SOURCE, OrderPhase, phase_of
from easyticket.rules.permissions import ANONYMOUS, Permission, may
from easyticket.rules.receipts import gets_receipt, is_void, number_text
from easyticket.rules.refunds import is_replaced
from easyticket.rules.tickets import can_be_shown, has_no_valid_ticket, is_all_sent_on, is_with_buyer
from easyticket.rules.wording import (
    method_text,
    moment_text,
    money_text,
    period_text,
    place_text,
)
from easyticket.services.orders import secret_of
from easyticket.web.views.order_parts import Pill, Summary, refund_text, summary_of, until_text
from easyticket.web.views.refunds import RefundOffer, refund_offer
from easyticket.web.views.tickets import TicketView, ticket_view


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money on its way back, with the reference to name when asking about it."""

    text: str
    why: str
    reference: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A receipt or credit note to take away; a void one says so."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """The page of one order."""

    secret: str
    phase: OrderPhase
    tone: str
    heading: str
    intro: str
    pill: Pill
    number: str
    placed: str
    paid_with: str
    buyer_name: str
    buyer_email: str
    summary: Summary
    tickets: list[TicketView]
    refunds: list[RefundView]
    refund_offer: RefundOffer
    papers: list[PaperLink]
    has_tickets: bool
    online_link: str
    event_url: str
    pdf_url: str
    pdf_text: str
    tickets_heading: str
    calendar_url: str
    resend_url: str


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order in the list of an account."""

    title: str
    when: str
    place: str
    tickets: str
    total: str
    pill: Pill
    is_void: bool
    url: str
    action: str
    number: str
    receipt_url: str


_HAD_TICKETS = frozenset({OrderPhase.CONFIRMED, OrderPhase.REFUNDED, OrderPhase.CALLED_OFF})
_PILLS = {
    OrderPhase.HELD: Pill("Not paid yet", "warn"),
    OrderPhase.PAYING: Pill("Not paid yet", "warn"),
    OrderPhase.DECLINED: Pill("Payment declined", "stop"),
    OrderPhase.EXPIRED: Pill("No longer held", "quiet"),
    OrderPhase.WAITING: Pill("Waiting for payment", "warn"),
    OrderPhase.UNDER_REVIEW: Pill("Being checked", "warn"),
    OrderPhase.CONFIRMED: Pill("Paid", "good"),
    OrderPhase.LATE_REFUND: Pill("Paid too late", "warn"),
    OrderPhase.REFUNDED: Pill("Refunded", "quiet"),
    OrderPhase.CANCELLED: Pill("Cancelled", "quiet"),
    OrderPhase.CALLED_OFF: Pill("Cancelled", "quiet"),
    OrderPhase.FAILED: Pill("Not completed", "quiet"),
}


def order_page(order: Order, now: datetime, credit_notes: Sequence[Receipt] = ()) -> OrderPage:
    """Return what the page of an order shows at this moment."""
    phase, secret = phase_of(order, now), secret_of(order)
    tone, heading, intro = _heading(order, phase, now)
    # A buyer of an event that was taken down keeps the tickets; its page is not there for anybody but its organizer.
    is_public = may(ANONYMOUS, Permission.SEE_EVENT, order.event)
    return OrderPage(
        secret=secret,
        phase=phase,
        tone=tone,
        heading=heading,
        intro=intro,
        pill=_pill(order, phase),
        number=order.number,
        placed=moment_text(order.created_at, order.event.time_zone),
        paid_with=method_text(order.payment_method),
        buyer_name=order.buyer_name,
        buyer_email=order.buyer_email,
        summary=summary_of(order),
        tickets=[ticket_view(ticket, order, now) for ticket in order.tickets],
        refunds=[_refund_view(refund) for refund in order.refunds if not is_replaced(refund)],
        refund_offer=refund_offer(order, now),
        papers=_papers(order, secret, credit_notes),
        has_tickets=phase is OrderPhase.CONFIRMED and any(can_be_shown(ticket) for ticket in order.tickets),
        online_link=online_link_of_order(order),
        event_url=url_for("events.page", slug=order.event.slug) if is_public else "",
        pdf_url=url_for("orders.tickets_pdf", secret=secret),
        pdf_text="Ticket as PDF" if order.quantity == 1 else "All tickets as PDF",
        tickets_heading=_tickets_heading(order),
        calendar_url=url_for("orders.calendar", secret=secret),
        resend_url=url_for("orders.resend", secret=secret),
    )


def order_card(order: Order, now: datetime) -> OrderCard:
    """Return an order as it stands in the list of its account."""
    phase, secret = phase_of(order, now), secret_of(order)
    is_open = phase in (OrderPhase.HELD, OrderPhase.PAYING, OrderPhase.DECLINED)
    count = order.quantity
    return OrderCard(
        title=order.event.title,
        when=period_text(order.event),
        place=place_text(order.event),
        tickets="1 ticket" if count == 1 else f"{count} tickets",
        total=money_text(Money(order.total_minor, order.currency)),
        pill=Pill(f"Not paid yet, held until {until_text(order)}", "warn")
        if is_open
        else _pill(order, phase),
        is_void=phase in (OrderPhase.REFUNDED, OrderPhase.LATE_REFUND, OrderPhase.CALLED_OFF),
        url=url_for("checkout.details" if is_open else "orders.page", secret=secret),
        action="Continue" if is_open else "Show order",
        number=order.number,
        receipt_url=url_for("receipts.receipt", secret=secret) if gets_receipt(order) else "",
    )


def _heading(order: Order, phase: OrderPhase, now: datetime) -> tuple[str, str, str]:
    title = order.event.title
    if order.event.status is EventStatus.CANCELLED and phase in _HAD_TICKETS:
        money = "Your money goes back to you in full. " if order.total_minor else ""
        return "warn", f"{title} was cancelled", f"{money}Your tickets are no longer valid."
    if phase is OrderPhase.CONFIRMED and has_no_valid_ticket(order):
        return "", f"Your order for {title} is being refunded", "The tickets are no longer valid."
    if phase is OrderPhase.CONFIRMED and order.event.end_at <= now:
        return "", f"You had tickets for {title}", "This event is over."
    if phase is OrderPhase.CONFIRMED and is_all_sent_on(order):
        return "good", *_sent_on(order)
    if phase is OrderPhase.CONFIRMED:
        return "good", f"You are going to {title}", _where_tickets_are(order)
    if phase is OrderPhase.LATE_REFUND:
        return (
            "warn",
            "Your payment came too late",
            f"The tickets for {title} were no longer held when your money arrived, so it goes back to you in full.",
        )
    if phase is OrderPhase.REFUNDED:
        return "", f"Your order for {title} was refunded", "The tickets are no longer valid."
    if phase is OrderPhase.CALLED_OFF:
        return "", f"Your order for {title} was cancelled", "The tickets are no longer valid."
    if phase is OrderPhase.UNDER_REVIEW:
        return (
            "warn",
            "We are looking at your payment",
            "A payment arrived that is not what this order asked for. A person checks it and writes to you. "
            "Please do not pay again.",
        )
    return "", f"Your order for {title}", ""


def _sent_on(order: Order) -> tuple[str, str]:
    if order.quantity == 1:
        return f"You sent on your ticket for {order.event.title}", "It is no longer yours."
    return f"You sent on your tickets for {order.event.title}", "They are no longer yours."


def _where_tickets_are(order: Order) -> str:
    if all(is_with_buyer(ticket) for ticket in order.tickets):
        return f"Your tickets are below. We also send them to {order.buyer_email}."
    return "The tickets you kept are below, and to whom you sent the others."


def _tickets_heading(order: Order) -> str:
    if is_all_sent_on(order):
        return "Whom you sent it to" if order.quantity == 1 else "Whom you sent them to"
    return "Your ticket" if order.quantity == 1 else f"Your {order.quantity} tickets"


def _pill(order: Order, phase: OrderPhase) -> Pill:
    if phase is OrderPhase.CONFIRMED and order.total_minor and has_no_valid_ticket(order):
        return Pill("Being refunded", "warn")
    if phase is OrderPhase.CONFIRMED and order.total_minor == 0:
        return Pill("Confirmed", "good")
    if phase is OrderPhase.CONFIRMED and order.refunded_minor:
        return Pill("Partly refunded", "warn")
    return _PILLS[phase]


def _papers(order: Order, secret: str, credit_notes: Sequence[Receipt]) -> list[PaperLink]:
    if not gets_receipt(order):
        return []
    links = [PaperLink("Receipt", url_for("receipts.receipt", secret=secret))]
    for note in credit_notes:
        text = f"Credit note {number_text(note)}{' (void)' if is_void(note) else ''}"
        links.append(PaperLink(text, url_for("receipts.credit_note", secret=secret, number=note.number)))
    return links


def _refund_view(refund: Refund) -> RefundView:
    whys = {
        LATE_SOURCE: "The payment came when the tickets were no longer held.",
        SURPLUS_SOURCE: "This order was paid twice. Your tickets stay valid.",
        "event_cancelled": "The event was cancelled.",
    }
    return RefundView(
        text=refund_text(refund),
        why=whys.get(refund.source, refund.reason),
        reference=refund.payment.reference,
        tone={RefundState.SUCCEEDED: "good", RefundState.FAILED: "warn"}.get(refund.state, ""),
    )
