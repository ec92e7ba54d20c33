"""What the stories of these tests have in common: orders on their way to be paid, and what has become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import (
    Event,
    LedgerEntry,
    Order,
    OutboxJob,
    Payment,
    Quota,
    QuotaKind,
    Refund,
    SalesChannel,
    Ticket,
)
from easyticket.queue import JobName
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services.baskets import WantedLine
from easyticket.services.orders import Buyer, place_order, secret_of
from easyticket.services.payments import start_payment
from tests import factories
from tests.money.site import Site

# Longer than a hold lasts.
AN_HOUR = timedelta(hours=1)
EFUA = Buyer("Efua Sarpong", "efua@example.org")
PRICE = 5_000
# Two tickets with the fee of five per cent.
TOTAL = 10_500


def make_event(site: Site, **fields: Any) -> Event:
    """Return an event in the currency that the provider of this test collects."""
    return factories.make_simple_event(**{"price_minor": PRICE, "currency": site.till.currency, **fields})


def place(event: Event, quantity: int = 2, *, now: datetime | None = None, promo_code: str = "") -> Order:
    """Hold tickets for a guest."""
    return place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[WantedLine(event.ticket_types[0].offers[0].uuid, quantity)],
        channel=SalesChannel.WEB,
        buyer=EFUA,
        promo_code=promo_code,
        now=now or clock.now(),
    )


def holding(order: Order) -> Actor:
    """Return somebody who came with the order's link."""
    return ANONYMOUS.with_order_secret(secret_of(order))


def begin(order: Order, *, now: datetime | None = None) -> str:
    """Send the payer to pay and return our reference of the attempt."""
    payment = start_payment(
        actor=holding(order),
        order=order,
        return_url=f"http://tickets.example/checkout/{secret_of(order)}/return/",
        now=now or clock.now(),
    )
    assert payment is not None
    return payment.reference


def begun(
    site: Site, quantity: int = 2, *, ago: timedelta = timedelta(0), **fields: Any
) -> tuple[Order, str]:
    """Return a new order whose payer was sent to pay so long ago, and the reference."""
    now = clock.now() - ago
    order = place(make_event(site, **fields), quantity, now=now)
    return order, begin(order, now=now)


def bought(site: Site, quantity: int = 2, **fields: Any) -> tuple[Order, str]:
    """Return a new order that was paid, all told and done."""
    order, reference = begun(site, quantity, **fields)
    site.till.pay(reference)
    site.hear()
    return order, reference


@dataclass(frozen=True)
class Standing:
    """All that an order has become, in values that can be compared."""

    order: str
    returned: int
    payments: tuple[str, ...]
    refunds: tuple[tuple[str, int, str], ...]
    tickets: tuple[tuple[str, int], ...]
    held_and_sold: tuple[int, int]
    ledger: tuple[tuple[str, int], ...]
    mails: tuple[tuple[str, int], ...]


def standing(order: Order) -> Standing:
    """Return what an order is now, read anew."""
    db.session.rollback()
    order = db.session.get_one(Order, order.id, populate_existing=True)
    payments = _all(sa.select(Payment).filter_by(order_id=order.id).order_by(Payment.id))
    refunds = _all(sa.select(Refund).filter_by(order_id=order.id).order_by(Refund.id))
    tickets = _all(sa.select(Ticket).filter_by(order_id=order.id))
    return Standing(
        order=order.status.value,
        returned=order.refunded_minor,
        payments=tuple(payment.state.value for payment in payments),
        refunds=tuple((each.source, each.amount_minor, each.state.value) for each in refunds),
        tickets=tuple(sorted(Counter(ticket.status.value for ticket in tickets).items())),
        held_and_sold=held_and_sold(order.event_id),
        ledger=ledger_of(order),
        mails=mails_about(order),
    )


def held_and_sold(event_id: int) -> tuple[int, int]:
    """Return the event's counter."""
    quota = sa.select(Quota.held, Quota.sold).filter_by(kind=QuotaKind.EVENT, owner_id=event_id)
    held, sold = db.session.execute(quota).one()
    return held, sold


def ledger_of(order: Order) -> tuple[tuple[str, int], ...]:
    """Return the order's part of every account that is not zero, debit positive."""
    amount = sa.func.sum(LedgerEntry.amount_minor)
    sums = sa.select(LedgerEntry.account, amount).where(LedgerEntry.order_id == order.id)
    sums = sums.group_by(LedgerEntry.account)
    return tuple(sorted((account, int(minor)) for account, minor in db.session.execute(sums) if minor))


def orders_standing(orders: Sequence[Order]) -> list[str]:
    """Return the status of each of these orders now."""
    return [standing(order).order for order in orders]


def balance(order: Order, account: str) -> int:
    """Return the order's part of one account, debit positive."""
    return dict(ledger_of(order)).get(account, 0)


def mails_about(order: Order) -> tuple[tuple[str, int], ...]:
    """Return which mails an order and its refunds and payments have caused, and how many of each."""
    numbers = {
        "order_id": {order.id},
        "refund_id": set(db.session.scalars(sa.select(Refund.id).filter_by(order_id=order.id))),
        "payment_id": set(db.session.scalars(sa.select(Payment.id).filter_by(order_id=order.id))),
    }
    mails = _all(sa.select(OutboxJob).where(OutboxJob.name.startswith("mail_")))
    about = [mail.name for mail in mails for name, ids in numbers.items() if mail.payload.get(name) in ids]
    return tuple(sorted(Counter(about).items()))


def count_mails(order: Order, name: JobName) -> int:
    """Return how many mails of one kind an order has caused."""
    return dict(mails_about(order)).get(name.value, 0)


def payments_of(order: Order) -> list[Payment]:
    """Return the attempts to pay an order, read anew, the oldest first."""
    db.session.rollback()
    return _all(sa.select(Payment).filter_by(order_id=order.id).order_by(Payment.id))


def refunds_of(order: Order) -> list[Refund]:
    """Return the refunds of an order, read anew, the oldest first."""
    db.session.rollback()
    return _all(sa.select(Refund).filter_by(order_id=order.id).order_by(Refund.id))


def count(model: type[Any]) -> int:
    """Return how many rows a table has now."""
    db.session.rollback()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def _all(query: sa.Select[Any]) -> list[Any]:
    return list(db.session.scalars(query))
