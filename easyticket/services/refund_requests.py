"""People who ask for money back: a whole order, an amount, single tickets, and once more what failed.

Each is promised in one transaction and sent to the provider at once; what does not come through, its job sends again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core.errors import AppError, Conflict, invalid_field
from easyticket.core.money import Money, MoneyError
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Order, Refund, RefundState, Ticket, TicketStatus
from easyticket.rules.people import normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.refund_amounts import refundable_minor, tickets_given_up
from easyticket.rules.refunds import RefundSource, check_in_time, check_paid, check_with_buyer, source_of
from easyticket.services import refund_sending
from easyticket.services.change_log import record_change
from easyticket.services.idempotency import Repeated, Turn, find_record, take_turn
from easyticket.services.order_lock import lock_order
from easyticket.services.refunds import (
    RefundPlan,
    chosen_tickets,
    locked_tickets,
    plan_refund,
    refund_of_tickets,
    request_refund,
)

log = logging.getLogger(__name__)

_FORM = "refund_form"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """What somebody wants back: single tickets by their codes, an amount in major units, or (neither) all that is left.

    `override_used` says that tickets which let somebody in are meant too.
    """

    codes: tuple[str, ...] = ()
    amount: Decimal | None = None
    reason: str = ""
    override_used: bool = False


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
    """Return money because a person asks, all that is left or an amount in major units: `make_refund`, told of a refusal.

    :raises Conflict: also where the provider refuses it (code `refund_failed`).
    """
    wish = RefundWish(amount=amount, reason=reason, override_used=override_used)
    refund = make_refund(actor=actor, order=order, wish=wish, turn=turn, now=now)
    if refund.state is RefundState.FAILED:
        raise Conflict(f"Refund failed: {refund.last_error}", code="refund_failed")
    return refund


def make_refund(
    *, actor: Actor, order: Order, wish: RefundWish, turn: Turn | None = None, now: datetime
) -> Refund:
    """Promise what a person wants back and send it at once.

    A buyer may within the event's policy and while no ticket was used, its organizer and admins at any time. Tickets that
    are named, or all of them where all the money goes back, end at once. By an amount without tickets none ends where
    organizer or admin ask, and where a buyer does so many that what is left covers the others. Where the provider does
    not answer, or the database fails after the promise, the refund comes back unfinished and its job goes on sending it;
    one that the provider refuses comes back failed. With a `turn` it is promised once.

    :raises Conflict: not paid, too late for a buyer, used (code `ticket_used`), nothing left of the tickets, or disputed.
    :raises Invalid: nothing, or more than what is left (field `amount`); tickets of another order (field `tickets`); a
        reason of more than 200 characters.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.REFUND_ORDER, order)
    wish = replace(wish, reason=normal_line(wish.reason, field="reason", longest=200))
    try:
        is_made = turn is not None and turn.made_uuid is not None
        refund_id = _id_of(turn.made_uuid) if turn and is_made else _promise(actor, order.id, wish, turn, now)
    except Repeated:
        if turn is None or turn.operation != _FORM:
            raise
        refund_id = _id_of(_resumed(turn).made_uuid)
    return send_now(refund_id)


def preview_refund(*, actor: Actor, order: Order, wish: RefundWish, now: datetime) -> RefundPlan:
    """Return what `make_refund` would do at this moment.

    :raises Conflict, Invalid: as `make_refund`.
    """
    require(actor, Permission.REFUND_ORDER, order)
    check_paid(order, now)
    source = source_of(actor, order)
    check_in_time(source, order, order.tickets, now)
    chosen, amount = _wanted(source, order, order.tickets, wish)
    plan = plan_refund(
        order, order.tickets, amount_minor=amount, chosen=chosen, override_used=wish.override_used
    )
    check_with_buyer(source, plan.ended)
    return plan


def turn_of_form(order: Order, token: str, *said: object) -> Turn:
    """Return what makes a form that is sent twice one refund: `token` is new in every rendered form, `said` what it says.

    The same form with something else in it is another refund.
    """
    key = digest(f"{token}\n{said}")
    return _resumed(Turn(f"order:{order.id}", _FORM, key, body_digest=key))


def send_now(refund_id: int) -> Refund:
    """Ask the provider for what was just promised, and return how far that came."""
    try:
        refund_sending.send_refund(refund_id)
    except (AppError, SQLAlchemyError) as error:
        # The promise stands and its job sends it: whoever hears of a failure here would ask for more money back.
        log.warning("a refund is sent again by its job", extra={"refund_id": refund_id}, exc_info=error)
        db.session.rollback()
    return db.session.get_one(Refund, refund_id, populate_existing=True)


@transactional
def _promise(actor: Actor, order_id: int, wish: RefundWish, turn: Turn | None, now: datetime) -> int:
    uuid = take_turn(turn, now)
    order = lock_order(order_id)
    check_paid(order, now)
    source = source_of(actor, order)
    every = locked_tickets(order)
    check_in_time(source, order, every, now)
    chosen, amount = _wanted(source, order, every, wish)
    _check_ended(source, order, every, chosen, amount)
    refund = request_refund(
        actor=actor,
        order=order,
        amount_minor=amount,
        cancelled_tickets=chosen,
        reason=wish.reason,
        source=source.value,
        override_used=wish.override_used,
        uuid=uuid,
        now=now,
    )
    codes = {ticket.id: ticket.code for ticket in every}
    record_change(
        actor,
        ChangeAction.ORDER_REFUNDED,
        order=order,
        after={
            "amount_minor": refund.amount_minor,
            "tickets": [codes[part.ticket_id] for part in refund.tickets],
            "reason": refund.reason,
            "refund": refund.uuid,
        },
        now=now,
    )
    return refund.id


def _wanted(
    source: RefundSource, order: Order, every: Sequence[Ticket], wish: RefundWish
) -> tuple[list[Ticket], int | None]:
    """Return which tickets somebody gives up, and for how many minor units (None: all that is left)."""
    if wish.codes:
        chosen = chosen_tickets(every, wish.codes)
        return chosen, refund_of_tickets(order, chosen)
    if wish.amount is None:
        return [], None
    amount = _minor_of(wish.amount, order.currency)
    # Organizers and admins may make a present of money; buyers would keep tickets that they did not pay for.
    return tickets_given_up(order, every, amount) if source is RefundSource.BUYER else [], amount


def _check_ended(
    source: RefundSource, order: Order, every: Sequence[Ticket], chosen: Sequence[Ticket], amount: int | None
) -> None:
    """Return if no ticket ends that was sent on, where a buyer asks; the last of the money ends every ticket."""
    is_whole = amount is None or amount >= refundable_minor(order)
    ended = every if is_whole else chosen
    check_with_buyer(source, [each for each in ended if each.status is not TicketStatus.CANCELLED])


def _minor_of(amount: Decimal, currency: str) -> int:
    try:
        return Money.parse(amount, currency).minor
    except MoneyError as error:
        raise invalid_field("amount", str(error)) from None


def _resumed(turn: Turn) -> Turn:
    record = find_record(turn)
    return replace(turn, made_uuid=record.made_uuid) if record else turn


def _id_of(uuid: UUID | None) -> int:
    return db.session.scalars(sa.select(Refund.id).where(Refund.uuid == uuid)).one()
