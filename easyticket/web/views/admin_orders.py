"""Orders of everybody in a list, written out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from easyticket.models import Order
from easyticket.rules.wording import moment_text
from easyticket.web.views.order_parts import Pill, amount_text
from easyticket.web.views.sold_orders import order_pill


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list; its page is at its event's desk."""

    number: str
    url: str
    event: str
    buyer: str
    email: str
    amount: str
    when: str
    pill: Pill


def order_row(order: Order, now: datetime) -> OrderRow:
    """Return an order of a list."""
    return OrderRow(
        number=order.number,
        url=url_for("organizer.order", number=order.number),
        event=order.event.title,
        buyer=order.buyer_name,
        email=order.buyer_email,
        amount=amount_text(order, order.cash_minor or order.total_minor),
        when=moment_text(order.created_at, current_app.config["SETTINGS"].default_time_zone),
        pill=order_pill(order, now),
    )
