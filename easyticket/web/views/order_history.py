"""The whole life of a sold order: placed, paid, mailed, scanned, returned, disputed, and what people changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    ChangeAction,
    Order,
    OutboxJob,
    PaymentState,
    Refund,
    RefundState,
    SalesChannel,
    Scan,
    ScanOutcome,
)
from easyticket.queries.changes import ChangeEntry
from easyticket.queries.order_history import OrderHistory
from easyticket.queue import JobName
from easyticket.rules.change_wording import Difference
from easyticket.rules.permissions import Actor
from easyticket.rules.refunds import RefundSource
from easyticket.rules.wording import method_text, moment_text
from easyticket.services.gate import SENTENCES
from easyticket.web.views.changes import differences_in, sentence_in, who_text
from easyticket.web.views.order_parts import amount_text

_PLACED = {
    SalesChannel.WEB: "Placed on the site",
    SalesChannel.API: "Placed by an app",
    SalesChannel.API_V1: "Placed by an app",
    SalesChannel.DESK: "Sold at the door",
}
_MAILS = {
    JobName.MAIL_ORDER_CONFIRMED.value: "Tickets mailed",
    JobName.MAIL_EVENT_CANCELLED.value: "Mailed that the event is cancelled",
    JobName.MAIL_ORDER_REFUNDED.value: "Mailed that money is on its way back",
}
_BY_PEOPLE = (RefundSource.BUYER.value, RefundSource.ORGANIZER.value, RefundSource.ADMIN.value)
_TONES = {ChangeAction.ORDER_REFUNDED.value: "warn", ChangeAction.ORDER_CANCELLED.value: "warn"}


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One thing that happened; `tone` is as everywhere (good, warn, stop or nothing)."""

    at: datetime
    when: str
    title: str
    detail: str = ""
    who: str = ""
    tone: str = ""
    differences: Sequence[Difference] = field(default_factory=tuple)

    @property
    def when_iso(self) -> str:
        """The moment, for machines."""
        return self.at.isoformat(timespec="seconds")


def order_life(order: Order, history: OrderHistory, reader: Actor) -> list[LifeRow]:
    """Return what happened to an order, the newest first."""
    noted = {str(entry.change.after.get("refund", "")) for entry in history.changes}
    rows = [
        *_placed(order, history),
        *_payments(order),
        *_outcome(order, history),
        *(row for refund in order.refunds for row in _refund(order, refund, history, noted)),
        *_disputes(order),
        *(_scan(order, scan) for scan in reversed(history.scans)),
        *(_mail(order, job, history) for job in history.mails if job.name in _MAILS),
        *(_change(order, entry, reader) for entry in reversed(history.changes)),
    ]
    # Of one instant the later kind above stands first, as what follows from the others.
    return [row for _, row in sorted(enumerate(rows), key=lambda each: (each[1].at, each[0]), reverse=True)]


def _placed(order: Order, history: OrderHistory) -> Iterator[LifeRow]:
    # Who sells at the door writes it down: twice the same would stand there.
    if not any(entry.change.action == ChangeAction.ORDER_SOLD_AT_DOOR for entry in history.changes):
        amount = amount_text(order, order.cash_minor or order.total_minor)
        yield _row(order, order.created_at, _PLACED[order.channel], amount)


def _outcome(order: Order, history: OrderHistory) -> Iterator[LifeRow]:
    if order.confirmed_at is not None:
        count = len(order.tickets)
        tickets = f"{count} ticket{'' if count == 1 else 's'} issued"
        yield _row(order, order.confirmed_at, "Confirmed", tickets, tone="good")
    if order.failed_at is not None:
        reason = "The time to pay was over" if order.failure_reason == "expired" else order.failure_reason
        yield _row(order, order.failed_at, "Not paid", reason)
    is_noted = any(entry.change.action == ChangeAction.ORDER_CANCELLED for entry in history.changes)
    if order.cancelled_at is not None and not is_noted:
        yield _row(order, order.cancelled_at, "Cancelled", order.cancellation_reason, tone="warn")


