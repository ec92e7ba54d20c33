"""What the page shows that a payer comes back to: one of a few plain states, and what to do next in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Order
from easyticket.rules.order_phase import (
    KEPT_PHASES,
    LAPSED_PHASES,
    OrderPhase,
    last_payment_of,
    late_refund_of,
    may_hold_again,
    phase_of,
)
from easyticket.services.orders import secret_of
from easyticket.web.views.checkout import decline_reason, pay_text, step_labels
from easyticket.web.views.order_parts import (
    HoldView,
    Summary,
    amount_text,
    hold_view,
    refund_text,
    summary_of,
)

# How often the page looks again by itself (seconds): while the provider may answer any moment, and when it is over
# but late money is still possible.
SOON, LATER = 3, 10


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """The large answer at the top, with its reference where somebody may have to name it."""

    tone: str
    title: str
    text: str
    icon: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """The page a payer comes back to. `look_again_seconds` is 0 where nothing can change by itself."""

    secret: str
    phase: OrderPhase
    outcome: OutcomeView
    look_again_seconds: int
    pay_again_text: str
    can_hold_again: bool
    is_kept: bool
    hold: HoldView | None
    buyer_fields: dict[str, str]
    summary: Summary
    event_url: str
    step_labels: list[str]
    step_links: dict[int, str]


def return_page(order: Order, now: datetime) -> ReturnPage:
    """Return what the payer of an order reads at this moment."""
    phase, secret = phase_of(order, now), secret_of(order)
    event_url = url_for("events.page", slug=order.event.slug)
    is_kept = phase in KEPT_PHASES
    return ReturnPage(
        secret=secret,
        phase=phase,
        outcome=_outcome(order, phase),
        look_again_seconds=_LOOKS.get(phase, 0),
        pay_again_text=_pay_again_text(order, phase),
        can_hold_again=may_hold_again(order, now),
        is_kept=is_kept,
        # A page that is replaced every few seconds would start its countdown anew each time.
        hold=hold_view(order, now) if is_kept and phase not in _LOOKS else None,
        buyer_fields={
            "buyer_name": order.buyer_name,
            "buyer_email": order.buyer_email,
            "buyer_phone": order.buyer_phone,
            "seen_email": order.buyer_email,
        },
        summary=summary_of(order),
        event_url=event_url,
        step_labels=step_labels(order),
        step_links={1: event_url, 2: url_for("checkout.details", secret=secret)} if is_kept else {},
    )


_LOOKS = {
    OrderPhase.WAITING: SOON,
    OrderPhase.PAYING: SOON,
    OrderPhase.EXPIRED: LATER,
    OrderPhase.FAILED: LATER,
}


def _pay_again_text(order: Order, phase: OrderPhase) -> str:
    if phase is OrderPhase.PAYING:
        return "Go to the payment page"
    return f"Try again: {pay_text(order).lower()[0]}{pay_text(order)[1:]}" if phase in KEPT_PHASES else ""


def _outcome(order: Order, phase: OrderPhase) -> OutcomeView:
    last = last_payment_of(order)
    reference = last.reference if last else ""
    if phase is OrderPhase.WAITING:
        text = (
            f"The payment of {amount_text(order, order.total_minor)} is on its way. We check every {SOON} seconds. You "
            f"may close this page: your tickets stay yours, and we mail them to {order.buyer_email}."
        )
        return OutcomeView("warn", "Waiting for the payment provider", text, "clock")
    if phase is OrderPhase.PAYING:
        text = (
            f"The payment provider has not told us of a payment yet. We check every {SOON} seconds. If you have paid, "
            f"you may close this page: we mail your tickets to {order.buyer_email}. If you have not, go back and pay."
        )
        return OutcomeView("warn", "Waiting for the payment provider", text, "clock")
    if phase is OrderPhase.DECLINED:
        text = f"{decline_reason(order)} Nothing was charged, and your tickets are still held. Try again or pay another way."
        return OutcomeView("stop", "Not paid", text)
    if phase is OrderPhase.LATE_REFUND:
        refund = late_refund_of(order)
        returned = refund_text(refund) if refund else ""
        text = f"The tickets were no longer held when your money came. {returned}"
        return OutcomeView("warn", "Paid too late", text, "money", reference)
    if phase is OrderPhase.UNDER_REVIEW:
        text = (
            "A payment arrived that is not what this order asked for. A person checks it and writes to you. "
            "Please do not pay again."
        )
        return OutcomeView("warn", "We are looking at your payment", text, reference=reference)
    if phase in LAPSED_PHASES:
        text = (
            "The time to pay ran out before a payment reached us, so your tickets are no longer held. Should money "
            "still come, you get your tickets if some are left, or the money goes back to you at once."
        )
        return OutcomeView("warn", "Not paid in time", text, "clock")
    return _OUTCOMES.get(phase, OutcomeView("", "This order is finished", ""))


_OUTCOMES = {
    OrderPhase.HELD: OutcomeView(
        "stop", "Not paid", "The payment was not made. Nothing was charged, and your tickets are still held."
    ),
    OrderPhase.CANCELLED: OutcomeView("", "These tickets were given back", "Nothing was charged."),
}
