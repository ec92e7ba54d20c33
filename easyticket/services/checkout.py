"""A browser's way into an order: the same form sent twice holds once, and another choice replaces the one before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from easyticket.core.errors import Conflict, invalid_field
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, IdempotencyRecord, Order, OrderStatus, SalesChannel
from easyticket.queue import JobName, enqueue
from easyticket.rules.order_phase import KEPT_PHASES, is_hold_good, phase_of
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.tickets import can_be_shown
from easyticket.services.baskets import WantedLine
from easyticket.services.change_log import record_change
from easyticket.services.expiry import expire_orders
from easyticket.services.orders import Buyer, cancel_order, hold_again, name_buyer, place_order
from easyticket.services.shortage import SoldOut, in_words

_OPERATION = "begin_checkout"
# How long the second sending of a form waits for the first to be done, and how often it looks (seconds).
_PATIENCE = 6.0
_LOOK = 0.1


def begin_checkout(
    *,
    actor: Actor,
    event: Event,
    lines: Sequence[WantedLine],
    promo_code: str = "",
    form_token: str = "",
    replaces: Order | None = None,
    now: datetime,
) -> Order:
    """Return the order that holds what was chosen on the event's page.

    `form_token` (unguessable, one per rendered form) makes a form that is sent twice give the same order. `replaces` is
    the browser's unpaid order of the same event: it gives its places up, but only if the new ones could be held.

    :raises SoldOut, TooManyOpen, Invalid: as `place_order`; `replaces` is then left as it was.
    """
    require(actor, Permission.BUY, event)
    event_id = event.id
    scope, key = f"form:{digest(form_token)}", _digest_of(event, lines, promo_code)
    if form_token and not _take_turn(scope, key, now):
        first = _order_of_first(scope, key)
        if first is not None and is_hold_good(first, now):
            return first
    try:
        order = _hold(actor, _event_of(event_id), lines, promo_code, replaces, now)
    except SoldOut as refusal:
        _forget_turn(scope, key)
        raise in_words(refusal) from None
    except Exception:
        _forget_turn(scope, key)
        raise
    _note_order(scope, key, order)
    return order


def renew_hold(*, actor: Actor, order: Order, buyer: Buyer | None = None, now: datetime) -> Order:
    """Hold the tickets of an order whose hold ran out once more, and write down what the buyer typed meanwhile.

    :raises SoldOut, Conflict: as `hold_again`.
    """
    require(actor, Permission.PAY_ORDER, order)
    # The hold may be over without anybody having ended the order yet.
    expire_orders(now, order.event_id)
    try:
        order = hold_again(actor=actor, order=order, now=now)
    except SoldOut as refusal:
        raise in_words(refusal) from None
    return name_buyer(actor=actor, order=order, buyer=buyer) if buyer is not None else order


@transactional
def resend_tickets(*, actor: Actor, order: Order, now: datetime) -> None:
    """Mail the tickets of a paid order to its buyer once more.

    :raises Conflict: there are no tickets to send: not paid, cancelled, or all sent on.
    """
    require(actor, Permission.SEE_ORDER, order)
    if order.status is not OrderStatus.CONFIRMED or not any(can_be_shown(each) for each in order.tickets):
        raise Conflict("This order has no valid tickets to send.")
    enqueue(JobName.MAIL_ORDER_CONFIRMED, {"order_id": order.id})
    record_change(actor, ChangeAction.ORDER_MAIL_SENT_AGAIN, order=order, now=now)


def _event_of(event_id: int) -> Event:
    event = db.session.get(Event, event_id)
    if event is None:
        raise invalid_field("event", "There is no such event.")
    return event


def _hold(
    actor: Actor,
    event: Event,
    lines: Sequence[WantedLine],
    promo_code: str,
    replaces: Order | None,
    now: datetime,
) -> Order:
    if replaces is None or replaces.event_id != event.id or phase_of(replaces, now) not in KEPT_PHASES:
        return place_order(
            actor=actor, event=event, lines=lines, channel=SalesChannel.WEB, promo_code=promo_code, now=now
        )
    # Ended before the transaction below begins, because ending an order may mean asking a provider.
    expire_orders(now, event.id)
    try:
        return _swap(actor, event, lines, promo_code, replaces, now)
    except Conflict:
        # The earlier order was paid or ended at this very moment: there is nothing to replace any more.
        return _hold(actor, event, lines, promo_code, None, now)


@transactional
def _swap(
    actor: Actor, event: Event, lines: Sequence[WantedLine], promo_code: str, replaces: Order, now: datetime
) -> Order:
    buyer = (
        Buyer(replaces.buyer_name, replaces.buyer_email, replaces.buyer_phone)
        if replaces.buyer_email
        else None
    )
    cancel_order(actor=actor, order=replaces, reason="Other tickets were chosen instead.", now=now)
    return place_order(
        actor=actor,
        event=event,
        lines=lines,
        channel=SalesChannel.WEB,
        buyer=buyer,
        promo_code=promo_code,
        now=now,
    )


def _digest_of(event: Event, lines: Sequence[WantedLine], promo_code: str) -> str:
    wanted = sorted(f"{line.offer_uuid}:{line.quantity}" for line in lines)
    return digest("\n".join([str(event.uuid), promo_code, *wanted]))


@transactional
def _take_turn(scope: str, key: str, now: datetime) -> bool:
    """Note that this form is being seen to; False if it was sent before."""
    turn = IdempotencyRecord(scope=scope, operation=_OPERATION, key=key, body_digest=key, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(turn)
    except IntegrityError:
        return False
    return True


def _order_of_first(scope: str, key: str) -> Order | None:
    """Wait for the first sending of this form; return its order, or None if it came to nothing."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        turn = db.session.scalar(_turns(scope, key))
        if turn is None:
            return None
        if turn.made_uuid is not None:
            return db.session.scalar(sa.select(Order).where(Order.uuid == turn.made_uuid))
        db.session.rollback()  # the next look begins a new reading transaction
        time.sleep(_LOOK)
    return None


@transactional
def _note_order(scope: str, key: str, order: Order) -> None:
    turn = db.session.scalar(_turns(scope, key))
    if turn is not None:
        turn.made_uuid = order.uuid


@transactional
def _forget_turn(scope: str, key: str) -> None:
    turn = db.session.scalar(_turns(scope, key).where(IdempotencyRecord.made_uuid.is_(None)))
    if turn is not None:
        db.session.delete(turn)


def _turns(scope: str, key: str) -> sa.Select[IdempotencyRecord]:
    return sa.select(IdempotencyRecord).where(
        IdempotencyRecord.scope == scope,
        IdempotencyRecord.operation == _OPERATION,
        IdempotencyRecord.key == key,
    )