def _payments(order: Order) -> Iterator[LifeRow]:
    for payment in order.payments:
        method = method_text(payment.method) or payment.provider.capitalize()
        yield _row(order, payment.created_at, "Payment begun", f"{method} · {payment.reference}")
        if payment.paid_at is not None:
            amount = amount_text(order, payment.captured_minor or payment.amount_minor)
            title = (
                f"Paid {amount}"
                if payment.state is PaymentState.PAID
                else f"{amount} came that is not needed"
            )
            yield _row(order, payment.paid_at, title, method, tone="good")
        elif payment.state in (PaymentState.FAILED, PaymentState.CANCELED):
            title = "Payment declined" if payment.state is PaymentState.FAILED else "Payment given up"
            yield _row(order, payment.updated_at, title, payment.last_error)
        elif payment.state is PaymentState.QUARANTINED:
            title = "Another payment came than was asked for"
            yield _row(order, payment.updated_at, title, payment.last_error, tone="stop")


def _refund(order: Order, refund: Refund, history: OrderHistory, noted: set[str]) -> Iterator[LifeRow]:
    amount = amount_text(order, refund.amount_minor)
    if str(refund.uuid) not in noted:
        asker = history.asked_by.get(refund.requested_by_id or 0)
        who = asker.display_name if asker and refund.source in _BY_PEOPLE else ""
        detail = refund.reason or refund.source.replace("_", " ").capitalize()
        yield _row(order, refund.created_at, f"{amount} to be returned", detail, who=who, tone="warn")
    if refund.succeeded_at is not None:
        yield _row(order, refund.succeeded_at, f"{amount} returned", tone="good")
    if refund.state is RefundState.FAILED and refund.failed_at is not None:
        yield _row(order, refund.failed_at, f"{amount} did not go back", refund.last_error, tone="stop")


def _disputes(order: Order) -> Iterator[LifeRow]:
    for dispute in order.disputes:
        amount = amount_text(order, dispute.amount_minor)
        reason = dispute.reason.replace("_", " ")
        if dispute.opened_at is None:
            title = f"The buyer's bank asks about {amount}"
        else:
            title = f"The buyer's bank took {amount} back to look into it"
        yield _row(order, dispute.opened_at or dispute.created_at, title, reason, tone="stop")
        if dispute.closed_at is not None:
            is_won = dispute.state is DisputeState.WON
            title = "Dispute won: you keep the money" if is_won else "Dispute lost: the buyer has the money"
            yield _row(order, dispute.closed_at, title, tone="good" if is_won else "stop")


def _scan(order: Order, scan: Scan) -> LifeRow:
    code = next((ticket.code for ticket in order.tickets if ticket.id == scan.ticket_id), "")
    who = scan.scanned_by.display_name if scan.scanned_by else ""
    is_in = scan.outcome is ScanOutcome.ADMITTED
    is_undone = scan.outcome is ScanOutcome.UNDONE
    answer = "" if is_in or is_undone else SENTENCES[scan.outcome].rstrip(".")
    title = "Let in at the gate" if is_in else "Refused at the gate"
    title = "Check-in taken back" if is_undone else title
    detail = " · ".join(filter(None, (answer, code, scan.gate)))
    return _row(order, scan.scanned_at, title, detail, who=who, tone="good" if is_in else "warn")


def _mail(order: Order, job: OutboxJob, history: OrderHistory) -> LifeRow:
    to = _address_at(order, job.done_at or job.failed_at, history)
    if job.failed_at is not None:
        return _row(order, job.failed_at, f"{_MAILS[job.name]}: it could not be sent", to, tone="stop")
    if job.done_at is not None:
        return _row(order, job.done_at, _MAILS[job.name], to)
    return _row(order, job.created_at, f"{_MAILS[job.name]}: waits to be sent", to, tone="warn")


def _address_at(order: Order, at: datetime | None, history: OrderHistory) -> str:
    """Return where a mail went at that moment, or goes to: the address may have been corrected since."""
    corrected = (
        entry.change
        for entry in history.changes
        if at is not None and entry.change.changed_at > at and "buyer_email" in entry.change.before
    )
    first = min(corrected, key=lambda change: change.changed_at, default=None)
    if first is not None:
        return str(first.before["buyer_email"])
    return order.buyer_email or (order.user.email if order.user else "")


def _change(order: Order, entry: ChangeEntry, reader: Actor) -> LifeRow:
    change = entry.change
    return LifeRow(
        at=change.changed_at,
        when=moment_text(change.changed_at, order.event.time_zone),
        title=sentence_in(entry),
        who=who_text(entry, reader),
        tone=_TONES.get(change.action, ""),
        differences=differences_in(entry),
    )


def _row(
    order: Order, at: datetime, title: str, detail: str = "", *, who: str = "", tone: str = ""
) -> LifeRow:
    return LifeRow(at, moment_text(at, order.event.time_zone), title, detail, who, tone)
