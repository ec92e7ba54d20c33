"""Mails about an order. `secret` is that of the order's link: whoever has the mail can see the order without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money
from easyticket.emails.message import Attachment, Email, render_email
from easyticket.links import public_url
from easyticket.models import Order, OrderStatus, Refund
from easyticket.rules.door_sales import amount_off_text, is_door_sale
from easyticket.rules.online_links import online_link_of_order
from easyticket.rules.tickets import has_no_valid_ticket
from easyticket.rules.wording import days_text, hours_text, money_text, period_text, place_text

# Why money went back, as the first sentence of the mail. Organizer and staff may add a reason, which is quoted below it.
_WHY = {
    "late_payment": (
        "Your payment reached us after the time to pay had run out, and the places were no longer free. "
        "We keep nothing of it."
    ),
    "quarantined_payment": "The payment that reached us was not the one we asked for. We keep nothing of it.",
    "surplus_payment": "You paid for this order more than once. One payment counts, and your tickets stay valid.",
    "event_cancelled": "The event was cancelled by its organizer.",
    "buyer": "You gave tickets of this order back.",
    "organizer": "The organizer gives you money back.",
    "admin": "We give you money back for this order.",
    "provider": "The payment provider gives you money back for this order.",
}
# What is said instead of an order that nobody waited for any more.
_WHY_NOT_WANTED = "Your order was cancelled, and your payment reached us all the same. We keep nothing of it."
_REASON_SHOWN = ("organizer", "admin")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of what was bought."""

    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What every order mail says about its event."""

    title: str
    when: str
    days: str
    hours: str
    where: str


def order_confirmed(
    order: Order,
    secret: str,
    *,
    codes: Sequence[tuple[str, str]],
    to: str,
    attachments: Sequence[Attachment] = (),
) -> Email:
    """Return the mail that brings the tickets (`codes`: name and code of each); it says what is attached."""
    return render_email(
        "order_confirmed",
        to,
        attachments=attachments,
        event=facts_of(order),
        order_number=order.number,
        lines=_lines_of(order),
        total="Nothing left to pay" if is_door_sale(order) else _money(order, order.total_minor),
        codes=codes,
        online_link=online_link_of_order(order),
        has_pdf=any(attachment.content_type == "application/pdf" for attachment in attachments),
        link=public_url("orders.page", secret=secret),
    )


def order_refunded(refund: Refund, secret: str, *, to: str) -> Email:
    """Return the mail that tells of money on its way back and why; nothing in it depends on the provider's speed."""
    order = refund.order
    is_late, is_cancelled = refund.source == "late_payment", order.status is OrderStatus.CANCELLED
    return render_email(
        "order_refunded",
        to,
        event=facts_of(order),
        order_number=order.number,
        amount=money_text(Money(refund.amount_minor, refund.currency)),
        why=_WHY_NOT_WANTED if is_late and is_cancelled else _WHY.get(refund.source, _WHY["admin"]),
        reason=refund.reason.strip() if refund.source in _REASON_SHOWN else "",
        is_late=is_late and not is_cancelled,
        is_over=has_no_valid_ticket(order),
        event_link=public_url("events.page", slug=order.event.slug),
        link=public_url("orders.page", secret=secret),
    )


def refund_failed(refund: Refund, *, to: str, is_promised_again: bool) -> Email:
    """Return the mail that tells an organizer, or the people who run the site, that money did not go back to a buyer."""
    order = refund.order
    return render_email(
        "refund_failed",
        to,
        event=facts_of(order),
        order_number=order.number,
        amount=money_text(Money(refund.amount_minor, refund.currency)),
        buyer=_one_line(order.buyer_name) or order.buyer_email,
        reference=refund.payment.reference,
        provider=refund.payment.provider.capitalize(),
        error=_one_line(refund.last_error),
        came_back=refund.succeeded_at is not None,
        is_promised_again=is_promised_again,
        link=public_url("organizer.order", number=order.number),
    )


def event_cancelled(order: Order, secret: str, *, to: str, attachments: Sequence[Attachment] = ()) -> Email:
    """Return the mail that tells a buyer that the event does not happen, with the organizer's own words."""
    returned = sum(refund.amount_minor for refund in order.refunds if refund.source == "event_cancelled")
    return render_email(
        "event_cancelled",
        to,
        attachments=attachments,
        event=facts_of(order),
        order_number=order.number,
        reason=order.event.cancellation_reason.strip(),
        amount=_money(order, returned) if returned else "",
        link=public_url("orders.page", secret=secret),
    )


def facts_of(order: Order) -> EventFacts:
    """Return what every mail about an order, or a ticket of it, says about its event."""
    event = order.event
    return EventFacts(
        title=_one_line(event.title),
        when=period_text(event),
        days=days_text(event),
        hours=hours_text(event),
        where=place_text(event),
    )


def _lines_of(order: Order) -> list[Line]:
    lines = [
        Line(f"{line.quantity} × {_one_line(line.full_name)}", _money(order, line.subtotal_minor))
        for line in order.lines
    ]
    if order.discount_minor:
        lines.append(Line(_name_of_discount(order), f"−{_money(order, order.discount_minor)}"))
    if order.fee_minor:
        lines.append(Line("Service fee", _money(order, order.fee_minor)))
    return lines


def _name_of_discount(order: Order) -> str:
    code = f" {order.promo_code}" if order.promo_code else ""
    return amount_off_text(order) if is_door_sale(order) else f"Discount{code}"


def _money(order: Order, minor: int) -> str:
    return money_text(Money(minor, order.currency))


def _one_line(text: str) -> str:
    return " ".join(text.split())
