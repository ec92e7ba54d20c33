"""I2 and I8: tickets are what was bought and paid, and who was let in is who was scanned."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Admission,
    Dispute,
    Order,
    OrderLine,
    OrderStatus,
    RetiredCode,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
    TicketTransfer,
)
from easyticket.queries.audit.finding import Rows, Scope, amount_of, rows_of, words
from easyticket.queries.earnings import IS_PAID

_IS_VALID = Ticket.status != TicketStatus.CANCELLED


def ask_tickets(scope: Scope) -> Iterator[Rows]:
    """Each place of a paid order has its ticket, and a valid ticket has a paid order and a place of its own."""
    bought = _per_order(scope, sa.func.sum(OrderLine.quantity), OrderLine).subquery()
    issued = _per_order(scope, sa.func.count(Ticket.id), Ticket).subquery()
    count = amount_of(issued.c.amount)
    yield (
        rows_of("tickets of order", Order.number, bought.c.amount, count)
        .join(bought, bought.c.order_id == Order.id)
        .outerjoin(issued, issued.c.order_id == Order.id)
        .where(IS_PAID, bought.c.amount != count)
    )
    unpaid = Order.status != OrderStatus.CONFIRMED
    # Whoever was in when the bank took the money back for good was in.
    is_lost = sa.exists().where(Dispute.order_id == Ticket.order_id, Dispute.state == DisputeState.LOST)
    was_in = sa.and_(Ticket.status == TicketStatus.USED, is_lost)
    yield (
        rows_of("ticket", Ticket.code, "cancelled", words(Ticket.status, "in order", Order.status))
        .join(Order, Order.id == Ticket.order_id)
        .where(_IS_VALID, unpaid, sa.not_(was_in), scope.has(Ticket.event_id))
    )
    yield rows_of("ticket whose place is on sale again", Ticket.code, "cancelled", Ticket.status).where(
        _IS_VALID, Ticket.released_at.is_not(None), scope.has(Ticket.event_id)
    )
    yield from _sendings(scope)


def ask_admissions(scope: Scope) -> Iterator[Rows]:
    """Every admission has the scan that made it and a used ticket of its event, and the other way round.

    One that was taken back is gone, and the row that says so stands for it.
    """
    yield from _admissions_and_scans(scope)
    yield (
        rows_of("admitted ticket", Ticket.code, "used", Ticket.status)
        .join(Admission, Admission.ticket_id == Ticket.id)
        .where(Ticket.used_at.is_(None), scope.has(Admission.event_id))
        .distinct()
    )
    yield (
        rows_of("used ticket", Ticket.code, "an admission", "none")
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Ticket.used_at.is_not(None), Admission.id.is_(None), scope.has(Ticket.event_id))
    )
    yield (
        rows_of("admission", Admission.id, Ticket.event_id, Admission.event_id)
        .join(Ticket, Ticket.id == Admission.ticket_id)
        .where(Ticket.event_id != Admission.event_id, scope.has(Admission.event_id))
    )


def _sendings(scope: Scope) -> Iterator[Rows]:
    """Each new code retired one, of which those that were sent on have a sending; no code counts and is retired at once."""
    sent, retired = (
        sa.select(sa.func.count(rows.id)).where(rows.ticket_id == Ticket.id).scalar_subquery()
        for rows in (TicketTransfer, RetiredCode)
    )
    # Of most tickets there is nothing to count.
    is_counted = sa.or_(
        Ticket.generation > 0,
        Ticket.sent_on_at.is_not(None),
        *(Ticket.id.in_(sa.select(rows.ticket_id)) for rows in (TicketTransfer, RetiredCode)),
    )
    was_sent = Ticket.sent_on_at.is_not(None)
    for name, count, is_wrong in (
        ("codes of ticket retired", retired, retired != Ticket.generation),
        ("sendings of ticket", sent, sa.or_(sent > Ticket.generation, was_sent != (sent > 0))),
    ):
        yield rows_of(name, Ticket.code, Ticket.generation, count).where(
            is_counted, is_wrong, scope.has(Ticket.event_id)
        )
    yield (
        rows_of("retired code that counts", Ticket.code, "none", RetiredCode.code)
        .join(RetiredCode, sa.or_(RetiredCode.code == Ticket.code, RetiredCode.qr_digest == Ticket.qr_digest))
        .where(scope.has(Ticket.event_id))
    )


def _admissions_and_scans(scope: Scope) -> Iterator[Rows]:
    undone = aliased(Scan)
    is_undone = sa.exists().where(undone.undoes_key == Scan.scan_key, undone.ticket_id == Scan.ticket_id)
    is_same = sa.and_(
        Scan.scan_key == Admission.scan_key,
        Scan.outcome == ScanOutcome.ADMITTED,
        Scan.ticket_id == Admission.ticket_id,
    )
    yield (
        rows_of("admission", Admission.id, "a scan that admitted and was not taken back", "none")
        .outerjoin(Scan, is_same)
        .where(sa.or_(Scan.id.is_(None), is_undone), scope.has(Admission.event_id))
    )
    yield (
        rows_of("scan that admitted", Scan.id, "an admission", "none")
        .outerjoin(Admission, is_same)
        .where(Scan.outcome == ScanOutcome.ADMITTED, Admission.id.is_(None), scope.has(Scan.event_id))
        .where(sa.not_(is_undone))
    )


def _per_order(
    scope: Scope, amount: sa.Function[int], rows: type[OrderLine] | type[Ticket]
) -> sa.Select[int, int]:
    query = sa.select(rows.order_id, amount.label("amount")).group_by(rows.order_id)
    if scope.is_everything:
        return query
    return query.join(Order, Order.id == rows.order_id).where(scope.has(Order.event_id))
