"""The columns of a list of orders."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.models import Order, SalesChannel
from easyticket.rules.wording import method_text
from easyticket.web.views.sold_orders import order_pill

_CHANNELS = {
    SalesChannel.WEB: "Web",
    SalesChannel.API: "App",
    SalesChannel.API_V1: "App",
    SalesChannel.DESK: "Door",
}


def order_columns(now: datetime) -> Columns[Order]:
    """Return the columns; times are in the event's zone, states as of `now`."""
    return (
        ("Order", lambda order: order.number),
        ("Placed", lambda order: order.created_at.astimezone(ZoneInfo(order.event.time_zone))),
        ("State", lambda order: order_pill(order, now).text),
        ("Event", lambda order: order.event.title),
        ("Buyer", lambda order: order.buyer_name),
        ("E-mail", lambda order: order.buyer_email),
        ("Phone", lambda order: order.buyer_phone),
        ("Number of tickets", lambda order: order.quantity),
        ("Tickets", _tickets_of),
        ("Sold through", lambda order: _CHANNELS[order.channel]),
        ("Paid with", lambda order: method_text(order.payment_method)),
        ("Currency", lambda order: order.currency),
        ("Tickets cost", lambda order: _amount(order, order.subtotal_minor)),
        ("Discount", lambda order: _amount(order, order.discount_minor)),
        ("Fees on top", lambda order: _amount(order, order.fee_minor)),
        ("Total", lambda order: _amount(order, order.total_minor)),
        ("Refunded", lambda order: _amount(order, order.refunded_minor)),
        ("Cash at the door", lambda order: _amount(order, order.cash_minor)),
        ("Promo code", lambda order: order.promo_code),
        ("Notes", lambda order: order.notes),
    )


def _tickets_of(order: Order) -> str:
    return ", ".join(f"{line.quantity} × {line.full_name}" for line in order.lines)


def _amount(order: Order, minor: int) -> Decimal:
    return Money(minor, order.currency).decimal
