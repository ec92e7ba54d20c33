"""The first screens of the desk, put together: over all events of an organizer, and of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, EventStatus, QuotaKind
from easyticket.queries.desk_money import MoneyCard, load_money_cards
from easyticket.queries.desk_sales import SalesByDay, find_pace, load_sales_by_day, read_pulse
from easyticket.queries.desk_scope import DeskScope, all_events_of, one_event
from easyticket.queries.desk_tasks import (
    MOST_EVENTS,
    list_money_tasks,
    list_open_events,
    load_account_facts,
    load_event_facts,
)
from easyticket.queries.gate import GateCounts, count_inside
from easyticket.queries.organizer import OwnEvent, Stock, find_earnings, find_event_stocks, find_stocks_of
from easyticket.queries.refunds import CancellationProgress, find_cancellation_progress
from easyticket.queries.traces import has_orders, has_scans
from easyticket.queries.users import get_own_user
from easyticket.rules.desk_tasks import EventFacts, Task, sorted_tasks, tasks_of_account, tasks_of_event
from easyticket.rules.pace import Pace
from easyticket.rules.permissions import Actor
from easyticket.rules.publishing import may_go_live


@dataclass(frozen=True, slots=True)
class Desk:
    """The first screen over all events. `selling` are those that everybody sees and that are not over, the soonest first;
    `has_events` tells whether there ever was an event. `most_events` is 0 where all that are not over were looked at,
    else how many: the soonest."""

    selling: Sequence[OwnEvent]
    has_events: bool
    most_events: int
    tasks: Sequence[Task]
    sales: SalesByDay
    money: Sequence[MoneyCard]
    pulse: str

    @property
    def stock(self) -> Stock:
        """What all events that sell have sold, held and left together."""
        stocks = [own.stock for own in self.selling]
        return Stock(
            sum(each.capacity or 0 for each in stocks),
            sum(each.sold for each in stocks),
            sum(each.held for each in stocks),
        )

    @property
    def earned(self) -> Sequence[Money]:
        """What the events that sell have earned, by currency; amounts of different ones are never added."""
        sums: dict[str, int] = {}
        for own in self.selling:
            sums[own.earned.currency] = sums.get(own.earned.currency, 0) + own.earned.minor
        return [Money(minor, currency) for currency, minor in sorted(sums.items()) if minor]


@dataclass(frozen=True, slots=True)
class EventDesk:
    """The first screen of one event. `pace` is None where there is no earlier event to look at, and `cancellation` where it
    was not called off. `has_traces`: something was ordered or scanned, so it stays."""

    own: OwnEvent
    stocks: Mapping[tuple[QuotaKind, int], Stock]
    inside: GateCounts
    tasks: Sequence[Task]
    sales: SalesByDay
    pace: Pace | None
    money: Sequence[MoneyCard]
    cancellation: CancellationProgress | None
    has_traces: bool
    pulse: str


def get_desk(actor: Actor, now: datetime) -> Desk:
    """Return the first screen over all of the actor's events, in a fixed number of statements.

    :raises Forbidden: the actor is no organizer.
    """
    scope = all_events_of(actor)
    found = list_open_events(scope, now)
    events, has_more = found[:MOST_EVENTS], len(found) > MOST_EVENTS
    selling = [each for each in events if each.status is EventStatus.PUBLISHED and not each.taken_down_at]
    stocks, earnings = find_event_stocks(selling), find_earnings(selling)
    money = load_money_cards(scope, now)
    return Desk(
        selling=[OwnEvent(event, stocks[event.id], earnings[event.id]) for event in selling],
        has_events=bool(events) or _has_events(scope),
        most_events=MOST_EVENTS if has_more else 0,
        tasks=_tasks(actor, scope, load_event_facts(events, now), money, now),
        sales=load_sales_by_day(scope, now),
        money=money,
        pulse=read_pulse(scope),
    )


def get_event_desk(actor: Actor, event: Event, now: datetime) -> EventDesk:
    """Return the first screen of one event, which comes from `get_own_event`, in a fixed number of statements.

    :raises Forbidden: it is somebody else's.
    """
    scope = one_event(actor, event)
    stock, earned = find_event_stocks([event])[event.id], find_earnings([event])[event.id]
    is_cancelled = event.status is EventStatus.CANCELLED
    return EventDesk(
        own=OwnEvent(event, stock, earned),
        stocks=find_stocks_of(event),
        inside=count_inside(event, now),
        tasks=_tasks_of_one(actor, scope, event, now),
        sales=load_sales_by_day(scope, now),
        pace=None if is_cancelled or event.status is EventStatus.DRAFT else find_pace(event, now),
        money=load_money_cards(scope, now),
        cancellation=find_cancellation_progress(event) if is_cancelled else None,
        has_traces=has_orders(event) or has_scans(event),
        pulse=read_pulse(scope),
    )


def _tasks(
    actor: Actor, scope: DeskScope, facts: Sequence[EventFacts], money: Sequence[MoneyCard], now: datetime
) -> list[Task]:
    user = get_own_user(actor)
    account = load_account_facts(
        actor,
        user,
        [card.balance for card in money if card.balance is not None],
        sells=any(_costs_money(each.event) for each in facts),
    )
    of_events = [
        task for each in facts for task in tasks_of_event(each, may_publish=may_go_live(actor, user), now=now)
    ]
    return sorted_tasks([*tasks_of_account(account, now), *of_events, *list_money_tasks(scope)])


def _tasks_of_one(actor: Actor, scope: DeskScope, event: Event, now: datetime) -> list[Task]:
    may_publish = may_go_live(actor, event.organizer)
    [facts] = load_event_facts([event], now)
    return sorted_tasks([*tasks_of_event(facts, may_publish=may_publish, now=now), *list_money_tasks(scope)])


def _costs_money(event: Event) -> bool:
    return event.status is EventStatus.PUBLISHED and any(
        offer.price_minor for each in event.ticket_types for offer in each.offers if offer.is_active
    )


def _has_events(scope: DeskScope) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(scope.is_in_it))))
