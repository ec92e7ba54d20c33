"""The organizer's desk through its pages: one form makes an event that sells, and nobody else's event can be reached."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, EventStatus, FeeBearer, OutboxJob, TicketType, User
from easyticket.services import ledger
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import PASSWORD
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def sign_in(client: FlaskClient, user: User) -> User:
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    return user


def an_organizer(client: FlaskClient, **fields: Any) -> User:
    return sign_in(client, factories.make_organizer(**fields))


def words(answer: TestResponse) -> str:
    """Return what a page says, without tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def filled_in(**changes: Any) -> dict[str, Any]:
    """Return the form of a new event as somebody fills it in: an evening in Berlin, in ten days."""
    day = f"{clock.now() + timedelta(days=10):%Y-%m-%d}"
    return {
        "title": "Night of Drums",
        "category_id": factories.make_category().id,
        "description": "Drums, **all night**.",
        "venue_name": "Alte Halle",
        "venue_city": "Berlin",
        "start_at": f"{day}T20:00",
        "end_at": f"{day}T23:30",
        "time_zone": "Europe/Berlin",
        "fee_bearer": "organizer",
        "currency": "EUR",
        "ticket_name": "Standard",
        "price": "12,50",
        "quantity": "80",
        **changes,
    }


def the_event() -> Event:
    return db.session.scalars(sa.select(Event)).one()


class TestMakingAnEvent:
    def test_one_form_makes_and_publishes_an_event_that_sells(self, client: FlaskClient) -> None:
        organizer = an_organizer(client)
        answer = client.post("/organizer/events/new/", data={**filled_in(), "publish": "1"})
        event = the_event()
        assert answer.location == f"/organizer/events/{event.slug}/"
        assert (event.status, event.organizer_id) == (EventStatus.PUBLISHED, organizer.id)
        assert (event.currency, event.fee_bearer) == ("EUR", FeeBearer.ORGANIZER)
        [ticket_type] = event.ticket_types
        assert (ticket_type.total_quantity, ticket_type.offers[0].price_minor) == (80, 1_250)
        assert "0 of 80 sold" in words(client.get(answer.location))

    def test_times_are_those_of_the_clocks_at_the_venue(self, client: FlaskClient) -> None:
        an_organizer(client)
        client.post(
            "/organizer/events/new/", data=filled_in(start_at="2030-07-01T20:00", end_at="2030-07-02T02:00")
        )
        assert the_event().start_at.isoformat() == "2030-07-01T18:00:00+00:00"
        shown = client.get(f"/organizer/events/{the_event().slug}/edit/").text
        assert 'value="2030-07-01T20:00' in shown

    def test_a_draft_is_seen_by_nobody_else_until_it_is_published(self, client: FlaskClient) -> None:
        an_organizer(client)
        page = client.post("/organizer/events/new/", data=filled_in(), follow_redirects=True)
        assert "Only you see this event" in words(page)
        page = client.post(f"/organizer/events/{the_event().slug}/publish/", follow_redirects=True)
        assert "Published. Everybody can see it now." in words(page)

    def test_an_unverified_address_leaves_a_draft_and_says_what_to_do(self, client: FlaskClient) -> None:
        an_organizer(client, is_verified=False)
        assert "Publish now" not in client.get("/organizer/events/new/").text
        data = {**filled_in(), "publish": "1"}
        page = client.post("/organizer/events/new/", data=data, follow_redirects=True)
        assert "Verify your address to publish it" in words(page)
        assert the_event().status is EventStatus.DRAFT
        assert client.post(f"/organizer/events/{the_event().slug}/publish/").status_code == 403

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("title", "", "Give the event a title."),
            ("category_id", "0", "Choose a category."),
            ("start_at", "", "Say when it begins."),
            ("start_at", "soon", "Enter a date and a time."),
            ("start_at", "2020-01-01T20:00", "This is in the past. Choose a later beginning."),
            ("end_at", "2020-01-01T20:00", "It ends before it begins."),
            ("price", "cheap", "Enter a price such as 50 or 12.50."),
            ("price", "-1", "The amount must not be below zero."),
            ("price", "1.999", "EUR has 2 digits after the point."),
            ("quantity", "0", "Enter a whole number from 1 to 10,000,000."),
            ("time_zone", "Mars/Olympus", "Not a valid choice."),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, client: FlaskClient, field: str, value: str, sentence: str
    ) -> None:
        an_organizer(client)
        answer = client.post("/organizer/events/new/", data=filled_in(**{field: value}))
        assert (answer.status_code, db.session.scalar(sa.select(Event.id))) == (400, None)
        assert sentence in words(answer)
        assert 'value="Alte Halle"' in answer.text

    def test_what_is_wrong_is_listed_in_the_order_of_the_page(self, client: FlaskClient) -> None:
        an_organizer(client)
        wrong = {"age_restriction": "-1", "total_capacity": "0", "online_link": "x" * 501, "tags": "x" * 501}
        page = client.post("/organizer/events/new/", data=wrong).text
        summary = page[page.index('class="error-summary"') :].partition("</ul>")[0]
        listed = re.findall(r'href="#(\w+)"', summary)
        assert listed[:2] == ["title", "category_id"]
        assert {"ticket_name", "price", "quantity", "tags", "online_link", "age_restriction"} <= set(listed)
        places = [page.index(f' id="{name}"') for name in listed]
        assert places == sorted(places)

    def test_a_time_that_clocks_skip_is_refused(self, client: FlaskClient) -> None:
        an_organizer(client)
        skipped = filled_in(start_at="2030-03-31T02:30", end_at="2030-03-31T08:00")
        assert "Clocks are put forward over this time" in words(
            client.post("/organizer/events/new/", data=skipped)
        )

    @pytest.mark.parametrize(
        ("typed", "minor"), [("1,250.50", 125_050), ("0", 0), ("€ 7", 700), ("12,5", 1_250)]
    )
    def test_prices_are_read_as_people_write_them(self, client: FlaskClient, typed: str, minor: int) -> None:
        an_organizer(client)
        client.post("/organizer/events/new/", data=filled_in(price=typed))
        assert the_event().ticket_types[0].offers[0].price_minor == minor


