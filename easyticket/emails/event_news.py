"""The mail to ticket holders about what changed in an event: what was, and what is."""

from __future__ import annotations

from collections.abc import Sequence

from easyticket.emails.message import Attachment, Email, render_email
from easyticket.emails.orders import facts_of
from easyticket.models import Order
from easyticket.rules.event_news import NewsLine


def event_changed(
    order: Order, lines: Sequence[NewsLine], *, to: str, link: str, attachments: Sequence[Attachment] = ()
) -> Email:
    """Return the mail to one holder; `link` leads to their order or ticket, which is of `order`."""
    return render_email(
        "event_changed",
        to,
        attachments=attachments,
        event=facts_of(order),
        order_number=order.number,
        lines=lines,
        link=link,
    )
