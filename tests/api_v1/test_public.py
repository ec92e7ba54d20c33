"""What anybody may do at the Cafa Tickets API: see the site's numbers, write to its people, want the newsletter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.jobs.entry import drain_outbox
from easyticket.models import ContactMessage, EventStatus, NewsletterSubscription, TicketStatus
from easyticket.queries.site_stats import get_site_stats
from tests import factories
from tests.api_v1.conftest import Caller
from tests.fixtures.database import application_on
from tests.servers.databases import Databases
from tests.services.test_delivery import make_paid_order, text_of
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

MESSAGE = {
    "name": "Ama Boateng",
    "email": "Ama@Example.org",
    "subject": "A question\r\nBcc: everybody@example.org",
    "message": "Can twenty of us\nsit together?",
    "phone": "+233 24 123 4567",
}


@pytest.fixture
def _in_march() -> Iterator[None]:
    with time_machine.travel(datetime(2027, 3, 10, 12, 0, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("_in_march")
def test_anybody_reads_how_much_goes_on(call: Callable[..., Caller]) -> None:
    now, ama = clock.now(), factories.make_organizer()
    music = factories.make_category(name="Music")
    drums = factories.make_simple_event(title="Night of Drums", organizer=ama, category=music)
    used, *_ = make_paid_order(3, drums).tickets
    with transaction():
        used.status = TicketStatus.USED
    factories.make_simple_event(organizer=ama, start_at=now - timedelta(hours=1))
    old = factories.make_simple_event(
        start_at=now - timedelta(days=50), published_at=now - timedelta(days=60)
    )
    make_paid_order(5, old)
    make_paid_order(1, factories.make_simple_event(currency="USD", start_at=now + timedelta(days=40)))
    factories.make_simple_event(status=EventStatus.DRAFT, published_at=None)
    factories.make_simple_event(status=EventStatus.CANCELLED)
    taken_down = factories.make_simple_event(start_at=now - timedelta(hours=1))
    used, *_ = make_paid_order(2, taken_down).tickets
    with transaction():
        used.status, taken_down.taken_down_at = TicketStatus.USED, now
    answer = call().get("/api/v1/public/stats/")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    body = answer.json
    assert body["success"] is True
    data = body["data"]
    assert data["overview"] == {
        "total_upcoming_events": 2,
        "total_tickets_sold": 9,
        "total_organizers": 3,
        "total_attendees_checked_in": 1,
        "total_events_published": 4,
        "active_events_now": 1,
    }
    assert data["revenue"] == {"total_revenue": "400.00", "currency": "GHS"}
    assert data["highlights"] == {
        "most_popular_event": {
            "id": drums.id,
            "slug": drums.slug,
            "title": "Night of Drums",
            "tickets_sold": 3,
            "category": "Music",
        },
        "events_this_month": 2,
        "new_organizers_this_month": 2,
    }
    assert data["last_updated"] == "2027-03-10T12:00:00Z"


def test_an_empty_site_has_zeros_and_no_most_popular_event(call: Callable[..., Caller]) -> None:
    data = call().get("/api/v1/public/stats/").json["data"]
    assert set(data["overview"].values()) == {0}
    assert data["highlights"]["most_popular_event"] is None
    with counted_statements() as seen:
        get_site_stats(clock.now())
    assert len(seen) == 5


def test_a_message_is_kept_and_mailed_to_the_sites_people_who_answer_to_its_writer(
    app: Flask,
    settings: Settings,
    call: Callable[..., Caller],
    mailbox: Callable[[], list[EmailMessage]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, contact_email="desk@example.org"))
    user = factories.make_user()
    answer = call(user).post("/api/v1/contact/", MESSAGE)
    assert (answer.status_code, answer.json["success"]) == (201, True)
    kept = db.session.scalars(sa.select(ContactMessage)).one()
    assert (kept.email, kept.phone, kept.user_id) == ("ama@example.org", "+233241234567", user.id)
    reference = f"MSG-{kept.id:06}"
    assert answer.json["data"]["reference"] == reference
    assert set(answer.json["data"]) == {"id", "reference", "created_at"}
    drain_outbox()
    [mail] = mailbox()
    assert (mail["To"], mail["Reply-To"], mail["Bcc"]) == ("desk@example.org", "ama@example.org", None)
    assert mail["Subject"] == f"{reference}: A question Bcc: everybody@example.org"
    assert "Can twenty of us sit together?" in text_of(mail)
    assert "Phone: +233241234567" in text_of(mail)


def test_without_a_setting_messages_go_to_the_address_mails_come_from(
    call: Callable[..., Caller], mailbox: Callable[[], list[EmailMessage]]
) -> None:
    without_phone = {name: value for name, value in MESSAGE.items() if name != "phone"}
    assert call().post("/api/v1/contact/", without_phone).status_code == 201
    drain_outbox()
    [mail] = mailbox()
    assert mail["To"] == "tickets@easyticket.example"
    assert "Phone" not in text_of(mail)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("email", "nobody"), ("subject", ""), ("message", "x" * 5001), ("phone", "call me")],
)
def test_a_message_that_cannot_be_answered_is_refused_under_the_clients_name_of_the_field(
    call: Callable[..., Caller], field: str, value: str
) -> None:
    answer = call().post("/api/v1/contact/", {**MESSAGE, field: value})
    assert (answer.status_code, list(answer.json["details"])) == (400, [field])
    assert answer.json["message"] == "The data provided is invalid"
    assert db.session.scalar(sa.select(sa.func.count(ContactMessage.id))) == 0


def test_an_address_subscribes_to_the_newsletter_once(call: Callable[..., Caller]) -> None:
    post = call().post
    answer = post("/api/v1/newsletter/subscribe/", {"email": "Ama@Example.org"})
    assert (answer.status_code, answer.json["success"]) == (201, True)
    assert answer.json["data"]["email"] == "ama@example.org"
    again = post("/api/v1/newsletter/subscribe/", {"email": "ama@example.org"})
    assert again.status_code == 400
    assert again.json["details"] == {"email": ["This email is already subscribed to the newsletter."]}
    assert post("/api/v1/newsletter/subscribe/", {"email": "nobody"}).status_code == 400
    assert db.session.scalar(sa.select(sa.func.count(NewsletterSubscription.id))) == 1


def test_messages_and_addresses_are_counted_by_writer_and_by_where_they_come_from(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path, RATELIMIT_ENABLED="true") as app:
        client = app.test_client()

        def write(email: str) -> int:
            return client.post("/api/v1/contact/", json={**MESSAGE, "email": email}).status_code

        assert [write("ama@example.org") for _ in range(6)] == [201] * 5 + [429]
        assert write("kofi@example.org") == 201
        told = client.post("/api/v1/newsletter/subscribe/", json={"email": "ama@example.org"}).headers
        assert (told["X-RateLimit-Limit"], told["X-RateLimit-Remaining"]) == ("300", "292")
