"""What calling an event off means, and how far it is, written out in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money
from easyticket.queries.refunds import CancellationProgress, CancellationTotals
from easyticket.rules.wording import money_text


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One row of the preview: what, how much, and what that means."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CancellationPreview:
    """What there is to undo, before somebody decides."""

    lines: Sequence[PreviewLine]
    sentence: str
    warning: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far a cancelled event is; `is_done` stops the page from asking again."""

    value: int
    maximum: int
    text: str
    lines: Sequence[str]
    is_done: bool


def cancellation_preview(totals: CancellationTotals) -> CancellationPreview:
    """Return what calling the event off means."""
    if not totals.orders:
        return CancellationPreview([], "Nobody has a ticket yet, so nobody has to be told.", "")
    used = f"{totals.used:,} of them let somebody in already" if totals.used else ""
    lines = [
        PreviewLine("Paid orders", f"{totals.orders:,}", "Every buyer is told by mail"),
        PreviewLine("Tickets that stop working at once", f"{totals.tickets:,}", used),
        PreviewLine("Goes back to the buyers", _monies(totals.to_refund) or "Nothing was paid"),
    ]
    if totals.fees:
        lines.append(PreviewLine("Of that, service fee we give back", _monies(totals.fees)))
    return CancellationPreview(
        lines=lines,
        sentence="Sales stop, tickets stop working, and every buyer gets all of their money back by itself.",
        warning=_paid_out_text(totals.paid_out),
    )


def progress_view(progress: CancellationProgress) -> ProgressView | None:
    """Return how far the orders and refunds of a cancelled event are; None where nobody had a ticket."""
    if not progress.orders:
        return None
    refunds = progress.returned + progress.failed + progress.waiting
    still_to_end = progress.orders - progress.ended
    lines = [f"{_counted(progress.returned, 'refund')} returned"] if refunds else []
    if progress.waiting:
        lines.append(f"{_counted(progress.waiting, 'refund')} on the way")
    if progress.failed:
        lines.append(f"{_counted(progress.failed, 'refund')} could not be returned. We look into it")
    return ProgressView(
        # An order counts once when it is ended and once when its money is decided about.
        value=progress.ended + refunds - progress.waiting,
        maximum=progress.orders + refunds + still_to_end,
        text=f"{progress.ended:,} of {_counted(progress.orders, 'paid order')} ended: tickets off, buyer told",
        lines=lines,
        is_done=progress.is_done,
    )


def _paid_out_text(paid_out: Sequence[Money]) -> str:
    if not paid_out:
        return ""
    return (
        f"{_monies(paid_out)} of it was paid out to you already, or is on its way to you. The buyers get their money all "
        "the same; you owe us that amount, and it is taken from what your next events bring."
    )


def _monies(amounts: Sequence[Money]) -> str:
    return " and ".join(money_text(amount) for amount in amounts)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
