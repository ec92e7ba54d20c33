"""The history through its pages: of an event, of an order from its placing on, and of the whole site."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import RefundOutcome, RefundSnapshot
from easyticket.jobs.entry import drain_outbox
from easyticket.models import ChangeAction, Event, Order
from easyticket.services.change_log import record_change
from easyticket.services.event_steps import publish_event
from easyticket.services.events import update_event
from easyticket.services.gate import admit_ticket
from easyticket.services.refund_requests import refund_order
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.ticket_types import update_ticket_type
from tests import factories
from tests.statements import counted_statements
from tests.web.buying import buy, order_of
from tests.web.test_organizer_pages import sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    organizer = factories.make_organizer(first_name="Ama", last_name="Mensah")
    return factories.make_simple_event(title="Night of Drums", organizer=organizer, total_capacity=300)


@pytest.fixture
def desk(client: FlaskClient, event: Event) -> FlaskClient:
    """The browser of the event's organizer."""
    sign_in(client, event.organizer)
    return client


def history_of(event: Event) -> str:
    return f"/organizer/events/{event.slug}/history/"


def change(event: Event, **changes: object) -> None:
    update_event(actor=factories.actor_of(event.organizer), event=event, changes=changes, now=clock.now())


class TestOfAnEvent:
    def test_it_tells_who_did_what_and_what_it_was_before(self, desk: FlaskClient, event: Event) -> None:
        change(event, title="Day of Drums", total_capacity=250)
        page = words(desk.get(history_of(event)))
        assert "Changed the event" in page
        assert "Room for people was 300 is 250" in page
        assert "was Night of Drums is Day of Drums" in page
        assert "Ama Mensah ·" in page

    def test_amounts_are_money_and_moments_those_of_the_events_clocks(
        self, desk: FlaskClient, event: Event
    ) -> None:
        actor, [ticket_type] = factories.actor_of(event.organizer), event.ticket_types
        change(event, time_zone="Africa/Lagos", start_at=event.start_at - timedelta(hours=1))
        update_ticket_type(
            actor=actor, ticket_type=ticket_type, changes={"price_minor": 7_500}, now=clock.now()
        )
        page = words(desk.get(history_of(event)))
        assert "Price was GH₵ 50.00 is GH₵ 75.00" in page.replace("\xa0", " ")
        assert "18:00 WAT" in page

    def test_an_administrator_has_no_name_there(self, desk: FlaskClient, event: Event) -> None:
        staff = factories.make_staff(first_name="Yaa", last_name="Boateng")
        record_change(factories.actor_of(staff), ChangeAction.EVENT_HIDDEN, event=event, now=clock.now())
        page = words(desk.get(history_of(event)))
        assert "An administrator ·" in page
        assert "Boateng" not in page

    def test_it_is_searched_and_narrowed(self, desk: FlaskClient, event: Event) -> None:
        change(event, title="Day of Drums")
        assert "1 change" in words(desk.get(f"{history_of(event)}?kind=event&q=mensah"))
        assert "No change fits" in words(desk.get(f"{history_of(event)}?kind=orders"))
        wrong = words(desk.get(f"{history_of(event)}?from=tomorrow&kind=nonsense&page=x"))
        assert "“tomorrow” is no day" in wrong
        assert "1 change" in wrong

    def test_what_people_wrote_stays_text(self, desk: FlaskClient, event: Event) -> None:
        change(event, title="<script>alert(1)</script>")
        answer = desk.get(history_of(event))
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text

    def test_nothing_is_said_where_nothing_happened(self, desk: FlaskClient, event: Event) -> None:
        assert "Nothing was changed yet" in words(desk.get(history_of(event)))

    def test_strangers_find_none(self, client: FlaskClient, event: Event) -> None:
        assert client.get(history_of(event)).status_code == 302
        sign_in(client, factories.make_organizer())
        assert client.get(history_of(event)).status_code == 404

    def test_long_histories_ask_no_more_than_short_ones(self, desk: FlaskClient, event: Event) -> None:
        change(event, title="Day of Drums")

        def count() -> int:
            with counted_statements() as seen:
                assert desk.get(history_of(event)).status_code == 200
            return len(seen)

        one = count()
        for number in range(29):
            change(event, title=f"Day {number} of Drums")
        assert count() == one


class TestOfAnOrder:
    @pytest.fixture
    def order(self, app: Flask, desk: FlaskClient, event: Event) -> Order:
        """Two tickets, paid in the sandbox; the mail is sent. The organizer is at the desk already."""
        number = order_of(buy(app.test_client(), event, 2)).number
        drain_outbox()
        return db.session.scalars(sa.select(Order).filter_by(number=number)).one()

    def test_its_whole_life_is_told(self, desk: FlaskClient, order: Order) -> None:
        event, ticket = order.event, order.tickets[0]
        actor, number = factories.actor_of(event.organizer), order.number
        admit_ticket(
            actor=actor, event=event, code=ticket.code, gate="North", scan_key=uuid4(), now=event.start_at
        )
        refund = refund_order(
            actor=actor, order=order, reason="She is ill", override_used=True, now=clock.now()
        )
        done = RefundSnapshot(provider_ref="re_1", outcome=RefundOutcome.SUCCEEDED, message="")
        apply_refund_snapshot(refund.id, done, clock.now())
        drain_outbox()
        page = words(desk.get(f"/organizer/orders/{number}/")).replace("\xa0", " ")
        told = page[page.index("History") :]
        for sentence in (
            "Placed on the site",
            "Payment begun",
            "Paid GH₵ 105.00",
            "2 tickets issued",
            "Tickets mailed",
            "Let in at the gate",
            "Returned money",
            "Reason She is ill",
            "GH₵ 105.00 returned",
            "Ama Mensah ·",
        ):
            assert sentence in told
        assert "to be returned" not in told
        assert (
            told.index("Returned money") < told.index("2 tickets issued") < told.index("Placed on the site")
        )

    def test_many_scans_and_changes_ask_no_more_than_none(self, desk: FlaskClient, order: Order) -> None:
        def count() -> int:
            with counted_statements() as seen:
                assert desk.get(f"/organizer/orders/{number}/").status_code == 200
            return len(seen)

        event, number = order.event, order.number
        actor = factories.actor_of(event.organizer)
        before = count()
        for ticket in order.tickets:
            for _ in range(2):
                scan = {"code": ticket.code, "gate": "", "scan_key": uuid4(), "now": event.start_at}
                admit_ticket(actor=actor, event=event, **scan)
            record_change(actor, ChangeAction.TICKET_CHANGED, ticket=ticket, now=clock.now())
        assert count() <= before + 1


class TestOfTheSite:
    def test_administrators_read_everything_with_names_and_what_it_was_about(
        self, client: FlaskClient, event: Event
    ) -> None:
        draft = factories.make_event(status="draft", title="Quiet Night", organizer=event.organizer)
        publish_event(actor=factories.actor_of(event.organizer), event=draft, now=clock.now())
        sign_in(client, factories.make_staff())
        page = words(client.get("/admin/changes/"))
        assert "Published the event Quiet Night" in page
        assert event.organizer.email in page
        assert "No change fits" in words(client.get("/admin/changes/?kind=site"))

    def test_nobody_else_does(self, client: FlaskClient) -> None:
        sign_in(client, factories.make_organizer())
        assert client.get("/admin/changes/").status_code == 403
