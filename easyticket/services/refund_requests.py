"""People who ask for money back: a whole order, an amount, single tickets, and once more what failed.

Each is promised in one transaction and sent to the provider at once; what does not come through, its job sends again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core.errors import AppError, Conflict, invalid_field
from easyticket.core.money import Money, MoneyError
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import Order, Refund, RefundState
from easyticket.rules.people import normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.refunds import RefundSource, check_in_time, check_paid, source_of
from easyticket.services import refund_sending
from easyticket.services.idempotency import Repeated, Turn, find_record, take_turn
from easyticket.services.order_lock import lock_order
from easyticket.services.refunds import chosen_tickets, locked_tickets, refund_of_tickets, request_refund

log = logging.getLogger(__name__)

_FORM = "refund_form"


def refund_order(
    *,
    actor: Actor,
    order: Order,
    amount: Decimal | None = None,
    reason: str = "",
    override_used: bool = False,
    turn: Turn | None = None,
    now: datetime,
) -> Refund:
    """Return money because a person asks, all that is left or an amount in major units, and send it at once.

    A buyer may within the event's policy and while no ticket was used, its organizer and admins at any time; all of it
    ends the tickets, used ones only with `override_used`. Where the provider does not answer, or the database fails
    after the promise, the refund comes back unfinished and the job goes on sending it. With a `turn` it is promised once.

    :raises Conflict: not paid, too late for a buyer, used (code `ticket_used`), disputed, or refused by the provider.
    :raises Invalid: nothing, or more than what is left (field `amount`); a reason of more than 200 characters.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.REFUND_ORDER, order)
    reason = normal_line(reason, field="reason", longest=200)

    def promise(order: Order, source: RefundSource, uuid: UUID) -> Refund:
        return request_refund(
            actor=actor,
            order=order,
            amount_minor=None if amount is None else _minor(amount, order.currency),
            reason=reason,
            source=source.value,
            override_used=override_used,
            uuid=uuid,
            now=now,
        )

    return _promised_and_sent(actor, order, promise, turn, now)


def refund_tickets(
    *,
    actor: Actor,
    order: Order,
    codes: Collection[str],
    reason: str = "",
    override_used: bool = False,
    turn: Turn | None = None,
    now: datetime,
) -> Refund:
    """Return what single tickets cost, as far as it is left, and end these tickets at once; otherwise as `refund_order`.

    :raises Conflict: also where nothing is left of these tickets (code `nothing_left`).
    :raises Invalid: no ticket is named, or one that is not of this order (field `tickets`).
    """
    require(actor, Permission.REFUND_ORDER, order)
    reason = normal_line(reason, field="reason", longest=200)

    def promise(order: Order, source: RefundSource, uuid: UUID) -> Refund:
        chosen = chosen_tickets(locked_tickets(order), codes)
        return request_refund(
            actor=actor,
            order=order,
            amount_minor=refund_of_tickets(order, chosen),
            cancelled_tickets=chosen,
            reason=reason,
            source=source.value,
            override_used=override_used,
            uuid=uuid,
            now=now,
        )

    return _promised_and_sent(actor, order, promise, turn, now)


def turn_of_form(order: Order, token: str, *said: object) -> Turn:
    """Return what makes a form that is sent twice one refund: `token` is new in every rendered form, `said` what it says.

    The same form with something else in it is another refund.
    """
    key = digest(f"{token}\n{said}")
    return _resumed(Turn(f"order:{order.id}", _FORM, key, body_digest=key))


def send_now(refund_id: int) -> Refund:
    """Ask the provider for what was just promised, and return how far that came.

    :raises Conflict: the provider refuses it (code `refund_failed`).
    """
    try:
        refund_sending.send_refund(refund_id)
    except (AppError, SQLAlchemyError) as error:
        # The promise stands and its job sends it: whoever hears of a failure here would ask for more money back.
        log.warning("a refund is sent again by its job", extra={"refund_id": refund_id}, exc_info=error)
        db.session.rollback()
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    if refund.state is RefundState.FAILED:
        raise Conflict(f"Refund failed: {refund.last_error}", code="refund_failed")
    return refund


def _promised_and_sent(
    actor: Actor,
    order: Order,
    promise: Callable[[Order, RefundSource, UUID], Refund],
    turn: Turn | None,
    now: datetime,
) -> Refund:
    order_id = order.id

    @transactional
    def promised() -> int:
        uuid = take_turn(turn, now)
        locked = lock_order(order_id)
        check_paid(locked, now)
        source = source_of(actor, locked)
        check_in_time(source, locked, locked_tickets(locked), now)
        return promise(locked, source, uuid).id

    try:
        refund_id = promised() if turn is None or turn.made_uuid is None else _id_of(turn.made_uuid)
    except Repeated:
        if turn is None or turn.operation != _FORM:
            raise
        refund_id = _id_of(_resumed(turn).made_uuid)
    return send_now(refund_id)


def _resumed(turn: Turn) -> Turn:
    record = find_record(turn)
    return replace(turn, made_uuid=record.made_uuid) if record else turn


def _id_of(uuid: UUID | None) -> int:
    return db.session.scalars(sa.select(Refund.id).where(Refund.uuid == uuid)).one()


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return Money.parse(amount, currency).minor
    except MoneyError as error:
        raise invalid_field("amount", str(error)) from None
