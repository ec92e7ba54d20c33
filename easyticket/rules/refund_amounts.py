"""How much of an order, of a payment and of each ticket can go back. Amounts are minor units.

What is promised counts as soon as it is promised: only a refund that failed does not. Whoever acts on the answer holds
the order's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from easyticket.integrations.providers import DisputeState
from easyticket.models import Order, Payment, PaymentState, Refund, RefundState, Ticket, TicketStatus
from easyticket.models.payment import TAKEN_BACK
from easyticket.rules.pricing import apportion


def refundable_minor(order: Order) -> int:
    """Return how much of the payment that settled the order is neither returned, nor promised back, nor disputed."""
    payment = settling_payment(order)
    return left_of_payment(payment, order, order.total_minor) if payment else order.total_minor


def settling_payment(order: Order) -> Payment | None:
    """Return the payment that made the order good, if one did."""
    return next((payment for payment in order.payments if payment.state is PaymentState.PAID), None)


def left_of_payment(payment: Payment, order: Order, whole_minor: int) -> int:
    """Return what is left of `whole_minor`, which a payment brought in; never below zero."""
    return max(whole_minor - _promised(payment, order) - _disputed(payment, order, TAKEN_BACK), 0)


def left_of(payment: Payment, order: Order) -> int:
    """Return what is left of a payment in our books, whether it settled the order or came besides."""
    return left_of_payment(payment, order, _whole(payment, order))


def is_promised_twice(payment: Payment, order: Order) -> bool:
    """Tell whether a bank took for good what is promised back too: both together are more than the payment brought."""
    lost = _disputed(payment, order, (DisputeState.LOST,))
    return lost > 0 and _promised(payment, order) + lost > _whole(payment, order)


def left_of_tickets(tickets: Sequence[Ticket], refunds: Sequence[Refund]) -> dict[int, int]:
    """Return by ticket id what of its price no refund that names it has taken."""
    taken: Counter[int] = Counter()
    for refund in refunds:
        if refund.state is not RefundState.FAILED:
            taken.update({part.ticket_id: part.amount_minor for part in refund.tickets})
    return {ticket.id: max(ticket.paid_minor - taken[ticket.id], 0) for ticket in tickets}


def minor_of_tickets(order: Order, chosen: Sequence[Ticket]) -> int:
    """Return what goes back for some tickets of an order: what is left of their prices, and of the order."""
    return min(sum(left_of_tickets(chosen, order.refunds).values()), refundable_minor(order))


def tickets_given_up(order: Order, every: Sequence[Ticket], amount_minor: int) -> list[Ticket]:
    """Return which tickets end when their buyer has an amount back and names none of them.

    What is left of the money after it covers what the tickets that stay have cost. Those that were sent on stay first,
    then the dearest, as long as they fit; of equal ones the earlier. None where nothing is left: that ends all of them
    without being asked.
    """
    covered = refundable_minor(order) - amount_minor
    if covered <= 0:
        return []
    valid = [ticket for ticket in every if ticket.status is not TicketStatus.CANCELLED]
    ended = []
    for ticket in sorted(valid, key=lambda each: (each.sent_on_at is None, -each.paid_minor, each.id)):
        if ticket.paid_minor <= covered:
            covered -= ticket.paid_minor
        else:
            ended.append(ticket)
    return ended


def spread(amount_minor: int, left: Mapping[int, int], step: int = 1) -> dict[int, int]:
    """Part an amount among tickets by what is left of each (by id): none gets more than that, and all together
    the amount, or all that is left of them. In multiples of `step` minor units where all of it is one."""
    weights = list(left.values())
    shared = min(amount_minor, sum(weights))
    step = 1 if any(weight % step for weight in weights) else step
    return dict(zip(left, apportion(shared, weights, step), strict=True))


def _whole(payment: Payment, order: Order) -> int:
    return order.total_minor if payment.state is PaymentState.PAID else payment.captured_minor or 0


def _promised(payment: Payment, order: Order) -> int:
    return sum(
        refund.amount_minor
        for refund in order.refunds
        if refund.payment_id == payment.id and refund.state is not RefundState.FAILED
    )


def _disputed(payment: Payment, order: Order, states: Collection[DisputeState]) -> int:
    return sum(
        dispute.amount_minor
        for dispute in order.disputes
        if dispute.payment_id == payment.id and dispute.state in states
    )
