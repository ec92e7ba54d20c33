"""Who may ask for money back, and until when. The sentences are the API contract's where it has one."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from easyticket.core.errors import Conflict
from easyticket.integrations.providers import DisputeState
from easyticket.models import Event, EventStatus, Order, OrderStatus, Payment, Refund, RefundState, Ticket
from easyticket.rules.order_phase import LATE_SOURCE, SURPLUS_SOURCE, shown_status
from easyticket.rules.permissions import Actor
from easyticket.rules.refund_amounts import left_of
from easyticket.rules.wording import moment_text

# Never lets a ticket go by without a look at it: who returns its money has to say so.
_USED_BY_BUYER = "A ticket of this order has been used. Ask the organizer for a refund."
_SENT_ON = (
    "A ticket that was sent on to somebody else is theirs, and stays valid. Ask the organizer for a refund."
)
_IF_CANCELLED = "If the event is cancelled, everyone gets it back."
_USED = "A ticket has been used already. Say that its money is to be returned all the same."


# Why an order is cancelled of whose money nothing is left.
LOST_REASON = "The payer's bank took the payment back."


class RefundSource(enum.StrEnum):
    """Why money goes back, and in which role somebody asked for it; kept with the refund."""

    BUYER = "buyer"
    ORGANIZER = "organizer"
    ADMIN = "admin"
    LATE_PAYMENT = LATE_SOURCE
    SURPLUS_PAYMENT = SURPLUS_SOURCE
    QUARANTINED_PAYMENT = "quarantined_payment"
    EVENT_CANCELLED = "event_cancelled"
    # Made at the provider, not by us.
    PROVIDER = "provider"


# Nobody asked for these but we ourselves, so nobody would ask again: once they are promised again without being asked.
UNASKED_SOURCES = (
    RefundSource.LATE_PAYMENT,
    RefundSource.SURPLUS_PAYMENT,
    RefundSource.QUARANTINED_PAYMENT,
    RefundSource.EVENT_CANCELLED,
)


class RefundReader(enum.StrEnum):
    """Who is told of a refund that failed."""

    ORGANIZER = "organizer"
    OPERATOR = "operator"


def source_of(actor: Actor, order: Order) -> RefundSource:
    """Return the role with the most rights that the actor has towards the order."""
    if actor.is_staff:
        return RefundSource.ADMIN
    organizes = actor.user_id is not None and actor.user_id == order.event.organizer_id
    return RefundSource.ORGANIZER if organizes else RefundSource.BUYER


def check_paid(order: Order, now: datetime) -> None:
    """Return if the order was paid with money that has not all been returned.

    :raises Conflict: it was not; `context` tells the order's status where that is the reason.
    """
    status = shown_status(order, now)
    if not order.payments:
        raise Conflict("No payment found for this order", code="no_payment")
    if order.status is OrderStatus.CONFIRMED:
        return
    ended = status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    sentence = (
        f"Cannot refund order with status: {status.value}"
        if ended
        else "Only confirmed orders can be refunded"
    )
    raise Conflict(sentence, code="not_refundable", context={"current_status": status.value})


def buyers_deadline(event: Event) -> datetime | None:
    """Return until when (UTC) buyers may have their money back themselves; None where they may not at all.

    Whole days before the start are counted on the event's calendar, to the hour it begins at on its clocks.
    """
    if event.buyer_refund_days is None:
        return None
    zone = ZoneInfo(event.time_zone)
    begins = event.start_at.astimezone(zone).replace(tzinfo=None)
    return (begins - timedelta(days=event.buyer_refund_days)).replace(tzinfo=zone).astimezone(UTC)


def is_stricter(days: int | None, before: int | None) -> bool:
    """Tell whether a promise of `days` gives buyers less time than the one before (None: no refunds)."""
    if days is None or before is None:
        return days is None and before is not None
    return days > before


def policy_text(event: Event, now: datetime) -> str:
    """Return until when buyers of the event may have their money back, as a sentence or two."""
    if event.is_free:
        return "Tickets cost nothing, so there is nothing to return."
    if event.status is EventStatus.CANCELLED:
        return "The event was cancelled, so everyone gets their money back."
    until = buyers_deadline(event)
    if until is None:
        return f"Buyers cannot take their money back themselves. {_IF_CANCELLED}"
    moment = moment_text(until, event.time_zone)
    if now >= until:
        return f"Money back was possible until {moment}. {_IF_CANCELLED}"
    return f"You can have your money back until {moment}, as long as no ticket of your order was used. {_IF_CANCELLED}"


def why_too_late(event: Event, now: datetime) -> str | None:
    """Return why a buyer of the event gets no money back by asking for it now, and what to do instead; None if they do."""
    until = buyers_deadline(event)
    if until is None:
        return (
            "For this event buyers cannot take their money back themselves. Ask the organizer for a refund."
        )
    if now < until:
        return None
    if now >= event.start_at:
        return "The event has begun. Ask the organizer for a refund."
    return f"Money back was possible until {moment_text(until, event.time_zone)}. Ask the organizer for a refund."


def why_not_for_buyer(order: Order, tickets: Iterable[Ticket], now: datetime) -> str | None:
    """Return why the buyer of a paid order gets no money back by asking for it now; None if they do."""
    if any(ticket.used_at is not None for ticket in tickets):
        return _USED_BY_BUYER
    return why_too_late(order.event, now)


def check_in_time(source: RefundSource, order: Order, tickets: Iterable[Ticket], now: datetime) -> None:
    """Return if somebody in this role may have the money back still: a buyer within the event's policy and unused only.

    :raises Conflict: too late for a buyer; the organizer and admins decide from then on.
    """
    if source is not RefundSource.BUYER:
        return
    if reason := why_not_for_buyer(order, tickets, now):
        code = "event_begun" if now >= order.event.start_at else "too_late"
        raise Conflict(reason, code="ticket_used" if reason == _USED_BY_BUYER else code)


def check_with_buyer(source: RefundSource, ended: Iterable[Ticket]) -> None:
    """Return if the tickets that end by a refund are all the buyer's own still, or somebody else than the buyer asks.

    :raises Conflict: one was sent on: its holder would stand at the gate with nothing (code `ticket_sent_on`).
    """
    if source is RefundSource.BUYER and any(ticket.sent_on_at is not None for ticket in ended):
        raise Conflict(_SENT_ON, code="ticket_sent_on")


def check_unused(tickets: Iterable[Ticket], *, is_override: bool) -> bool:
    """Return whether a used ticket is refunded on purpose.

    :raises Conflict: one was used and nobody said so (code `ticket_used`).
    """
    is_used = any(ticket.used_at is not None for ticket in tickets)
    if is_used and not is_override:
        raise Conflict(_USED, code="ticket_used")
    return is_used


def is_disputed(order: Order, payment: Payment | None = None) -> bool:
    """Tell whether a bank has money of the order (or of one payment of it) in hand at the moment."""
    return any(
        dispute.state is DisputeState.OPEN and (payment is None or dispute.payment_id == payment.id)
        for dispute in order.disputes
    )


def check_undisputed(payment: Payment, order: Order) -> None:
    """Return if no bank has this payment's money in hand.

    :raises Conflict: a dispute of it is open (code `disputed`).
    """
    if is_disputed(order, payment):
        raise Conflict(
            "The payer's bank has taken this payment back and is looking into it. Until it has decided, nothing can be "
            "refunded: the buyer would have the money twice.",
            code="disputed",
        )


def is_on_sale_still(event: Event, now: datetime) -> bool:
    """Tell whether places that come back can be sold once more."""
    return event.status is EventStatus.PUBLISHED and event.end_at > now


def uuid_of_next_try(uuid: UUID) -> UUID:
    """Return the UUID of the refund that is promised in place of a failed one: there is one, whoever asks how often."""
    return uuid5(uuid, "again")


def find_next_try(refund: Refund) -> Refund | None:
    """Return the refund that was promised in place of a failed one, if one was."""
    wanted = uuid_of_next_try(refund.uuid)
    return next((each for each in refund.order.refunds if each.uuid == wanted), None)


def is_replaced(refund: Refund) -> bool:
    """Tell whether what a failed refund was to return went back, or is promised, by others after it, or by a bank."""
    if refund.state is not RefundState.FAILED:
        return False
    later = sum(
        _given_in_place(refund, each)
        for each in refund.order.refunds
        if each.id > refund.id
        and each.payment_id == refund.payment_id
        and each.state is not RefundState.FAILED
    )
    is_gone = left_of(refund.payment, refund.order) == 0
    return find_next_try(refund) is not None or later >= refund.amount_minor or is_gone


def _given_in_place(failed: Refund, later: Refund) -> int:
    """Return what a later refund gave of the money of a failed one: nothing where it was for other tickets."""
    if not later.tickets:
        return later.amount_minor
    of_failed = {part.ticket_id for part in failed.tickets}
    return sum(part.amount_minor for part in later.tickets if part.ticket_id in of_failed)


def is_promised_again(refund: Refund) -> bool:
    """Tell whether a refund that failed is promised again by itself: where no person asked for it, none would again.

    Once: what fails twice needs somebody who finds out why.
    """
    is_second = any(uuid_of_next_try(each.uuid) == refund.uuid for each in refund.order.refunds)
    is_unasked = refund.source in UNASKED_SOURCES or refund.order.event.status is EventStatus.CANCELLED
    return is_unasked and not is_second


def readers_of_failure(refund: Refund) -> list[RefundReader]:
    """Return who can do something about a refund that failed: whose money it was, and for what nobody asked for, we."""
    never_theirs = (
        RefundSource.LATE_PAYMENT,
        RefundSource.SURPLUS_PAYMENT,
        RefundSource.QUARANTINED_PAYMENT,
    )
    readers = [] if refund.source in never_theirs else [RefundReader.ORGANIZER]
    if refund.source in (*UNASKED_SOURCES, RefundSource.PROVIDER):
        readers.append(RefundReader.OPERATOR)
    return readers
