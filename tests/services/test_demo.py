"""The demo: something of every kind, every number true, and nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import (
    Admission,
    CheckInPolicy,
    Event,
    EventStatus,
    Hold,
    HoldLine,
    HoldState,
    LedgerEntry,
    Offer,
    OfferQuota,
    Order,
    OrderStatus,
    OutboxJob,
    Payment,
    PaymentState,
    PricingType,
    Quota,
    QuotaKind,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
    User,
)
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName
from easyticket.services.demo import loading, sales
from easyticket.services.demo.buying import PlannedOrder
from easyticket.services.demo.loading import load_demo
from easyticket.services.demo.people import PASSWORD
from easyticket.services.passwords import is_right_password
from tests.fixtures.database import application_on
from tests.servers.databases import Databases


@pytest.fixture(scope="module")
def demo_app(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application with the whole demo in it, loaded once for this file: the tests only look at it.

    Its buyers have the least time that a site may give; the purchases of the past must not depend on it.
    """
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path_factory.mktemp("demo"), HOLD_MINUTES="1") as app:
        with app.app_context():
            load_demo(clock.now())
        yield app


@pytest.fixture
def demo(demo_app: Flask) -> Iterator[Session]:
    """What is in the demo."""
    with demo_app.app_context():
        yield db.session()


def count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    """Return how many rows of the conditions' table meet them."""
    return session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def test_it_has_events_in_five_cities_and_ten_categories_and_every_kind_of_price(demo: Session) -> None:
    events = demo.scalars(sa.select(Event)).all()
    assert 40 <= len(events) <= 50
    assert {event.venue_city for event in events} == {"Accra", "Kumasi", "Lagos", "New York", "Berlin"}
    assert len({event.category_id for event in events}) == 10
    assert {event.pricing_type for event in events} == set(PricingType)
    assert {event.currency for event in events} == {"GHS", "NGN", "USD", "EUR"}
    assert any(event.is_free for event in events)
    assert any(event.is_featured for event in events)
    assert any(event.check_in_policy is CheckInPolicy.DAILY for event in events)
    assert max(len(event.title) for event in events) == 90


def test_it_has_events_at_every_time_of_their_life(demo: Session) -> None:
    now = clock.now()
    events = demo.scalars(sa.select(Event)).all()
    assert {event.status for event in events} == set(EventStatus)
    public = [event for event in events if event.status is EventStatus.PUBLISHED]
    assert sum(event.end_at < now for event in public) >= 5
    assert sum(event.start_at <= now <= event.end_at for event in public) == 2
    assert sum(event.start_at > now for event in public) >= 25


def test_some_are_sold_out_nearly_sold_out_or_all_held_and_some_sales_begin_later(demo: Session) -> None:
    types = demo.scalars(sa.select(Quota).where(Quota.kind == QuotaKind.TICKET_TYPE)).all()
    assert sum(quota.sold == quota.capacity for quota in types) >= 2
    assert sum(quota.left == 0 and quota.held > 0 for quota in types) == 1
    assert sum(0 < (quota.left or 0) <= 2 < quota.sold for quota in types) >= 3
    assert count(demo, Offer.sales_start_at > clock.now()) >= 1
    assert count(demo, Offer.sales_end_at < clock.now()) >= 1


def test_orders_tickets_and_scans_have_come_to_every_end(demo: Session) -> None:
    assert set(demo.scalars(sa.select(Order.status))) == set(OrderStatus)
    assert {PaymentState.PAID, PaymentState.FAILED, PaymentState.OPEN} <= _states_of_payments(demo)
    assert set(demo.scalars(sa.select(Ticket.status))) == set(TicketStatus)
    assert {
        ScanOutcome.ADMITTED,
        ScanOutcome.ALREADY_IN,
        ScanOutcome.REFUNDED,
        ScanOutcome.UNKNOWN,
        ScanOutcome.WRONG_EVENT,
    } <= set(demo.scalars(sa.select(Scan.outcome)))
    assert count(demo, Order.promo_code != "", Order.discount_minor > 0) >= 1
    assert count(demo, Order.created_at > clock.now()) == 0
    assert count(demo, Admission.admitted_at > clock.now()) == 0


def test_every_counter_is_what_holds_and_tickets_add_up_to(demo: Session) -> None:
    held, sold = _units(demo, HoldState.HELD), _units(demo, HoldState.CONVERTED)
    released = sa.select(OfferQuota.quota_id).join(Ticket, Ticket.offer_id == OfferQuota.offer_id)
    sold.subtract(demo.scalars(released.where(Ticket.released_at.is_not(None))))
    for quota in demo.scalars(sa.select(Quota)):
        assert (quota.held, quota.sold) == (held[quota.id], sold[quota.id]), f"{quota.kind} {quota.owner_id}"


