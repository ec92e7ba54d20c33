"""The rooms of the administrators' desk: people, events, orders, categories, webhooks and health, through their pages."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import NoticeTopic
from easyticket.models import Category, Change, Event, EventStatus, User
from easyticket.queue import JobName
from easyticket.services.heartbeats import note_heartbeat
from easyticket.services.provider_events import record_provider_event
from tests import factories
from tests.mailed import queued
from tests.services.test_door_sales import sell
from tests.services.test_orders import place
from tests.services.test_payments import start
from tests.statements import counted_statements
from tests.web.test_organizer_pages import sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")
LISTS = (
    "/admin/people/",
    "/admin/organizers/",
    "/admin/events/",
    "/admin/categories/",
    "/admin/orders/",
    "/admin/webhooks/",
)
PAGES = (*LISTS, "/admin/categories/new/", "/admin/health/")


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """A browser with an administrator signed in."""
    sign_in(client, factories.make_staff())
    return client


def a_bit_of_everything() -> None:
    event = factories.make_simple_event(category=factories.make_category())
    payment = start(place(event))
    record_provider_event(
        provider="stripe",
        event_key=uuid4().hex,
        kind="charge.succeeded",
        topic=NoticeTopic.CHARGE,
        reference=payment.reference,
        body='{"secret": "of the body"}',
        now=clock.now(),
    )


@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_come_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302
    sign_in(client, factories.make_organizer())
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_empty_and_in_their_room(admin: FlaskClient, path: str) -> None:
    page = admin.get(path)
    assert page.status_code == 200
    assert len(re.findall(r'aria-current="page"', page.text)) >= 2
    assert '<meta name="robots" content="noindex">' in page.text


def test_no_list_asks_once_per_row_and_none_shows_what_a_webhook_says(admin: FlaskClient) -> None:
    counts = []
    a_bit_of_everything()
    for _ in range(2):
        a_bit_of_everything()
        per_list = {}
        for path in LISTS:
            with counted_statements() as seen:
                page = admin.get(path)
            assert page.status_code == 200
            assert "of the body" not in page.text
            per_list[path] = len(seen)
        counts.append(per_list)
    assert counts[0] == counts[1]


class TestPeople:
    def test_an_account_is_found_and_shown_with_what_can_be_done(self, admin: FlaskClient) -> None:
        user = factories.make_organizer(first_name="Efua", last_name="Mensah", is_verified=False)
        factories.make_simple_event(organizer=user, title="Night of Drums")
        assert "Efua Mensah" in words(admin.get("/admin/people/?q=mensah"))
        assert "Nobody found" in words(admin.get("/admin/people/?q=nobody"))
        page = words(admin.get(f"/admin/people/{user.uuid}/"))
        for said in (
            "Efua Mensah",
            "Night of Drums",
            "Address is proved",
            "Act in their place",
            "Close the account",
        ):
            assert said in page
        assert "Not now: There are events of this account that are not over." in page
        assert admin.get(f"/admin/people/{uuid4()}/").status_code == 404

    def test_the_last_five_changes_are_told_with_the_way_to_all_and_to_the_orders(
        self, admin: FlaskClient
    ) -> None:
        user = factories.make_user(first_name="Efua", last_name="Mensah", email="efua@example.org")
        path = f"/admin/people/{user.uuid}/"
        assert "What was changed last" not in words(admin.get(path))
        for step in ("close", "reopen") * 3:
            admin.post(f"{path}{step}/")
        answer = admin.get(path)
        assert words(answer).count("Changed the account of Efua Mensah") == 5
        for address in ("/admin/changes/?q=efua@example.org", "/admin/orders/?q=efua@example.org"):
            assert f'href="{address}"' in answer.text

    @pytest.mark.parametrize(
        ("step", "field", "value"),
        [
            ("close", "is_active", False),
            ("make_organizer", "is_organizer", True),
            ("make_staff", "is_staff", True),
        ],
    )
    def test_a_step_is_taken(self, admin: FlaskClient, step: str, field: str, value: bool) -> None:
        user = factories.make_user()
        assert admin.post(f"/admin/people/{user.uuid}/{step}/").status_code == 303
        db.session.expire_all()
        assert getattr(db.session.get_one(User, user.id), field) is value

    def test_what_stands_against_a_step_is_said(self, admin: FlaskClient) -> None:
        user = factories.make_simple_event().organizer
        page = admin.post(f"/admin/people/{user.uuid}/make_buyer/", follow_redirects=True)
        assert "There are events of this account that are not over." in words(page)


class TestEvents:
    def test_one_is_featured_hidden_taken_down_and_shown_again(
        self, admin: FlaskClient, client: FlaskClient
    ) -> None:
        event = factories.make_simple_event(title="Night of Drums")
        path, event_id = f"/admin/events/{event.slug}/", event.id
        assert "Night of Drums" in words(admin.get("/admin/events/?q=drums&kind=on_sale"))

        def now_is() -> Event:
            db.session.expire_all()
            return db.session.get_one(Event, event_id)

        admin.post(path + "feature/", data={"on": "1"})
        admin.post(path + "hide/", data={"on": "1"})
        assert (now_is().is_featured, now_is().hidden_at is not None) == (True, True)
        assert "Say why" in words(admin.post(path + "take-down/", data={"reason": ""}))
        admin.post(path + "take-down/", data={"reason": "It is not theirs to sell."})
        assert "It is not theirs to sell." in words(admin.get(path))
        assert len(queued(JobName.MAIL_EVENT_TAKEN_DOWN)) == 1
        admin.post(path + "restore/")
        admin.post(path + "feature/")
        admin.post(path + "hide/")
        assert (now_is().is_featured, now_is().hidden_at, now_is().taken_down_at) == (False, None, None)

    def test_a_stranger_reads_that_it_was_taken_down(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(taken_down_at=clock.now(), takedown_reason="Secret")
        for path in ("", "calendar.ics"):
            answer = client.get(f"/events/{event.slug}/{path}")
            assert answer.status_code == 404
            assert "We took this event down" in words(answer)
            assert "Secret" not in answer.text

    def test_a_draft_has_nothing_to_take_down(self, admin: FlaskClient) -> None:
        draft = factories.make_simple_event(status=EventStatus.DRAFT)
        assert "Take it down" not in words(admin.get(f"/admin/events/{draft.slug}/"))


def test_an_order_is_found_by_whatever_its_buyer_can_say(admin: FlaskClient) -> None:
    order = place(factories.make_simple_event(title="Night of Drums"))
    payment = start(order)
    place(factories.make_simple_event(title="Another Evening"))
    for said in (order.number, order.number.lower(), payment.reference):
        page = words(admin.get(f"/admin/orders/?q={said}"))
        assert "Night of Drums" in page
        assert "Another Evening" not in page
    assert "No order found" in words(admin.get("/admin/orders/?q=ET-NOTHING"))


def test_a_sale_for_cash_at_the_door_is_told_with_its_amount(admin: FlaskClient) -> None:
    event = factories.make_simple_event(currency="USD", price_minor=1_500)
    sell(event)
    page = words(admin.get("/admin/orders/"))
    assert "$30.00" in page and "Paid in cash" in page and "Free" not in page


def test_categories_are_made_changed_and_deleted(admin: FlaskClient) -> None:
    def names() -> list[tuple[str, bool]]:
        return [
            (row.name, row.is_active)
            for row in db.session.scalars(sa.select(Category).order_by(Category.name))
        ]

    admin.post("/admin/categories/new/", data={"name": "Theatre", "is_active": "1"})
    again = admin.post("/admin/categories/new/", data={"name": "Theatre", "is_active": "1"})
    assert (again.status_code, names()) == (400, [("Theatre", True)])
    assert "already exists" in words(again)
    admin.post("/admin/categories/theatre/", data={"name": "Stage", "slug": "theatre"})
    assert names() == [("Stage", False)]
    assert "Switched off" in words(admin.get("/admin/categories/"))
    admin.post("/admin/categories/theatre/delete/")
    assert names() == []


class TestSystem:
    def test_a_webhook_is_handled_once_more(self, admin: FlaskClient) -> None:
        a_bit_of_everything()
        page = admin.get("/admin/webhooks/?kind=unhandled")
        [path] = re.findall(r'action="(/admin/webhooks/\d+/again/\?kind=unhandled)"', page.text)
        assert admin.post(path).location == "/admin/webhooks/?kind=unhandled"
        assert [job.payload.get("again") for job in queued(JobName.HANDLE_PROVIDER_EVENT)] == [None, True]
        change = db.session.scalars(sa.select(Change).where(Change.action == "webhook_replayed")).one()
        assert "charge.succeeded" in change.subject
        assert admin.post("/admin/webhooks/999999/again/").status_code == 404

    def test_health_says_whether_a_worker_runs_and_what_waits(self, admin: FlaskClient) -> None:
        page = words(admin.get("/admin/health/"))
        assert "1 part needs you" in page
        assert "Never seen" in page
        for _ in range(2):
            note_heartbeat()
        page = words(admin.get("/admin/health/"))
        assert "Everything runs" in page
        assert "0 due now" in page
