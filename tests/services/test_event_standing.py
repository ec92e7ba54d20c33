"""What administrators do with an event of somebody else: featured, hidden, taken down, shown again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, NotFound
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Change, Event, EventStatus, PaymentState, ScanOutcome, Ticket
from easyticket.queries.categories import count_category
from easyticket.queries.event_filters import EventFilters
from easyticket.queries.event_lists import list_events_by
from easyticket.queries.events import get_event, list_cities, list_events
from easyticket.queries.home import get_home
from easyticket.queries.on_sale import is_type_on_sale
from easyticket.queries.ticket_types import TypeFilters, list_type_stocks
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.sales import NotOnSale, why_event_not_on_sale
from easyticket.services.event_standing import feature_event, hide_event, restore_event, take_down_event
from easyticket.services.gate import admit_ticket
from easyticket.services.payments import settle_payment
from tests import factories
from tests.factories import actor_of
from tests.services.test_orders import place
from tests.services.test_payments import approved

Mailbox = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("db_session")


def staff() -> Actor:
    return actor_of(factories.make_staff())


def taken_down(event: Event, reason: str = "It is not yours to sell.") -> Event:
    return take_down_event(actor=staff(), event=event, reason=reason, now=clock.now())


def listed(actor: Actor, now: datetime) -> list[str]:
    by_page = [card.event.title for card in list_events(actor, EventFilters(), now=now).items]
    by_api = [event.title for event in list_events_by(actor, EventFilters(), now=now).items]
    assert sorted(by_page) == sorted(by_api)
    return by_page


def written() -> list[tuple[str, int | None]]:
    return [(row.action, row.event_id) for row in db.session.scalars(sa.select(Change).order_by(Change.id))]


class TestHidden:
    def test_no_list_shows_it_and_whoever_has_the_address_buys(self) -> None:
        now = clock.now()
        category = factories.make_category("Music")
        event = factories.make_simple_event(title="Quiet", category=category, is_featured=True)
        hide_event(actor=staff(), event=event, is_hidden=True, now=now)
        for actor in (ANONYMOUS, staff(), actor_of(event.organizer)):
            assert listed(actor, now) == []
        home = get_home(now)
        assert (home.featured, home.soon, home.by_city, list_cities(now)) == ([], [], [], [])
        assert count_category(category, now).current == 0
        assert get_event(ANONYMOUS, event.slug).id == event.id
        assert place(event, 1).total_minor > 0

    def test_its_organizers_own_list_has_it(self) -> None:
        now = clock.now()
        event = factories.make_simple_event(title="Quiet")
        hide_event(actor=staff(), event=event, is_hidden=True, now=now)
        own = EventFilters(organizer_id=event.organizer_id)
        assert [e.title for e in list_events_by(actor_of(event.organizer), own, now=now).items] == ["Quiet"]
        assert list_events_by(ANONYMOUS, own, now=now).items == ()

    def test_it_comes_back_and_both_are_noted_once(self) -> None:
        now = clock.now()
        event, actor = factories.make_simple_event(title="Loud"), staff()
        for is_hidden in (True, True, False, False):
            hide_event(actor=actor, event=event, is_hidden=is_hidden, now=now)
        assert listed(ANONYMOUS, now) == ["Loud"]
        assert written() == [("event_hidden", event.id)] * 2


class TestTakenDown:
    def test_only_its_organizer_and_staff_see_it(self) -> None:
        event = taken_down(factories.make_simple_event())
        for actor in (ANONYMOUS, actor_of(factories.make_organizer())):
            with pytest.raises(NotFound) as refused:
                get_event(actor, event.slug)
            assert refused.value.code == "event_taken_down"
            assert list_type_stocks(actor, TypeFilters(), now=clock.now()).count == 0
        for actor in (staff(), actor_of(event.organizer)):
            assert get_event(actor, event.slug).id == event.id
        assert listed(staff(), clock.now()) == []

    def test_nothing_of_it_is_sold(self) -> None:
        now, event = clock.now(), taken_down(factories.make_simple_event())
        assert why_event_not_on_sale(event, now) is NotOnSale.TAKEN_DOWN
        assert (
            db.session.scalar(
                sa.select(sa.func.count(Event.id)).join(Event.ticket_types).where(is_type_on_sale(now))
            )
            == 0
        )
        with pytest.raises(Invalid, match="taken down"):
            place(event, 1)

    def test_money_that_was_under_way_goes_back(self) -> None:
        order, payment = approved(factories.make_simple_event())
        taken_down(order.event)
        settled = settle_payment(payment.reference)
        db.session.expire_all()
        assert settled is not None
        assert order.tickets == []
        assert [refund.source for refund in order.refunds] == ["late_payment"]
        assert payment.state is PaymentState.SURPLUS

    def test_tickets_that_were_sold_are_let_in(self) -> None:
        start_at = clock.now() - timedelta(minutes=5)
        order, payment = approved(factories.make_simple_event(start_at=start_at), 1)
        settle_payment(payment.reference)
        taken_down(order.event)
        [ticket] = db.session.scalars(sa.select(Ticket)).all()
        scanned = admit_ticket(
            actor=actor_of(order.event.organizer),
            event=order.event,
            code=ticket.code,
            gate="Main",
            scan_key=uuid4(),
            now=clock.now(),
        )
        assert scanned.outcome is ScanOutcome.ADMITTED

    def test_its_organizer_is_told_by_mail_and_told_when_it_is_back(self, mailbox: Mailbox) -> None:
        event = taken_down(factories.make_simple_event(title="Night of Drums"))
        event_id = event.id
        drain_outbox()
        event = db.session.get_one(Event, event_id)
        restore_event(actor=staff(), event=event, now=clock.now())
        drain_outbox()
        assert [mail["Subject"] for mail in mailbox()] == [
            "We took down Night of Drums",
            "Night of Drums is shown again",
        ]
        assert get_event(ANONYMOUS, event_id).takedown_reason == ""
        assert written() == [("event_taken_down", event_id), ("event_restored", event_id)]

    def test_it_needs_a_reason_and_something_to_take_down(self) -> None:
        event = factories.make_simple_event()
        with pytest.raises(Invalid) as refused:
            taken_down(event, reason="  ")
        assert list(refused.value.fields) == ["reason"]
        taken_down(event)
        with pytest.raises(Invalid, match="already"):
            taken_down(event)
        with pytest.raises(Invalid, match="draft"):
            taken_down(factories.make_simple_event(status=EventStatus.DRAFT))


def test_only_administrators_decide() -> None:
    event, now = factories.make_simple_event(), clock.now()
    for actor in (actor_of(event.organizer), actor_of(factories.make_user())):
        with pytest.raises(Forbidden):
            feature_event(actor=actor, event=event, is_featured=True, now=now)
        with pytest.raises(Forbidden):
            hide_event(actor=actor, event=event, is_hidden=True, now=now)
        with pytest.raises(Forbidden):
            take_down_event(actor=actor, event=event, reason="No", now=now)
    assert written() == []


def test_featured_events_stand_on_the_first_page() -> None:
    event, now = factories.make_simple_event(title="Loud"), clock.now()
    feature_event(actor=staff(), event=event, is_featured=True, now=now)
    assert [card.event.title for card in get_home(now).featured] == ["Loud"]
    assert written() == [("event_featured", event.id)]
