"""What the page with the buyer's details shows, written out: strings and flags only, made from an order and the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Order, PaymentState
from easyticket.rules.order_phase import (
    KEPT_PHASES,
    OPEN_PHASES,
    OrderPhase,
    last_payment_of,
    may_hold_again,
    phase_of,
)
from easyticket.rules.refunds import policy_text
from easyticket.services.orders import secret_of
from easyticket.web.views.order_parts import HoldView, Summary, amount_text, hold_view, summary_of, until_text


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A sentence or two about what happened."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """The page that asks who buys. `is_kept`: the tickets are held, so it leads on to paying."""

    secret: str
    phase: OrderPhase
    summary: Summary
    short_summary: str
    hold: HoldView | None
    notice: NoticeView | None
    event_title: str
    event_url: str
    has_form: bool
    is_kept: bool
    can_hold_again: bool
    is_paid: bool
    pay_text: str
    pay_note: str
    refund_promise: str
    promo_code: str
    terms: list[str]
    step_labels: list[str]
    step_links: dict[int, str]


def checkout_page(order: Order, now: datetime) -> CheckoutPage:
    """Return what the page of the buyer's details shows of an order at this moment."""
    phase, event_url = phase_of(order, now), url_for("events.page", slug=order.event.slug)
    is_kept, is_paid = phase in KEPT_PHASES, order.total_minor > 0
    return CheckoutPage(
        secret=secret_of(order),
        phase=phase,
        summary=summary_of(order),
        short_summary=_short_summary(order),
        hold=hold_view(order, now) if is_kept else None,
        notice=_notice(order, phase),
        event_title=order.event.title,
        event_url=event_url,
        has_form=phase in OPEN_PHASES or phase is OrderPhase.FAILED,
        is_kept=is_kept,
        can_hold_again=may_hold_again(order, now),
        is_paid=is_paid,
        pay_text=pay_text(order),
        pay_note="You pay on the next page and come back here for your tickets." if is_paid else "",
        refund_promise=policy_text(order.event, now) if is_paid else "",
        promo_code=order.promo_code,
        terms=[line for line in order.event.terms_and_conditions.splitlines() if line.strip()],
        step_labels=step_labels(order),
        step_links={1: event_url},
    )


def _short_summary(order: Order) -> str:
    tickets = "1 ticket" if order.quantity == 1 else f"{order.quantity} tickets"
    return f"{tickets}, {amount_text(order, order.total_minor)} in all."


def pay_text(order: Order) -> str:
    """Return what the button says that ends the checkout."""
    return f"Pay {amount_text(order, order.total_minor)}" if order.total_minor else "Get tickets"


def held_again_text(order: Order, total_before: int) -> str:
    """Return what the buyer reads once the tickets are held again; `total_before` (minor units) was the total until then."""
    held = f"Your tickets are held again until {until_text(order)}."
    if order.total_minor != total_before:
        before, total = amount_text(order, total_before), amount_text(order, order.total_minor)
        return f"{held} Prices have changed meanwhile: the total was {before} and is now {total}. Nothing is paid yet."
    return f"{held} Nothing is paid yet." if order.total_minor else held


def step_labels(order: Order) -> list[str]:
    """Return the names of the steps; one without a payment is left out."""
    return ["Tickets", "Details", "Pay"] if order.total_minor else ["Tickets", "Details"]


def decline_reason(order: Order) -> str:
    """Return why the last attempt failed, in the provider's words where it gave any."""
    last = last_payment_of(order)
    return (last.last_error if last else "") or "The payment was declined."


def _notice(order: Order, phase: OrderPhase) -> NoticeView | None:
    last = last_payment_of(order)
    if phase is OrderPhase.DECLINED:
        return NoticeView(
            "stop",
            "Your payment was declined",
            f"{decline_reason(order)} Nothing was charged. Your tickets are held until {until_text(order)}: "
            "try again, or pay another way.",
        )
    if phase is OrderPhase.HELD and last is not None and last.state is PaymentState.CANCELED:
        text = f"Nothing was charged. Your tickets are held until {until_text(order)}."
        return NoticeView("", "The payment was not made", text)
    return _NOTICES.get(phase)


_NOTICES = {
    OrderPhase.PAYING: NoticeView(
        "", "This order is not paid yet", "Going on leads back to the payment page where you left it."
    ),
    OrderPhase.EXPIRED: NoticeView(
        "warn",
        "Your tickets are no longer held",
        "The time to pay ran out and nothing was charged. What you typed is kept: one press tries to hold the same "
        "tickets again.",
    ),
    OrderPhase.FAILED: NoticeView(
        "warn",
        "This order did not go through",
        "Nothing was charged. What you typed is kept: one press tries to hold the same tickets again.",
    ),
    OrderPhase.CANCELLED: NoticeView("", "These tickets were given back", "Nothing was charged."),
}
