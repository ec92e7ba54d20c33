"""Promises of money back, and what each does to tickets, stock and ledger at once. A promise is one transaction.

People ask in services/refund_requests.py; the provider is asked in services/refund_sending.py, after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Invalid, invalid_field
from easyticket.core.money import Money, smallest_step
from easyticket.db import db, transactional
from easyticket.models import (
    Order,
    OrderStatus,
    Payment,
    Refund,
    RefundState,
    RefundTicket,
    Ticket,
    TicketStatus,
)
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.refund_amounts import (
    left_of_tickets,
    minor_of_tickets,
    refundable_minor,
    settling_payment,
    spread,
)
from easyticket.rules.refunds import check_undisputed, check_unused, is_on_sale_still
from easyticket.rules.wording import sum_text
from easyticket.services import ledger, tickets, withdrawal_cover
from easyticket.services.order_lock import lock_order


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """What a refund comes to: how much of which payment, for which tickets, and which ones end by it.

    All the money of an order ends all of its tickets, chosen or not. `is_override` says that one of them was used.
    """

    payment: Payment
    amount_minor: int
    returned: Sequence[Ticket]
    ended: Sequence[Ticket]
    is_override: bool


@transactional
def request_refund(
    *,
    actor: Actor,
    order: Order,
    amount_minor: int | None = None,
    cancelled_tickets: Sequence[Ticket] = (),
    reason: str = "",
    source: str,
    override_used: bool = True,
    uuid: UUID | None = None,
    now: datetime,
) -> Refund:
    """Promise money back: all that is left (None) or an amount in minor units. It is sent after the commit.

    A full refund ends every ticket at once, a partial one only the tickets named; a used one only with `override_used`.
    Refunds not yet answered count. Places that can still be sold go back on sale.

    :raises Conflict: the order was not paid with money, its payment is disputed, or a ticket was used.
    :raises Invalid: more than what is left (field `amount`).
    """
    require(actor, Permission.REFUND_ORDER, order)
    order = lock_order(order.id)
    plan = plan_refund(
        order,
        locked_tickets(order),
        amount_minor=amount_minor,
        chosen=cancelled_tickets,
        override_used=override_used,
    )
    refund = new_refund(
        plan.payment,
        plan.amount_minor,
        source=source,
        reason=reason,
        user_id=actor.user_id,
        override_by_id=actor.user_id if plan.is_override else None,
        parts=spread(
            plan.amount_minor,
            left_of_tickets(plan.returned, order.refunds),
            smallest_step(order.currency),
        ),
        uuid=uuid,
    )
    tickets.cancel_tickets(plan.ended, now, restock=is_on_sale_still(order.event, now))
    ledger.post_refund_requested(refund, now, fulfilled=True)
    withdrawal_cover.note_refund(order.event.organizer_id, now)
    send_after_commit(refund)
    return refund


def plan_refund(
    order: Order,
    every: Sequence[Ticket],
    *,
    amount_minor: int | None,
    chosen: Sequence[Ticket],
    override_used: bool,
) -> RefundPlan:
    """Return what a refund of an order would do: of all that is left (None) or an amount, for the tickets chosen if any.

    `every` are all tickets of the order. Who acts on it holds the order's lock, and the tickets'.

    :raises Conflict, Invalid: as `request_refund`.
    """
    payment = _payment_to_return(order)
    left = refundable_minor(order)
    amount = left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        raise _out_of_bounds(amount, left, order.currency)
    if amount != left and amount % smallest_step(order.currency):
        step = Money(smallest_step(order.currency), order.currency).as_text()
        raise invalid_field("amount", f"Amounts in {order.currency} go in steps of {step}.")
    is_whole = amount == left
    ended = [
        ticket for ticket in (every if is_whole else chosen) if ticket.status is not TicketStatus.CANCELLED
    ]
    return RefundPlan(
        payment=payment,
        amount_minor=amount,
        returned=list(chosen or (every if is_whole else ())),
        ended=ended,
        is_override=check_unused(ended, is_override=override_used),
    )


@transactional
def return_unused_payment(
    payment: Payment,
    source: str,
    now: datetime,
    *,
    amount_minor: int | None = None,
    actor: Actor | None = None,
    reason: str = "",
    uuid: UUID | None = None,
) -> Refund:
    """Send back money that bought nothing: it came too late, or for an order that was paid already. No ticket is touched.

    All that was captured, or an amount in minor units that the caller knows to be left of it.
    """
    amount = payment.captured_minor or 0 if amount_minor is None else amount_minor
    user_id = actor.user_id if actor else None
    refund = new_refund(payment, amount, source=source, reason=reason, user_id=user_id, uuid=uuid)
    ledger.post_refund_requested(refund, now, fulfilled=False)
    send_after_commit(refund)
    return refund


def new_refund(
    payment: Payment,
    amount_minor: int,
    *,
    source: str,
    reason: str = "",
    user_id: int | None = None,
    override_by_id: int | None = None,
    parts: Mapping[int, int] | None = None,
    provider_ref: str | None = None,
    uuid: UUID | None = None,
) -> Refund:
    """Return a new row of money to go back, before anybody is asked for it; `parts` are minor units by ticket id."""
    refund = Refund(
        uuid=uuid or uuid4(),
        order_id=payment.order_id,
        payment=payment,
        amount_minor=amount_minor,
        currency=payment.currency,
        state=RefundState.REQUESTED,
        reason=reason.strip()[:200],
        source=source,
        requested_by_id=user_id,
        override_by_id=override_by_id,
        provider_ref=provider_ref,
        tickets=[RefundTicket(ticket_id=id_, amount_minor=part) for id_, part in (parts or {}).items()],
    )
    db.session.add(refund)
    db.session.flush()
    db.session.refresh(refund)
    return refund


def send_after_commit(refund: Refund) -> None:
    """Have the provider asked once the promise is durable, whatever becomes of this process."""
    enqueue(JobName.SEND_REFUND, {"refund_id": refund.id}, key=f"send-refund:{refund.id}")


def locked_tickets(order: Order) -> list[Ticket]:
    """Return the order's tickets, locked: no gate lets one in while its money is promised back."""
    query = sa.select(Ticket).where(Ticket.order_id == order.id).order_by(Ticket.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def chosen_tickets(of_order: Sequence[Ticket], codes: Collection[str]) -> list[Ticket]:
    """Return the tickets of an order with these codes, none where none is named.

    :raises Invalid: one of them is not among them (field `tickets`).
    """
    chosen = [ticket for ticket in of_order if ticket.code in codes]
    if len(chosen) != len(set(codes)):
        raise invalid_field("tickets", "Choose tickets of this order.")
    return chosen


def refund_of_tickets(order: Order, chosen: Sequence[Ticket]) -> int:
    """Return how much goes back for some tickets of an order, in minor units: what is left of their prices and of the order.

    :raises Conflict: nothing is left of them (code `nothing_left`).
    """
    amount = minor_of_tickets(order, chosen)
    if amount == 0:
        raise Conflict(
            "Nothing is left to return: these tickets were free, or their money was returned already.",
            code="nothing_left",
        )
    return amount


def _payment_to_return(order: Order) -> Payment:
    payment = settling_payment(order)
    if payment is None or order.status is not OrderStatus.CONFIRMED:
        raise Conflict("Only confirmed orders can be refunded", code="not_refundable")
    check_undisputed(payment, order)
    return payment


def _out_of_bounds(amount: int, left: int, currency: str) -> Invalid:
    if amount > 0:
        rest = sum_text(Money(left, currency))
        sentence = f"The refund is more than what is left of the payment, {rest}."
    elif left == 0:
        sentence = "Nothing is left to return: all the money was returned, or is on its way back."
    else:
        sentence = "Ensure this value is greater than 0."
    return Invalid(sentence, code="refund_amount", fields={"amount": [sentence]})
