"""What an organizer has to see to: real tasks only, each with the one thing it is about, the most pressing first."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from easyticket.core.money import Money
from easyticket.models import Event, EventStatus, PaymentProfile, ProfileStatus, TicketType
from easyticket.rules.payment_accounts import currency_of
from easyticket.rules.payouts import why_no_payment_to

_GATE_SOON = timedelta(hours=24)
_SALE_BEGINS_SOON = timedelta(hours=24)
_SALE_ENDS_SOON = timedelta(days=3)
_EVENT_SOON = timedelta(days=7)


class TaskKind(enum.StrEnum):
    """What there is to do. They stand in the order in which they are shown."""

    TAKEN_DOWN = "taken_down"
    DISPUTE = "dispute"
    REFUND_FAILED = "refund_failed"
    OPEN_GATE = "open_gate"
    VERIFY_ADDRESS = "verify_address"
    CORRECT_ACCOUNT = "correct_account"
    ADD_ACCOUNT = "add_account"
    NOTHING_ON_SALE = "nothing_on_sale"
    NOTHING_SOLD = "nothing_sold"
    SALE_ENDS = "sale_ends"
    SALE_BEGINS = "sale_begins"
    SOLD_OUT = "sold_out"
    ALL_HELD = "all_held"
    PUBLISH_DRAFT = "publish_draft"
    FINISH_DRAFT = "finish_draft"
    MOVE_DRAFT = "move_draft"
    ASK_FOR_PAYOUT = "ask_for_payout"


_PLACES = {kind: place for place, kind in enumerate(TaskKind)}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to see to, and what it is about; `due_at` is the moment it names (UTC)."""

    kind: TaskKind
    event: Event | None = None
    ticket_type: TicketType | None = None
    profile: PaymentProfile | None = None
    order_number: str = ""
    amount: Money | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """How one ticket type that is switched on sells. `starts_at` and `ends_at` are when its first sale begins and its last
    one ends (UTC), None where it begins at once or ends with the event."""

    ticket_type: TicketType
    sold: int
    held: int
    is_on_sale: bool
    is_sold_out: bool
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What tells whether an event needs its organizer. `types` are those that are switched on and have a price."""

    event: Event
    types: Sequence[TypeFacts]
    sold: int
    has_been_scanned: bool


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What tells whether an organizer's account needs them. `payable` is what can be asked for of each currency, where it is
    enough; `has_money` is True where anything was earned or can be bought for money. `site_currency` is that of accounts
    nobody said one of."""

    is_verified: bool
    profiles: Sequence[PaymentProfile]
    is_paid_automatically: bool
    payable: Sequence[Money]
    has_money: bool
    site_currency: str


def sorted_tasks(tasks: Sequence[Task]) -> list[Task]:
    """Return tasks by how pressing they are; of one kind, what comes first in time."""
    return sorted(tasks, key=lambda task: (_PLACES[task.kind], _moment_of(task)))


def tasks_of_account(facts: AccountFacts, now: datetime) -> list[Task]:
    """Return what an organizer has to do about their address and the accounts they are paid to."""
    tasks = [] if facts.is_verified else [Task(TaskKind.VERIFY_ADDRESS)]
    tasks += [
        Task(TaskKind.CORRECT_ACCOUNT, profile=profile)
        for profile in facts.profiles
        if profile.status is ProfileStatus.FAILED
    ]
    if not facts.profiles and facts.has_money:
        tasks.append(Task(TaskKind.ADD_ACCOUNT))
    tasks += [task for amount in facts.payable if (task := _payout_task(facts, amount, now))]
    return tasks


def _payout_task(facts: AccountFacts, amount: Money, now: datetime) -> Task | None:
    """Money that no account is for needs one; money that would arrive is offered, unless it goes by itself."""
    fitting = [
        profile for profile in facts.profiles if currency_of(profile, facts.site_currency) == amount.currency
    ]
    if facts.profiles and not fitting:
        return Task(TaskKind.ADD_ACCOUNT, amount=amount)
    can_be_paid = any(
        why_no_payment_to(profile, amount.currency, now, site_currency=facts.site_currency) is None
        for profile in fitting
    )
    if can_be_paid and facts.is_verified and not facts.is_paid_automatically:
        return Task(TaskKind.ASK_FOR_PAYOUT, amount=amount)
    return None


def tasks_of_event(facts: EventFacts, *, may_publish: bool, now: datetime) -> list[Task]:
    """Return what an event needs. `may_publish` is False while the organizer's address is not verified."""
    event = facts.event
    if event.taken_down_at is not None:
        return [Task(TaskKind.TAKEN_DOWN, event)]
    if event.status is EventStatus.DRAFT:
        return list(_draft_tasks(facts, may_publish=may_publish, now=now))
    if event.status is EventStatus.CANCELLED or event.end_at <= now:
        return []
    return [*_gate_tasks(facts, now), *_sale_tasks(facts, now)]


def _draft_tasks(facts: EventFacts, *, may_publish: bool, now: datetime) -> Iterator[Task]:
    event = facts.event
    if event.end_at <= now:
        yield Task(TaskKind.MOVE_DRAFT, event)
    elif not facts.types:
        yield Task(TaskKind.FINISH_DRAFT, event)
    elif may_publish:
        yield Task(TaskKind.PUBLISH_DRAFT, event)


def _gate_tasks(facts: EventFacts, now: datetime) -> Iterator[Task]:
    event = facts.event
    if facts.sold and not facts.has_been_scanned and event.start_at <= now + _GATE_SOON:
        yield Task(TaskKind.OPEN_GATE, event, due_at=event.start_at)


def _sale_tasks(facts: EventFacts, now: datetime) -> Iterator[Task]:
    event, open_ = facts.event, [each for each in facts.types if each.is_on_sale]
    to_come = [each for each in facts.types if each.starts_at is not None and each.starts_at > now]
    if event.start_at <= now:
        return
    if not open_ and not to_come:
        if not facts.sold:
            yield Task(TaskKind.NOTHING_ON_SALE, event, due_at=event.start_at)
        return
    for each in to_come:
        if each.starts_at is not None and each.starts_at <= now + _SALE_BEGINS_SOON:
            yield Task(TaskKind.SALE_BEGINS, event, each.ticket_type, due_at=each.starts_at)
    if open_ and all(each.is_sold_out for each in open_) and not to_come:
        kind = TaskKind.ALL_HELD if any(each.held for each in open_) else TaskKind.SOLD_OUT
        yield Task(kind, event, due_at=event.start_at)
    elif open_ and not facts.sold and event.start_at <= now + _EVENT_SOON:
        yield Task(TaskKind.NOTHING_SOLD, event, due_at=event.start_at)
    else:
        yield from (
            Task(TaskKind.SALE_ENDS, event, each.ticket_type, due_at=each.ends_at)
            for each in open_
            if each.ends_at is not None and not each.sold and each.ends_at <= now + _SALE_ENDS_SOON
        )


def _moment_of(task: Task) -> float:
    moment = task.due_at or (task.event.start_at if task.event else None)
    return moment.timestamp() if moment else 0.0
