"""What changed in an event reaches everybody who holds tickets for it: once, with what was and what is, if that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db, transaction
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Change, ChangeAction, Event, EventStatus, Order, OutboxJob, TicketStatus, User
from easyticket.queries.event_news import EventNews, find_event_news
from easyticket.queue import JobName
from easyticket.services.event_news import leave_holders_untold, spread_event_news, tell_holders
from easyticket.services.events import update_event
from tests import factories
from tests.factories import actor_of
from tests.mailed import queued
from tests.services.test_delivery import make_paid_order, text_of
from tests.services.test_ticket_transfers import send
from tests.statements import counted_statements
from tests.web.test_organizer_pages import sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(title="Night of Drums", quantity=1_000)


def sold(event: Event, email: str, quantity: int = 1) -> Order:
    """Tickets somebody bought a while ago."""
    order = make_paid_order(quantity, event, buyer_email=email)
    with transaction():
        for ticket in order.tickets:
            ticket.created_at = clock.now() - timedelta(days=1)
    return order


def change(event: Event, now: datetime | None = None, **changes: Any) -> None:
    update_event(actor=actor_of(event.organizer), event=event, changes=changes, now=now or clock.now())


def news_of(event: Event) -> EventNews:
    found = find_event_news(event, clock.now())
    assert found is not None
    return found


def tell(event: Event) -> int:
    seen, owner = news_of(event).last_change_id, actor_of(event.organizer)
    return tell_holders(actor=owner, event=event, last_change_id=seen, now=clock.now())


def test_what_was_and_what_is_reaches_every_address_once(
    event: Event, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    sold(event, "ama@example.org")
    sold(event, "Ama@example.org", 2)
    first, _ = sold(event, "kofi@example.org", 2).tickets
    send(first, to_email="efua@example.org")
    with transaction():
        first.sent_on_at = clock.now() - timedelta(hours=1)
    with transaction():
        sold(event, "gone@example.org").tickets[0].status = TicketStatus.CANCELLED
    assert find_event_news(event, clock.now()) is None
    change(event, venue_name="Sports Hall", description="Louder.")
    change(event, venue_name="Old Hall")
    event_id = event.id
    assert [(line.label, line.was, line.now_is) for line in news_of(event).lines] == [
        ("Where", "National Theatre, Liberia Road, Accra, Ghana", "Old Hall, Liberia Road, Accra, Ghana")
    ]
    assert tell(event) == 3
    while drain_outbox():
        pass
    mails = {mail["To"]: mail for mail in mailbox() if mail["Subject"] == "Changed: Night of Drums"}
    assert sorted(address.lower() for address in mails) == [
        "ama@example.org",
        "efua@example.org",
        "kofi@example.org",
    ]
    text = text_of(mails["kofi@example.org"])
    assert "Was: National Theatre" in text and "Now: Old Hall" in text and "/orders/" in text
    assert "/tickets/" in text_of(mails["efua@example.org"])
    [told] = db.session.scalars(sa.select(Change).where(Change.action == "event_news_mailed"))
    assert (told.event_id, told.after) == (event_id, {"holders": 3})


def test_it_is_decided_once_and_about_what_was_seen(event: Event) -> None:
    sold(event, "ama@example.org")
    change(event, start_at=event.start_at + timedelta(hours=1))
    seen, owner = news_of(event).last_change_id, actor_of(event.organizer)
    change(event, online_link="https://stream.example.org/")
    with pytest.raises(Conflict):
        tell_holders(actor=owner, event=event, last_change_id=seen, now=clock.now())
    leave_holders_untold(
        actor=owner, event=event, last_change_id=news_of(event).last_change_id, now=clock.now()
    )
    assert find_event_news(event, clock.now()) is None
    assert queued(JobName.TELL_HOLDERS) == []
    change(event, venue_city="Tema")
    assert [line.label for line in news_of(event).lines] == ["Where"]
    with pytest.raises(Forbidden):
        stranger = actor_of(factories.make_organizer())
        tell_holders(actor=stranger, event=event, last_change_id=seen, now=clock.now())


def test_nothing_is_told_of_what_was_changed_back_or_before_the_sale_or_to_nobody(event: Event) -> None:
    change(event, venue_name="Sports Hall")
    assert find_event_news(event, clock.now()) is None
    make_paid_order(1, event)
    assert find_event_news(event, clock.now()) is None
    change(event, venue_name="Old Hall")
    change(event, venue_name="Sports Hall")
    change(event, title="Day of Drums", description="Quieter.")
    assert find_event_news(event, clock.now()) is None
    change(event, venue_name="National Theatre")
    assert [line.was for line in news_of(event).lines] == ["Sports Hall, Liberia Road, Accra, Ghana"]
    with transaction():
        event.status = EventStatus.CANCELLED
    assert find_event_news(event, clock.now()) is None


def test_a_run_that_was_killed_goes_on_and_mails_nobody_twice(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("easyticket.services.event_news._BATCH", 2)
    for number in range(5):
        sold(event, f"buyer{number}@example.org")
    change(event, venue_name="Old Hall")
    tell(event)
    [job] = queued(JobName.TELL_HOLDERS)
    assert [spread_event_news(**job.payload), spread_event_news(**job.payload)] == [5, 0]
    keys = db.session.scalars(sa.select(OutboxJob.key).where(OutboxJob.name == "mail_event_changed")).all()
    assert len(set(keys)) == 5


def test_whether_there_is_news_takes_as_many_statements_for_many_holders_as_for_one(event: Event) -> None:
    sold(event, "ama@example.org")
    change(event, venue_name="Old Hall")
    assert event.title
    with counted_statements() as for_one:
        news_of(event)
    for number in range(4):
        send(sold(event, f"buyer{number}@example.org", 2).tickets[0], to_email=f"friend{number}@example.org")
        change(event, venue_name=f"Hall {number}")
    assert event.title
    with counted_statements() as for_many:
        news_of(event)
    assert len(for_many) == len(for_one) == 3


class TestOnTheDesk:
    @pytest.fixture
    def owner(self, event: Event, client: FlaskClient) -> User:
        sold(event, "ama@example.org")
        return sign_in(client, event.organizer)

    def test_saving_another_place_asks_whether_to_tell(
        self, event: Event, owner: User, client: FlaskClient
    ) -> None:
        address = f"/organizer/events/{event.slug}/"
        form = client.get(f"{address}edit/").text
        assert "we ask whether to mail them" in form
        data = self.form_of(event, venue_name="Old Hall")
        answer = client.post(f"{address}edit/", data=data)
        assert answer.location == f"{address}news/"
        page = client.get(answer.location)
        assert "Mail one ticket holder" in words(page)
        assert "Decide whether to tell them" in words(client.get(address))
        seen = {"last_change_id": news_of(event).last_change_id}
        told = client.post(f"{address}news/", data={**seen, "choice": "mail"}, follow_redirects=True)
        assert "The mails to one ticket holder are on their way." in words(told)
        assert "Decide whether to tell them" not in words(told)
        again = client.post(f"{address}news/", data={**seen, "choice": "mail"})
        assert (again.status_code, "decided already" in words(again)) == (400, True)
        assert "There is nothing to tell" in words(client.get(f"{address}news/"))
        assert "Had ticket holders mailed what changed" in words(client.get(f"{address}history/"))

    def test_saving_anything_else_does_not(self, event: Event, owner: User, client: FlaskClient) -> None:
        address = f"/organizer/events/{event.slug}/"
        data = self.form_of(event, title="Day of Drums")
        assert client.post(f"{address}edit/", data=data).location == address
        change(event, venue_name="Old Hall")
        seen = {"last_change_id": news_of(event).last_change_id, "choice": "leave"}
        page = client.post(f"{address}news/", data=seen, follow_redirects=True)
        assert "Nobody is mailed about this change." in words(page)
        assert queued(JobName.TELL_HOLDERS) == []
        written = db.session.scalars(sa.select(Change.action).order_by(Change.id.desc())).first()
        assert written == ChangeAction.EVENT_NEWS_KEPT

    def form_of(self, event: Event, **changes: Any) -> dict[str, Any]:
        return {
            "title": event.title,
            "category_id": factories.make_category().id,
            "description": event.description,
            "venue_name": event.venue_name,
            "venue_address": event.venue_address,
            "venue_city": event.venue_city,
            "venue_country": event.venue_country,
            "start_at": f"{event.start_at:%Y-%m-%dT%H:%M}",
            "end_at": f"{event.end_at:%Y-%m-%dT%H:%M}",
            "time_zone": "Africa/Accra",
            "fee_bearer": event.fee_bearer.value,
            "check_in_policy": event.check_in_policy.value,
            "buyer_refund_days": "0",
            **changes,
        }
