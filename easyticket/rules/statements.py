"""What a statement of an organizer's account says: its days, its lines, and what the movements are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from easyticket.core.errors import Invalid, invalid_field
from easyticket.models import PostingKind
from easyticket.rules.fields import FIRST_YEAR, LAST_YEAR
from easyticket.rules.schedule import start_of_day

_LONGEST = timedelta(days=366)
_NAMES = {
    PostingKind.FULFILMENT: "Tickets sold",
    PostingKind.REFUND_REQUESTED: "Refund",
    PostingKind.REFUND_FAILED: "Refund taken back",
    PostingKind.DISPUTE_OPENED: "Dispute: frozen",
    PostingKind.DISPUTE_WON: "Dispute won: free again",
    PostingKind.DISPUTE_LOST: "Dispute lost",
    PostingKind.VERIFICATION: "Check of an account",
    PostingKind.PAYOUT_REQUESTED: "Payout",
    PostingKind.PAYOUT_CANCELLED: "Payout cancelled",
    PostingKind.PAYOUT_FAILED: "Payout failed",
    PostingKind.PAYOUT_REVERSED: "Payout came back",
}
FEE_NAME = "Service fee"


@dataclass(frozen=True, slots=True)
class StatementPeriod:
    """The days a statement is about, both included, by the calendar of a zone."""

    first_on: date
    last_on: date
    zone: str

    @property
    def start_at(self) -> datetime:
        """The moment (UTC) the first day begins."""
        return start_of_day(self.first_on, self.zone)

    @property
    def end_at(self) -> datetime:
        """The moment (UTC) the last day is over."""
        return start_of_day(self.last_on + timedelta(days=1), self.zone)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement, or the fee in one: minor units, what came in above zero. `reference` is an order's or a payout's."""

    posted_at: datetime
    text: str
    reference: str
    event_title: str
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What an organizer was owed before the period, and, apart from that, at its end frozen or on its way; minor units."""

    organizer_id: int
    currency: str
    period: StatementPeriod
    opening_minor: int
    disputed_minor: int
    on_its_way_minor: int


def period_between(first_on: date | None, last_on: date | None, zone: str) -> StatementPeriod:
    """Return the period from one day to another, both included.

    :raises Invalid: on `to` or `from`: one is missing, they are the wrong way round, or more than a year apart.
    """
    if first_on is None or last_on is None:
        raise invalid_field("to" if first_on else "from", "Enter a day.")
    if last_on < first_on:
        raise invalid_field("to", "This day is before the first one.")
    if not (FIRST_YEAR < first_on.year <= LAST_YEAR and FIRST_YEAR < last_on.year <= LAST_YEAR):
        raise Invalid("There is nothing in these years.")
    if last_on - first_on > _LONGEST:
        raise invalid_field("to", "A statement is about a year at most.")
    return StatementPeriod(first_on, last_on, zone)


def month_of(day_on: date, zone: str) -> StatementPeriod:
    """Return the whole month that a day is in."""
    first_on = day_on.replace(day=1)
    next_on = (first_on + timedelta(days=31)).replace(day=1)
    return StatementPeriod(first_on, next_on - timedelta(days=1), zone)


def movement_name(kind: str) -> str:
    """Return what a movement is called for the organizer whose account it is on."""
    return _NAMES.get(PostingKind(kind), kind.replace("_", " ").capitalize())