def test_the_ledger_balances_in_every_currency_and_posting_and_no_money_is_in_between(demo: Session) -> None:
    amount = sa.func.sum(LedgerEntry.amount_minor)
    assert len(demo.execute(sa.select(LedgerEntry.currency).group_by(LedgerEntry.currency)).all()) == 4
    for group in (LedgerEntry.currency, LedgerEntry.posting_id):
        assert demo.execute(sa.select(group).group_by(group).having(amount != 0)).all() == []
    clearing = sa.select(LedgerEntry.order_id).where(LedgerEntry.account.in_(["clearing", "refund_due"]))
    assert demo.scalars(clearing.group_by(LedgerEntry.order_id).having(amount != 0)).all() == []
    taken = demo.scalar(sa.select(amount).where(LedgerEntry.account == "provider_cash"))
    kept = sa.select(sa.func.sum(Order.total_minor - Order.refunded_minor))
    assert taken == demo.scalar(kept.where(Order.status.in_(["confirmed", "refunded"])))


def test_orders_were_made_as_time_went_so_that_the_newest_come_first_in_every_list(demo: Session) -> None:
    placed = demo.scalars(sa.select(Order.created_at).order_by(Order.id)).all()
    assert placed == sorted(placed)


def test_the_three_accounts_can_sign_in_and_have_what_they_are_there_for(demo: Session) -> None:
    admin, organizer, attendee = (_account(f"{name}@easyticket.example") for name in _THREE)
    assert admin.is_staff and not organizer.is_staff and not attendee.is_staff
    assert organizer.is_organizer and not attendee.is_organizer
    mine = [event.organizer_id == organizer.id for event in demo.scalars(sa.select(Event))]
    assert sum(mine) > len(mine) / 2
    tickets = demo.scalars(sa.select(Ticket).where(Ticket.owner_id == attendee.id)).all()
    now = clock.now()
    assert any(ticket.event.end_at < now for ticket in tickets)
    assert any(ticket.event.start_at > now and ticket.status is TicketStatus.ACTIVE for ticket in tickets)


def test_mail_waits_for_the_attendee_and_for_nobody_who_is_invented(demo: Session) -> None:
    attendee = _account("attendee@easyticket.example")
    waiting = demo.scalars(sa.select(OutboxJob).where(OutboxJob.done_at.is_(None))).all()
    mails = [job for job in waiting if job.name.startswith("mail_")]
    assert {job.name for job in mails} == {JobName.MAIL_ORDER_CONFIRMED, JobName.MAIL_EVENT_CANCELLED}
    owners = {demo.get_one(Order, job.payload["order_id"]).user_id for job in mails}
    assert owners == {attendee.id}
    # The other look that a cancelled event's orders get, two hours after.
    assert {job.name for job in waiting} - {job.name for job in mails} <= {JobName.UNWIND_EVENT}


def test_loading_it_again_changes_nothing_and_the_command_says_so(demo_app: Flask) -> None:
    before = _row_counts(demo_app)
    result = demo_app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    assert result.output == "The demo is loaded already; nothing was changed.\n"
    assert _row_counts(demo_app) == before


def test_a_load_that_was_interrupted_is_completed_by_the_next_one(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (plan for plan in loading.EVENTS if plan.title in ("Stoop Stories", "First Aid in a Day"))
    monkeypatch.setattr(loading, "EVENTS", (first,))
    with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
        interrupted.setattr(loading, "make_staff", _press_control_c)
        load_demo(clock.now())
    assert not loading.is_demo_complete()
    monkeypatch.setattr(loading, "EVENTS", (first, second))
    assert load_demo(clock.now()).events == 1
    assert loading.is_demo_complete()
    assert load_demo(clock.now()).events == 0


def test_a_load_that_was_interrupted_amid_the_sales_goes_on_where_it_stopped(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = next(plan for plan in loading.EVENTS if plan.title == "Stoop Stories")
    monkeypatch.setattr(loading, "EVENTS", (plan,))
    now, carry_out = clock.now(), sales._carry_out
    with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
        left = iter(range(5))

        def sell_five(event: Event, planned: PlannedOrder, at: datetime) -> None:
            carry_out(event, planned, at) if next(left, None) is not None else _press_control_c()

        interrupted.setattr(sales, "_carry_out", sell_five)
        load_demo(now)
    assert count(db_session, Order.id > 0) == 5
    rest = load_demo(now).orders
    placed = db_session.scalars(sa.select(Order.created_at).order_by(Order.id)).all()
    assert len(placed) == len(set(placed)) == rest + 5 > 5


_THREE = ("admin", "organizer", "attendee")


def _account(email: str) -> User:
    user = find_user_by_email(email)
    assert user is not None
    assert user.is_email_verified
    assert is_right_password(user.password_hash, PASSWORD)
    return user


def _states_of_payments(session: Session) -> set[PaymentState]:
    return set(session.scalars(sa.select(Payment.state)))


def _units(session: Session, state: HoldState) -> Counter[int]:
    lines = sa.select(HoldLine.quota_id, HoldLine.quantity).join(Hold, Hold.id == HoldLine.hold_id)
    units: Counter[int] = Counter()
    for quota_id, quantity in session.execute(lines.where(Hold.state == state)):
        units[quota_id] += quantity
    return units


def _row_counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in db.metadata.sorted_tables
        }


def _press_control_c(*_anything: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("demo")
def test_the_audit_finds_nothing_wrong_with_it() -> None:
    found = audit_database(Scope(clock.now()))
    assert [violation.sentence for finding in found for violation in finding.violations] == []
