"""Parts that several pages of an order show, written out: its summary, until when it is held, a refund in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from easyticket.core.money import Money
from easyticket.models import Order, Refund, RefundState
from easyticket.rules.door_sales import amount_off_text, is_door_sale
from easyticket.rules.order_phase import seconds_left_of
from easyticket.rules.wording import clock_text, money_text, period_text, place_text, zone_text
from easyticket.web.views.events import cover_url_of


@dataclass(frozen=True, slots=True)
class Pill:
    """A short state with its tone (see components/feedback.html)."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the order: so many of something, for so much."""

    name: str
    amount: str
    quantity: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The order beside every step: what, when, where, and all amounts up to the total."""

    title: str
    when: str
    place: str
    cover_url: str
    lines: list[SummaryLine]
    fees: list[SummaryLine]
    total_name: str
    total: str
    note: str


@dataclass(frozen=True, slots=True)
class HoldView:
    """Until when the tickets are kept; the page counts down from `seconds_left`, whatever its own clock says."""

    expires_iso: str
    seconds_left: int
    text: str


def summary_of(order: Order) -> Summary:
    """Return the order's lines and amounts as they are shown beside every step and on the order's own page."""
    fees = []
    if order.discount_minor:
        amount = f"\N{MINUS SIGN}{amount_text(order, order.discount_minor)}"
        fees.append(SummaryLine(amount_off_text(order), amount))
    if order.fee_minor:
        # Before anything is chosen prices are shown with the fee: without this sentence it would look like a new cost.
        detail = "Prices on the event page include this fee."
        fees.append(SummaryLine("Service fee", amount_text(order, order.fee_minor), detail=detail))
    return Summary(
        title=order.event.title,
        when=period_text(order.event),
        place=place_text(order.event),
        cover_url=cover_url_of(order.event),
        lines=[
            SummaryLine(
                name=line.ticket_name,
                detail=", ".join(part for part in (line.tier_name, line.day_name) if part),
                quantity=line.quantity,
                amount=amount_text(order, line.subtotal_minor),
            )
            for line in order.lines
        ],
        fees=fees,
        total_name=_total_name(order),
        total="Nothing" if is_door_sale(order) else amount_text(order, order.total_minor),
        note="" if order.fee_minor or not order.total_minor else "All fees are included.",
    )


def _total_name(order: Order) -> str:
    if is_door_sale(order):
        return "Left to pay"
    return "Total with all fees" if order.fee_minor else "Total"


def hold_view(order: Order, now: datetime) -> HoldView:
    """Return until when the order's tickets are kept."""
    return HoldView(
        expires_iso=order.expires_at.isoformat(timespec="seconds"),
        seconds_left=seconds_left_of(order, now),
        text=f"Held for you until {until_text(order)}.",
    )


def until_text(order: Order) -> str:
    """Return the time the hold ends at, on the event's clocks, for example "19:42 GMT"."""
    zone = order.event.time_zone
    return f"{clock_text(order.expires_at, zone)} {zone_text(order.expires_at, zone)}"


def amount_text(order: Order, minor: int) -> str:
    """Return an amount of the order's currency as people read it."""
    return money_text(Money(minor, order.currency))


def refund_text(refund: Refund) -> str:
    """Return how far a refund is, in a sentence or two."""
    amount = money_text(Money(refund.amount_minor, refund.currency))
    if refund.state is RefundState.SUCCEEDED:
        return f"{amount} was sent back. Banks take up to 10 working days to show it."
    if refund.state is RefundState.FAILED:
        return f"{amount} could not be sent back yet. We are looking into it and will write to you."
    return f"{amount} is on its way back to you. Banks take up to 10 working days to show it."
