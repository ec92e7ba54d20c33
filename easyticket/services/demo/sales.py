"""Carries out the demo's purchases through the same services as everybody's: hold, buyer, payment at the sandbox, settlement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.integrations.sandbox import SandboxCharge
from easyticket.links import public_url
from easyticket.models import Event, Order, Payment, Refund
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services import sandbox
from easyticket.services.baskets import WantedLine
from easyticket.services.demo.buying import Ending, PlannedOrder
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import Buyer, cancel_order, place_order, secret_of
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.refund_sending import send_refund
from easyticket.services.refunds import request_refund

# How long the places of the event that is "all held" stay in other people's checkouts.
HELD_FOR = timedelta(days=60)
# All other orders have this long, whatever the site gives people: their payments take some minutes too.
_HOLD = timedelta(minutes=15)
_A_MINUTE = timedelta(minutes=1)


def sell(planned: Sequence[tuple[Event, Sequence[PlannedOrder]]], now: datetime) -> int:
    """Carry out the purchases of all events as time went, so that ids grow with it; return how many they were."""
    orders = [(event, order) for event, of_event in planned for order in of_event]
    for event, order in sorted(orders, key=lambda pair: pair[1].at):
        _carry_out(event, order, now)
    for event, _ in planned:
        _backdate_payments(event)
    return len(orders)


def _carry_out(event: Event, planned: PlannedOrder, now: datetime) -> None:
    person, at = planned.person, planned.at
    order = place_order(
        actor=person.actor,
        event=event,
        lines=[WantedLine(uuid, quantity) for uuid, quantity in planned.lines],
        channel=planned.channel,
        buyer=Buyer(person.name, person.email),
        promo_code=planned.promo_code,
        hold_for=HELD_FOR if planned.ending in (Ending.HELD, Ending.PAYING) else _HOLD,
        now=at,
    )
    actor = person.actor
    if actor is ANONYMOUS:
        actor = actor.with_order_secret(secret_of(order))
    match planned.ending:
        case Ending.EXPIRED:
            expire_orders(at + _HOLD, event.id)
        case Ending.CANCELLED:
            cancel_order(actor=actor, order=order, reason="Changed my mind", now=at + 3 * _A_MINUTE)
        case Ending.PAYING:
            _start(actor, order, at)
        case Ending.HELD:
            pass
        case _:
            _pay(actor, order, planned)
    if planned.ending in (Ending.REFUNDED, Ending.PARTLY_REFUNDED):
        # The next day, but before the doors open and not in the future.
        _refund(actor, order, planned.ending, min(at + timedelta(hours=20), event.start_at, now))


def _pay(actor: Actor, order: Order, planned: PlannedOrder) -> None:
    at = planned.at + _A_MINUTE
    if planned.ending is Ending.PAID_AT_SECOND_TRY:
        declined = _start(actor, order, at)
        if declined is not None:
            sandbox.decline(declined.reference)
            settle_payment(declined.reference, at + _A_MINUTE)
            at += 2 * _A_MINUTE
    payment = _start(actor, order, at)
    if payment is not None:
        sandbox.approve(payment.reference)
        settle_payment(payment.reference, at + _A_MINUTE)


def _start(actor: Actor, order: Order, at: datetime) -> Payment | None:
    back = public_url("checkout.returned", secret=secret_of(order))
    return start_payment(actor=actor, order=order, return_url=back, now=at)


def _refund(actor: Actor, order: Order, ending: Ending, at: datetime) -> None:
    only = [] if ending is Ending.REFUNDED else order.tickets[:1]
    refund = request_refund(
        actor=actor,
        order=order,
        amount_minor=only[0].paid_minor if only else None,
        cancelled_tickets=only,
        reason="Cannot come",
        source="buyer",
        now=at,
    )
    refund_id = refund.id
    send_refund(refund_id)
    _backdate_refund(refund_id, at)


@transactional
def _backdate_refund(refund_id: int, at: datetime) -> None:
    refund = db.session.get_one(Refund, refund_id)
    refund.created_at, refund.succeeded_at = at, at + _A_MINUTE


@transactional
def _backdate_payments(event: Event) -> None:
    """Payments note by the clock when they were opened; those of the demo were opened when their orders were made."""
    ordered_at = sa.select(Order.created_at).where(Order.id == Payment.order_id).scalar_subquery()
    orders = sa.select(Order.id).where(Order.event_id == event.id)
    db.session.execute(
        sa.update(Payment).where(Payment.order_id.in_(orders)).values(created_at=ordered_at),
        execution_options={"synchronize_session": False},
    )
    # The sandbox's books too, which the audit holds against ours.
    opened_at = sa.select(Payment.created_at).where(Payment.reference == SandboxCharge.reference)
    of_event = sa.select(Payment.reference).where(Payment.order_id.in_(orders))
    db.session.execute(
        sa.update(SandboxCharge)
        .where(SandboxCharge.reference.in_(of_event))
        .values(created_at=opened_at.scalar_subquery()),
        execution_options={"synchronize_session": False},
    )
