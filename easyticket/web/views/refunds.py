"""What the pages show on which money goes back: the buyer's own, and the organizer's for a sold order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Order, OrderStatus, Ticket, TicketStatus
from easyticket.rules.refund_amounts import (
    left_of_tickets,
    minor_of_tickets,
    refundable_minor,
    settling_payment,
)
from easyticket.rules.refunds import is_disputed, policy_text, why_not_for_buyer
from easyticket.rules.tickets import is_with_buyer
from easyticket.rules.wording import clock_text, day_text, method_text
from easyticket.services.orders import secret_of
from easyticket.services.refunds import RefundPlan
from easyticket.web.views.order_parts import amount_text

_DISPUTED = "Your bank is looking into this payment, so nothing can be returned until it has decided."
_SENT_ON = "You sent your tickets on, so they are not yours to give back. Ask the organizer for a refund."
_HOW_LONG = "Cards and banks usually show it after 5 to 10 working days, mobile money sooner."


@dataclass(frozen=True, slots=True)
class TicketChoice:
    """One ticket whose money can go back."""

    code: str
    title: str
    detail: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class RefundOffer:
    """What an order's page says about money back; `url` is empty where the buyer cannot ask for it (any more)."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RefundPage:
    """The buyer's page. With `refusal` nothing can be asked for; with `amount` it asks to confirm what was chosen."""

    heading: str
    back_url: str
    event_title: str
    promise: str
    refusal: str
    choices: Sequence[TicketChoice]
    chosen: Sequence[TicketChoice]
    amount: str
    how: str
    effect: str
    button: str
    all_button: str


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What an organizer is about to return."""

    amount: str
    who: str
    sentences: Sequence[str]


def refund_offer(order: Order, now: datetime) -> RefundOffer:
    """Return what an order's page says about money back; nothing where none is left to return."""
    returnable = _own_tickets(order)
    if order.status is not OrderStatus.CONFIRMED or order.event.end_at <= now or not order.total_minor:
        return RefundOffer("", "")
    if not returnable_tickets(order) and not is_disputed(order):
        return RefundOffer("", "")
    if refusal := _refusal(order, returnable, now):
        return RefundOffer(refusal, "")
    return RefundOffer(policy_text(order.event, now), url_for("orders.refund", secret=secret_of(order)))


def refund_page(order: Order, codes: Collection[str], now: datetime, *, is_all: bool) -> RefundPage:
    """Return the buyer's page for the tickets chosen so far; the only one there is needs no choosing."""
    returnable = _own_tickets(order)
    is_all = is_all or len(returnable) == 1
    chosen = [each for each in returnable if is_all or each.code in codes]
    refusal = _refusal(order, returnable, now)
    amount = amount_text(order, minor_of_tickets(order, chosen)) if chosen and not refusal else ""
    choices = ticket_choices(order, returnable, codes)
    what = "1 ticket" if len(chosen) == 1 else f"{len(chosen)} tickets"
    return RefundPage(
        heading=f"{amount} goes back to you" if amount else "Ask for your money back",
        back_url=url_for("orders.page", secret=secret_of(order)),
        event_title=order.event.title,
        promise=policy_text(order.event, now),
        refusal=refusal,
        choices=choices,
        chosen=[choice for choice in choices if choice.code in {each.code for each in chosen}],
        amount=amount,
        how=f"{_paid_with(order)} {_HOW_LONG}",
        effect=f"{'This ticket stops' if len(chosen) == 1 else 'These tickets stop'} working at once, for good.",
        button=f"Give back {what}",
        all_button=f"Give back all {len(returnable)}",
    )


def refund_preview(order: Order, plan: RefundPlan, now: datetime) -> RefundPreview:
    """Return what an organizer is about to return, before it is done."""
    ended = len(plan.ended)
    stops = "No ticket stops working: the buyer keeps them."
    if ended:
        stops = f"{'1 ticket stops' if ended == 1 else f'{ended} tickets stop'} working at once, for good."
    used = "Among them is one that let somebody in already." if plan.is_override else ""
    return RefundPreview(
        amount=amount_text(order, plan.amount_minor),
        who=order.buyer_name or order.buyer_email,
        sentences=[text for text in (stops, used, f"{_paid_with(order)} {_HOW_LONG}") if text],
    )


def returnable_tickets(order: Order) -> list[Ticket]:
    """Return the tickets of an order with money left, as far as the order itself has any."""
    if not refundable_minor(order):
        return []
    left = left_of_tickets(order.tickets, order.refunds)
    return [ticket for ticket in order.tickets if left[ticket.id]]


def ticket_choices(order: Order, tickets: Sequence[Ticket], codes: Collection[str]) -> list[TicketChoice]:
    """Return tickets to choose from, each with what it brings by itself; `codes` are chosen already."""
    left = left_of_tickets(tickets, order.refunds)
    most = refundable_minor(order)
    return [
        TicketChoice(
            code=ticket.code,
            title=f"{ticket.full_name}: {amount_text(order, min(left[ticket.id], most))}",
            detail=" · ".join(filter(None, (ticket.attendee_name, _state_text(ticket, order)))),
            is_checked=ticket.code in codes,
        )
        for ticket in tickets
    ]


def _own_tickets(order: Order) -> list[Ticket]:
    """Return what a buyer can give back: not what was sent on to somebody else."""
    return [ticket for ticket in returnable_tickets(order) if is_with_buyer(ticket)]


def _refusal(order: Order, returnable: Sequence[Ticket], now: datetime) -> str:
    if is_disputed(order):
        return _DISPUTED
    if not returnable and returnable_tickets(order):
        return _SENT_ON
    if order.status is not OrderStatus.CONFIRMED or not returnable:
        return "Nothing is left to return: all the money was returned, or is on its way back to you."
    return why_not_for_buyer(order, order.tickets, now) or ""


def _state_text(ticket: Ticket, order: Order) -> str:
    zone = order.event.time_zone
    if ticket.used_at is not None:
        return f"let in {day_text(ticket.used_at, zone)}, {clock_text(ticket.used_at, zone)}"
    return "cancelled" if ticket.status is TicketStatus.CANCELLED else ""


def _paid_with(order: Order) -> str:
    payment = settling_payment(order)
    method = method_text(payment.method) if payment else ""
    return f"The money goes back the way it was paid{f': {method.lower()}' if method else ''}."
