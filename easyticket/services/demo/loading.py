"""Loads the demo: accounts, categories, events with their sales, and what happened at the gates.

What is there already is left alone, so a load that was interrupted is completed by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, Refund, User
from easyticket.queries.users import find_user_by_email
from easyticket.rules.permissions import SYSTEM
from easyticket.rules.slugs import slug_of
from easyticket.services.cancellation import unwind_event
from easyticket.services.demo import people
from easyticket.services.demo.accounts import actor_of, make_account, make_staff
from easyticket.services.demo.buying import Person, PlannedOrder, plan_orders
from easyticket.services.demo.catalogue import find_event, make_categories, make_event
from easyticket.services.demo.events import EVENTS
from easyticket.services.demo.gates import work_gates
from easyticket.services.demo.papers import write_papers
from easyticket.services.demo.people import AccountPlan
from easyticket.services.demo.plans import EventPlan
from easyticket.services.demo.quiet import end_account_jobs, end_sales_jobs
from easyticket.services.demo.sales import sell
from easyticket.services.event_steps import cancel_event
from easyticket.services.providers import play_money
from easyticket.services.refund_sending import send_refund

# Older than the first event, so that every account was there before it was used.
_ACCOUNT_AGE = timedelta(days=90)


@dataclass(slots=True)
class DemoReport:
    """What one load made."""

    events: int = 0
    orders: int = 0
    scans: int = 0


@dataclass(frozen=True, slots=True)
class _Cast:
    """The accounts of the demo."""

    organizer: User
    second_organizer: User
    attendee: User
    buyers: tuple[User, ...] = field(default_factory=tuple)

    def organizer_of(self, plan: EventPlan) -> User:
        return self.second_organizer if plan.is_second else self.organizer


def is_demo_complete() -> bool:
    """True once everything is loaded: the account of the staff is made last."""
    admin = find_user_by_email(people.ADMIN.email)
    return admin is not None and admin.is_staff


@play_money()
def load_demo(now: datetime) -> DemoReport:
    """Make everything of the demo that is not there yet, with dates around `now`; return what was made."""
    report = DemoReport()
    if is_demo_complete():
        return report
    make_categories(now)
    cast = _Cast(
        _account(people.ORGANIZER, now),
        _account(people.SECOND_ORGANIZER, now),
        _account(people.ATTENDEE, now),
        tuple(_account(plan, now) for plan in people.BUYERS_WITH_ACCOUNT),
    )
    events = [(plan, _event(plan, cast, report, now)) for plan in EVENTS]
    report.orders = sell([(event, _orders_left(event, plan, cast, now)) for plan, event in events], now)
    for plan, event in events:
        _tidy_up(event, plan, cast, now)
    for plan in EVENTS:
        report.scans += _scan(plan, cast.organizer_of(plan), now)
    make_staff(_account(people.ADMIN, now))
    return report


def _account(plan: AccountPlan, now: datetime) -> User:
    user = make_account(plan, now - _ACCOUNT_AGE)
    end_account_jobs(user, now)
    return user


def _event(plan: EventPlan, cast: _Cast, report: DemoReport, now: datetime) -> Event:
    event = find_event(plan, cast.organizer_of(plan))
    if event is None:
        event = make_event(plan, cast.organizer_of(plan), now)
        report.events += 1
    return event


def _orders_left(event: Event, plan: EventPlan, cast: _Cast, now: datetime) -> list[PlannedOrder]:
    """Return the orders of the plan that are not there yet: the same dice plans the same ones in every load."""
    buyers = [*_guests(plan.place.city), *(_person(user) for user in cast.buyers)]
    planned = plan_orders(plan, event, buyers, _person(cast.attendee), now, _dice(plan, "sales"))
    there = sa.select(sa.func.count()).select_from(Order).where(Order.event_id == event.id)
    return planned[db.session.scalar(there) or 0 :]


def _tidy_up(event: Event, plan: EventPlan, cast: _Cast, now: datetime) -> None:
    """Bring the event to its end and its jobs too, also where the load was interrupted before."""
    if plan.cancelled_because and event.status is EventStatus.PUBLISHED:
        _cancel(event, plan, now)
    write_papers(event, now)
    end_sales_jobs(event, cast.attendee, now)


def _cancel(event: Event, plan: EventPlan, now: datetime) -> None:
    cancel_event(actor=SYSTEM, event=event, reason=plan.cancelled_because, now=now - timedelta(hours=3))
    unwind_event(event.id)
    for refund_id in _refunds_of(event):
        send_refund(refund_id)


def _refunds_of(event: Event) -> list[int]:
    refunds = sa.select(Refund.id).join(Refund.order).where(Order.event_id == event.id).order_by(Refund.id)
    return list(db.session.scalars(refunds))


def _scan(plan: EventPlan, organizer: User, now: datetime) -> int:
    event = find_event(plan, organizer)
    if event is None or plan.gate is None:
        return 0
    return work_gates(event, plan.gate, actor_of(organizer), now, _dice(plan, "gate"))


def _guests(city: str) -> list[Person]:
    return [
        Person(name, f"{slug_of(name, otherwise='guest').replace('-', '.')}@mail.example")
        for name in people.guests_of(city)
    ]


def _person(user: User) -> Person:
    return Person(user.full_name, user.email, actor_of(user))


def _dice(plan: EventPlan, purpose: str) -> Random:
    """Return a dice that falls the same way for this event in every load."""
    return Random(f"{plan.title}: {purpose}")  # noqa: S311 (a demo, not a secret)