class TestTheDesk:
    def test_no_events_lead_to_the_first_one(self, client: FlaskClient) -> None:
        an_organizer(client)
        assert "Create your first event" in words(client.get("/organizer/"))

    def test_one_sentence_says_what_is_sold_earned_and_held(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client), quantity=300)
        offer = event.ticket_types[0].offers[0]
        order = factories.sell_places(offer, 142)
        issue_tickets(order, clock.now())
        ledger.post_fulfilment(order, clock.now())
        factories.hold_places(offer, 9)
        for address in ("/organizer/", f"/organizer/events/{event.slug}/"):
            assert "142 of 300 sold, GH₵\N{NO-BREAK SPACE}7,100.00 earned, 9 held" in unescape(
                client.get(address).text
            )
        assert "142 sold, 9 held, 149 left" in words(client.get(f"/organizer/events/{event.slug}/"))

    def test_what_is_switched_off_is_not_for_sale(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client), quantity=30)
        factories.make_ticket_type(event, quantity=50, is_active=False)
        assert "0 of 30 sold" in words(client.get("/organizer/"))

    @pytest.mark.parametrize(
        "make", [factories.make_tiered_event, factories.make_day_event, factories.make_grid_event]
    )
    def test_other_pricing_is_shown_and_leads_to_its_table(self, client: FlaskClient, make: Any) -> None:
        event = make(organizer=an_organizer(client))
        page = client.get(f"/organizer/events/{event.slug}/")
        assert "50 left" in words(page) or "60 left" in words(page)
        assert f"/ticket-types/{event.ticket_types[0].uuid}/" in page.text

    def test_the_list_asks_the_database_as_often_for_twenty_events_as_for_one(
        self, client: FlaskClient
    ) -> None:
        organizer = an_organizer(client)
        factories.make_simple_event(organizer=organizer)
        with counted_statements() as for_one:
            client.get("/organizer/events/")
        for _ in range(19):
            factories.make_simple_event(organizer=organizer)
        with counted_statements() as for_twenty:
            client.get("/organizer/events/")
        assert len(for_twenty) == len(for_one)

    def test_what_comes_next_stands_first_and_what_is_over_last(self, client: FlaskClient) -> None:
        organizer = an_organizer(client)
        for days in (-3, 20, -9, 1):
            start_at = clock.now() + timedelta(days=days)
            factories.make_event(organizer=organizer, title=f"In {days} days", start_at=start_at)
        titles = re.findall(r">In (-?\d+) days</a>", client.get("/organizer/events/").text)
        assert titles == ["1", "20", "-3", "-9"]

    def test_long_lists_have_pages(self, client: FlaskClient) -> None:
        organizer = an_organizer(client)
        for number in range(21):
            factories.make_event(organizer=organizer, title=f"Event {number}")
        assert "page=2" in client.get("/organizer/events/").text
        assert client.get("/organizer/events/?page=2").text.count("panel-title") == 1
        assert client.get("/organizer/events/?page=3").status_code == 404

    def test_the_list_is_searched_and_narrowed_and_both_stay_on_its_pages(self, client: FlaskClient) -> None:
        organizer = an_organizer(client)
        past = clock.now() - timedelta(days=9)
        factories.make_event(organizer=organizer, title="Drums past", start_at=past)
        factories.make_event(organizer=organizer, title="Drums off", status=EventStatus.CANCELLED)
        factories.make_event(organizer=organizer, title="Drums draft", status=EventStatus.DRAFT)
        factories.make_event(organizer=organizer, title="Drums to come")
        factories.make_event(organizer=organizer, title="Flutes", venue_name="Alte Halle")

        def titles(query: str) -> set[str]:
            page = client.get(f"/organizer/events/?{query}").text
            return {
                unescape(each) for each in re.findall(r'<h2 class="panel-title.*?dir="auto">(.*?)</a>', page)
            }

        assert titles("which=coming") == {"Drums to come", "Flutes"}
        assert titles("which=drafts") == {"Drums draft"}
        assert titles("which=past") == {"Drums past", "Drums off"}
        assert titles("q=drums&which=coming") == {"Drums to come"}
        assert titles("q=alte+halle") == {"Flutes"}
        assert titles("which=nonsense") == titles("")
        assert "No such event" in words(client.get("/organizer/events/?q=harps"))
        assert "which=past&amp;q=drums" in client.get("/organizer/events/?q=drums").text

    def test_what_has_to_be_done_stands_on_the_first_screen_with_its_button(
        self, client: FlaskClient
    ) -> None:
        organizer = an_organizer(client)
        draft = factories.make_simple_event(organizer=organizer, title="Ready", status=EventStatus.DRAFT)
        page = client.get("/organizer/")
        assert "Ready A draft is ready" in words(page)
        assert f'action="/organizer/events/{draft.slug}/publish/"' in page.text
        own_page = client.get(f"/organizer/events/{draft.slug}/").text
        assert own_page.count(f'action="/organizer/events/{draft.slug}/publish/"') == 1
        client.post(f"/organizer/events/{draft.slug}/publish/")
        assert "A draft is ready" not in words(client.get("/organizer/"))

    def test_a_currency_in_which_only_an_account_was_checked_says_just_that(
        self, client: FlaskClient
    ) -> None:
        factories.make_simple_event(organizer=an_organizer(client), currency="USD")
        number = {"network": "MTN", "mobile_number": "024 123 4567", "account_name": "Ama", "name": "MoMo"}
        adding = "/organizer/money/accounts/new/mobile-money/"
        assert "taken from your balance in GHS; without one" in words(client.get(adding))
        client.post(adding, data=number)
        desk, money = (words(client.get(path)) for path in ("/organizer/", "/organizer/money/"))
        assert "Checks of accounts Comes off what you earn in GHS. \N{MINUS SIGN}GH₵ 1.00" in desk
        assert "Yours" not in desk
        assert "The check of an account costs GH₵ 1.00. It comes off what you earn in GHS" in money
        assert "Refunds" not in money.partition("Payouts")[0]

    def test_who_may_not_do_it_is_told_and_gets_no_button(self, client: FlaskClient) -> None:
        organizer = an_organizer(client, is_verified=False)
        factories.make_simple_event(organizer=organizer)
        page = client.get("/organizer/")
        assert "Say where your money should go" in words(page)
        assert "Add an account" not in words(page)

    def test_figures_come_alone_for_a_page_that_asks_again(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        factories.sell_places(event.ticket_types[0].offers[0], 2)
        for address in ("/organizer/", f"/organizer/events/{event.slug}/"):
            part = client.get(address, headers={"HX-Request": "true"}).text
            assert part.lstrip().startswith('<div id="figures"')
            assert part.strip() in client.get(address).text
            assert "2 of 100 sold" in part
            assert "Sales by day" in part

    def test_a_page_is_told_of_changes_by_a_stream(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        for address in ("/organizer/live/", f"/organizer/events/{event.slug}/live/"):
            answer = client.get(address, buffered=False)
            assert answer.mimetype == "text/event-stream"
            assert b"retry" in next(iter(answer.response))
            answer.close()


class TestChanging:
    def test_what_is_said_about_an_event_can_be_changed(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        answer = client.post(
            f"/organizer/events/{event.slug}/edit/", data=filled_in(title="Day of Drums", total_capacity="90")
        )
        assert answer.status_code == 302
        db.session.expire_all()
        assert (event.title, event.time_zone, event.total_capacity) == ("Day of Drums", "Europe/Berlin", 90)

    def test_an_event_that_has_begun_is_changed_without_touching_its_beginning(
        self, client: FlaskClient
    ) -> None:
        begun = clock.now() - timedelta(hours=1)
        event = factories.make_event(
            organizer=an_organizer(client),
            start_at=begun,
            end_at=begun + timedelta(days=1),
            time_zone="Asia/Tokyo",
        )
        local = begun.astimezone(ZoneInfo("Asia/Tokyo"))
        data = filled_in(
            start_at=f"{local:%Y-%m-%dT%H:%M}",
            end_at=f"{local + timedelta(days=2):%Y-%m-%dT%H:%M}",
            time_zone="Asia/Tokyo",
        )
        assert client.post(f"/organizer/events/{event.slug}/edit/", data=data).status_code == 302
        db.session.expire_all()
        assert (event.start_at, event.end_at > begun + timedelta(days=1)) == (begun, True)

    def test_the_capacity_says_why_it_cannot_fall(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        factories.sell_places(event.ticket_types[0].offers[0], 7)
        answer = client.post(f"/organizer/events/{event.slug}/edit/", data=filled_in(total_capacity="6"))
        assert "7 are sold or held already" in words(answer)

    def test_ticket_types_are_added_changed_and_removed(self, client: FlaskClient) -> None:
        event = factories.make_event(organizer=an_organizer(client))
        base = f"/organizer/events/{event.slug}/ticket-types/"
        data = {
            "name": "Balcony",
            "price": "25",
            "total_quantity": "40",
            "max_purchase": "4",
            "is_active": "y",
        }
        client.post(f"{base}new/", data=data)
        ticket_type = db.session.scalars(sa.select(TicketType)).one()
        assert ticket_type.offers[0].price_minor == 2_500
        client.post(f"{base}{ticket_type.uuid}/", data={**data, "price": "30", "total_quantity": "20"})
        db.session.expire_all()
        assert (ticket_type.total_quantity, ticket_type.offers[0].price_minor) == (20, 3_000)
        twice = client.post(f"{base}new/", data=data)
        assert "This event has a ticket type of this name already." in words(twice)
        client.post(f"{base}{ticket_type.uuid}/delete/")
        assert db.session.scalar(sa.select(TicketType.id)) is None

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York"])
    @pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00"])
    def test_no_sale_begins_or_ends_where_calendars_do(
        self, client: FlaskClient, zone: str, typed: str
    ) -> None:
        event = factories.make_event(organizer=an_organizer(client), time_zone=zone)
        fields = {"name": "Balcony", "price": "25", "total_quantity": "40", "max_purchase": "4"}
        for name in ("sales_start_at", "sales_end_at"):
            answer = client.post(
                f"/organizer/events/{event.slug}/ticket-types/new/", data={**fields, name: typed}
            )
            assert answer.status_code == 400
            assert "This date is too" in words(answer)

    def test_what_was_ordered_is_not_deleted(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        factories.sell_places(event.ticket_types[0].offers[0], 1)
        ticket_type = event.ticket_types[0]
        answer = client.post(f"/organizer/events/{event.slug}/ticket-types/{ticket_type.uuid}/delete/")
        assert "Switch it off instead" in words(answer)
        answer = client.post(f"/organizer/events/{event.slug}/delete/")
        assert "Cancel it instead" in words(answer)
        assert "Delete it" not in client.get(f"/organizer/events/{event.slug}/").text

    def test_an_event_nobody_ordered_is_deleted(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client), title="Never mind")
        page = client.post(f"/organizer/events/{event.slug}/delete/", follow_redirects=True)
        assert "Never mind is deleted." in words(page)


class TestCancelling:
    def test_it_says_what_it_means_and_wants_to_be_sure(self, client: FlaskClient) -> None:
        event = factories.make_simple_event(organizer=an_organizer(client))
        for quantity in (2, 1):
            issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], quantity), clock.now())
        address = f"/organizer/events/{event.slug}/cancel/"
        page = client.get(address)
        assert "Paid orders 2 Every buyer is told by mail" in words(page)
        assert "Tickets that stop working at once 3" in words(page)
        assert "Goes back to the buyers GH₵ 157.50" in words(page)
        assert client.post(address, data={"reason": "Storm"}).status_code == 400
        page = client.post(address, data={"reason": "Storm", "is_sure": "y"}, follow_redirects=True)
        assert "Cancelled on" in words(page)
        assert "0 of 2 paid orders ended" in words(page)
        assert db.session.scalars(sa.select(OutboxJob.name).limit(1)).one() == "unwind_event"


class TestWhoComesIn:
    PATHS = ("", "live/", "edit/", "cancel/", "delete/", "ticket-types/new/")

    def test_anybody_elses_event_is_not_found(self, client: FlaskClient) -> None:
        event = factories.make_simple_event()
        an_organizer(client)
        for path in self.PATHS:
            assert client.get(f"/organizer/events/{event.slug}/{path}").status_code == 404
        for path in ("publish/", "cancel/", "delete/", "edit/"):
            assert client.post(f"/organizer/events/{event.slug}/{path}").status_code == 404
        ticket_type = event.ticket_types[0]
        address = f"/organizer/events/{event.slug}/ticket-types/{ticket_type.uuid}/"
        assert client.post(address, data={"price": "1"}).status_code == 404
        assert event.title not in client.get("/organizer/").text

    def test_people_who_run_the_site_may_look(self, client: FlaskClient) -> None:
        event = factories.make_simple_event()
        sign_in(client, factories.make_staff())
        assert client.get(f"/organizer/events/{event.slug}/").status_code == 200

    def test_buyers_are_told_how_to_become_organizers_and_strangers_to_sign_in(
        self, client: FlaskClient
    ) -> None:
        assert client.get("/organizer/").location.startswith("/sign-in/")
        sign_in(client, factories.make_user())
        answer = client.get("/organizer/")
        assert answer.status_code == 403
        assert "You can become one in your profile" in words(answer)

    @pytest.mark.csrf
    def test_a_form_of_another_site_changes_nothing(self, client: FlaskClient, app: Any) -> None:
        event = factories.make_event(status=EventStatus.DRAFT)
        app.config["WTF_CSRF_ENABLED"] = False
        sign_in(client, event.organizer)
        app.config["WTF_CSRF_ENABLED"] = True
        assert client.post(f"/organizer/events/{event.slug}/publish/").status_code == 400
        assert event.status is EventStatus.DRAFT
