"""Ticket types on the desk: every pricing is edited in one table, saved as a whole, and filled in from a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.db import db, transaction
from easyticket.models import Change, ChangeAction, Event, EventStatus, Offer, PricingType, TicketType, User
from tests import factories
from tests.factories import PASSWORD
from tests.statements import counted_statements
from tests.web.test_organizer_pages import filled_in, words

pytestmark = pytest.mark.usefixtures("db_session")

TYPE = {"name": "Ticket", "min_purchase": "1", "max_purchase": "10", "is_active": "y"}


@pytest.fixture
def organizer(client: FlaskClient) -> User:
    """An organizer who is signed in."""
    user = factories.make_organizer()
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    return user


def base(event: Event) -> str:
    return f"/organizer/events/{event.slug}/ticket-types/"


def row(number: int, **fields: str) -> dict[str, str]:
    return {f"rows-{number}-{name}": value for name, value in {"is_active": "y", **fields}.items()}


def head(number: int, name: str) -> dict[str, str]:
    return {f"tiers-{number}-name": name}


def day(number: int, name: str, day_on: str, *cells: tuple[str, str]) -> dict[str, str]:
    told = {f"days-{number}-name": name, f"days-{number}-day_on": day_on}
    for column, (price, quantity) in enumerate(cells):
        prefix = f"days-{number}-cells-{column}-"
        told |= {f"{prefix}price": price, f"{prefix}quantity": quantity}
    return told


def as_shown(page: TestResponse) -> dict[str, str]:
    """Return the fields of the one large form of a page as a browser would send them unchanged."""
    form = re.search(r'<form class="stack".*?</form>', page.text, re.DOTALL)
    assert form is not None
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]+>", form.group()):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") == "checkbox" and " checked" not in tag:
            continue
        sent[told["name"]] = unescape(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', form.group(), re.S):
        sent[name] = unescape(text)
    return sent


def sold(event: Event) -> list[tuple[str, int, int | None]]:
    """Return name, price and quantity of all that an event sells, in its order."""
    db.session.expire_all()
    offers = db.session.scalars(
        sa.select(Offer).where(Offer.event_id == event.id).order_by(Offer.position, Offer.id)
    )
    return [(offer.full_name, offer.price_minor, offer.quantity) for offer in offers]


def post(client: FlaskClient, address: str, *parts: Mapping[str, Any], **fields: str) -> TestResponse:
    data: dict[str, Any] = {}
    for part in parts:
        data |= part
    return client.post(address, data=data | fields)


class TestTiers:
    @pytest.fixture
    def event(self, organizer: User) -> Event:
        return factories.make_event(organizer=organizer, pricing_type=PricingType.TIERED)

    def test_all_of_them_are_made_in_one_save(self, client: FlaskClient, event: Event) -> None:
        tiers = (
            row(0, name="Early bird", price="40", quantity="50", sales_end_at="2031-01-01T00:00"),
            row(1, name="Regular", price="1.250,50", quantity="1,200"),
            row(2),
        )
        answer = post(client, f"{base(event)}new/", TYPE, *tiers)
        assert answer.location == base(event)
        assert sold(event) == [("Ticket - Early bird", 4_000, 50), ("Ticket - Regular", 125_050, 1_200)]
        [ticket_type] = event.ticket_types
        assert ticket_type.total_quantity == 1_250
        assert [offer.tier_number for offer in ticket_type.offers] == [1, 2]
        assert ticket_type.offers[0].sales_end_at is not None

    def test_one_wrong_cell_is_named_and_nothing_is_saved(self, client: FlaskClient, event: Event) -> None:
        tiers = (
            row(0, name="Regular", price="50", quantity="100"),
            row(1, name="VIP", price="cheap", quantity="none"),
        )
        answer = post(client, f"{base(event)}new/", TYPE, *tiers)
        assert answer.status_code == 400
        assert "VIP, Price: “cheap”: Enter a price such as 50 or 12.50." in words(answer)
        assert "VIP, How many: “none”: Enter a whole number from 1 to 10,000,000." in words(answer)
        assert 'value="cheap"' in answer.text
        assert 'value="100"' in answer.text
        assert sold(event) == []

    def test_what_is_shown_can_be_saved_as_it_is(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_tiered_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        before = sold(event)
        shown = as_shown(client.get(address))
        assert client.post(address, data={**shown, "step": "save"}).status_code == 302
        assert sold(event) == before
        assert db.session.scalar(sa.select(sa.func.count(Change.id))) == 0

    def test_names_change_places_and_rows_change_order_in_one_save(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_tiered_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        shown = as_shown(client.get(address))
        shown |= {"rows-0-name": "Gold", "rows-1-name": "Regular"}
        moved = client.post(address, data={**shown, "step": "down-0"})
        assert sold(event)[0][0] == "Seat - Regular"
        client.post(address, data={**as_shown(moved), "step": "save"})
        assert sold(event) == [("Seat - Regular", 9_000, 30), ("Seat - Gold", 5_000, 60)]

    def test_what_was_ordered_stays_and_nothing_else_of_the_save_happens(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_tiered_event(organizer=organizer)
        factories.sell_places(event.ticket_types[0].offers[0], 7)
        before = sold(event)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        shown = as_shown(client.get(address))
        answer = client.post(address, data={**shown, "rows-0-is_removed": "y", "rows-1-price": "1"})
        assert "Regular, Price: It has been ordered" in words(answer)
        answer = client.post(address, data={**shown, "rows-0-quantity": "6", "rows-1-price": "1"})
        assert "Regular, How many: 7 are sold or held already" in words(answer)
        assert sold(event) == before
        assert "7 sold" in words(client.get(address))

    def test_a_row_is_removed_and_another_takes_its_name(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_tiered_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        shown = as_shown(client.get(address))
        new = row(2, name="Regular", price="60", quantity="10")
        assert post(client, address, shown, new, {"rows-0-is_removed": "y"}).status_code == 302
        assert sold(event) == [("Seat - Gold", 9_000, 30), ("Seat - Regular", 6_000, 10)]
        actions = db.session.scalars(sa.select(Change.action).order_by(Change.id)).all()
        assert {ChangeAction.OFFER_DELETED, ChangeAction.OFFER_CREATED} <= set(actions)

    def test_two_rows_of_one_name_are_refused(self, client: FlaskClient, event: Event) -> None:
        tiers = (row(0, name="VIP", price="5", quantity="5"), row(1, name="VIP", price="6", quantity="5"))
        answer = post(client, f"{base(event)}new/", TYPE, *tiers)
        assert "VIP, Name: Another row has this name." in words(answer)

    def test_a_ticket_needs_a_price(self, client: FlaskClient, event: Event) -> None:
        assert "A ticket needs at least one price." in words(post(client, f"{base(event)}new/", TYPE, row(0)))

    def test_cells_of_a_spreadsheet_fill_in_the_table_and_save_nothing(
        self, client: FlaskClient, event: Event
    ) -> None:
        typed = row(0, name="VIP", price="90", quantity="9")
        pasted = "Name;Price;How many\nVIP;99,50;10\nRegular;45;1.200\n"
        page = post(client, f"{base(event)}new/", TYPE, typed, step="paste", paste=pasted)
        assert (page.status_code, sold(event)) == (200, [])
        post(client, f"{base(event)}new/", as_shown(page))
        assert sold(event) == [("Ticket - VIP", 9_950, 10), ("Ticket - Regular", 4_500, 1_200)]

    def test_a_wrong_cell_that_was_pasted_is_named_and_the_rest_is_there(
        self, client: FlaskClient, event: Event
    ) -> None:
        pasted = "VIP\tfree\t10\nRegular\t45\t100"
        page = post(client, f"{base(event)}new/", TYPE, row(0), step="paste", paste=pasted)
        assert page.status_code == 400
        assert "VIP, Price: “free”: Enter a price such as 50 or 12.50." in words(page)
        assert 'value="45"' in page.text

    def test_cells_that_are_pasted_into_a_cell_begin_there(self, client: FlaskClient, event: Event) -> None:
        typed = (row(0, name="VIP"), row(1, name="Regular"))
        page = post(
            client,
            f"{base(event)}new/",
            TYPE,
            *typed,
            step="paste",
            paste="99\t10\n45\t100",
            paste_at="0,1",
        )
        post(client, f"{base(event)}new/", as_shown(page))
        assert sold(event) == [("Ticket - VIP", 9_900, 10), ("Ticket - Regular", 4_500, 100)]

    @pytest.mark.parametrize(
        ("pasted", "sentence"),
        [
            ("", "Paste the cells of your table first."),
            ("VIP,12,50,10,9", "has more cells than this table"),
            ("\n".join("a" * 3 for _ in range(600)), "At most 500 rows"),
        ],
    )
    def test_what_is_no_table_says_so(
        self, client: FlaskClient, event: Event, pasted: str, sentence: str
    ) -> None:
        page = post(client, f"{base(event)}new/", TYPE, row(0, name="VIP"), step="paste", paste=pasted)
        assert page.status_code == 400
        assert sentence in words(page)
        assert 'value="VIP"' in page.text

    def test_more_rows_are_given_without_losing_what_was_typed(
        self, client: FlaskClient, event: Event
    ) -> None:
        page = post(client, f"{base(event)}new/", TYPE, row(0, name="VIP", price="dear"), step="add_row")
        assert page.status_code == 200
        assert 'name="rows-1-name"' in page.text
        assert 'value="dear"' in page.text


class TestDayPasses:
    def test_each_day_has_one_and_all_days_together(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_day_event(3, organizer=organizer)
        made = event.ticket_types[0].offers
        days = [offer.day_on.isoformat() for offer in made if offer.day_on]
        passes = (
            row(0, name="Last day", day_on=days[2], price="30", quantity="10"),
            row(1, name="Weekend", day_on="", price="80", quantity="5"),
        )
        post(client, f"{base(event)}new/", TYPE, *passes, name="VIP")
        one, all_days = db.session.scalars(
            sa.select(Offer).where(Offer.ticket_type_id != made[0].ticket_type_id).order_by(Offer.position)
        )
        assert (one.day_number, str(one.day_on), one.is_all_days) == (3, days[2], False)
        assert (all_days.day_number, all_days.day_on, all_days.is_all_days) == (None, None, True)

    def test_what_is_shown_can_be_saved_as_it_is(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_day_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        before = sold(event)
        assert client.post(address, data=as_shown(client.get(address))).status_code == 302
        assert sold(event) == before

    def test_a_day_that_is_none_is_named(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_event(organizer=organizer, pricing_type=PricingType.DAY_BASED)
        told = row(0, name="Saturday", day_on="soon", price="3", quantity="4")
        answer = post(client, f"{base(event)}new/", TYPE, told)
        assert "Saturday, Day: Write the day as 2026-11-20 or 20.11.2026." in words(answer)


class TestGrids:
    @pytest.fixture
    def event(self, organizer: User) -> Event:
        return factories.make_event(organizer=organizer, pricing_type=PricingType.TIER_AND_DAY)

    def test_a_new_one_begins_with_the_days_of_the_event(self, client: FlaskClient, event: Event) -> None:
        page = client.get(f"{base(event)}new/")
        assert f'value="{event.start_at:%Y-%m-%d}"' in page.text
        assert f'value="{event.start_at:%A}"' in page.text

    def test_a_cell_that_is_empty_is_not_sold(self, client: FlaskClient, event: Event) -> None:
        grid = (
            head(0, "Regular"),
            head(1, "VIP"),
            day(0, "Friday", "2030-05-03", ("40", "100"), ("", "")),
            day(1, "Saturday", "2030-05-04", ("50", "100"), ("120,5", "20")),
        )
        assert post(client, f"{base(event)}new/", TYPE, *grid).status_code == 302
        assert sold(event) == [
            ("Ticket - Regular - Friday", 4_000, 100),
            ("Ticket - Regular - Saturday", 5_000, 100),
            ("Ticket - VIP - Saturday", 12_050, 20),
        ]
        assert event.ticket_types[0].total_quantity == 220

    def test_one_wrong_cell_is_named_by_its_day_and_tier(self, client: FlaskClient, event: Event) -> None:
        grid = (
            head(0, "Regular"),
            head(1, "VIP"),
            day(0, "Friday", "2030-05-03", ("40", "100"), ("lots", "20")),
        )
        answer = post(client, f"{base(event)}new/", TYPE, *grid)
        assert answer.status_code == 400
        assert "Friday, VIP, Price: “lots”: Enter a price such as 50 or 12.50." in words(answer)
        assert 'value="40"' in answer.text
        assert sold(event) == []

    def test_days_and_tiers_that_are_used_need_names(self, client: FlaskClient, event: Event) -> None:
        grid = (head(0, ""), day(0, "", "2030-05-03", ("40", "100")))
        answer = post(client, f"{base(event)}new/", TYPE, *grid)
        assert "Column 1: Give the tier a name, such as VIP." in words(answer)
        assert "Row 1, Day: Give the day a name, such as Saturday." in words(answer)

    def test_a_table_of_a_spreadsheet_fills_it_in(self, client: FlaskClient, event: Event) -> None:
        pasted = "\tRegular\tVIP\nFriday\t40 / 100\t-\n04.05.2030\t50,5\t120 x 20\n"
        page = post(
            client, f"{base(event)}new/", TYPE, head(0, ""), step="paste", paste=pasted, paste_quantity="80"
        )
        assert page.status_code == 200
        post(client, f"{base(event)}new/", as_shown(page))
        assert sold(event) == [
            ("Ticket - Regular - Friday", 4_000, 100),
            ("Ticket - Regular - 04.05.2030", 5_050, 80),
            ("Ticket - VIP - 04.05.2030", 12_000, 20),
        ]
        assert str(event.ticket_types[0].offers[1].day_on) == "2030-05-04"

    def test_a_grid_grows_shrinks_and_is_renamed_in_one_save(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_grid_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        shown = as_shown(client.get(address))
        page = client.post(address, data={**shown, "step": "add_tier"})
        changed = as_shown(page) | {
            "tiers-0-name": "VIP",
            "tiers-1-name": "Regular",
            "tiers-2-name": "Student",
            "days-1-is_removed": "y",
            "days-0-cells-2-price": "9",
            "days-0-cells-2-quantity": "12",
        }
        assert client.post(address, data=changed).status_code == 302
        assert sold(event) == [
            ("Pass - VIP - Day 1", 4_000, 50),
            ("Pass - Regular - Day 1", 12_000, 50),
            ("Pass - Student - Day 1", 900, 12),
        ]

    def test_what_is_shown_can_be_saved_as_it_is(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_grid_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        before = sold(event)
        assert client.post(address, data=as_shown(client.get(address))).status_code == 302
        assert sold(event) == before

    def test_an_ordered_cell_cannot_be_emptied_but_switched_off(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_grid_event(organizer=organizer)
        factories.sell_places(event.ticket_types[0].offers[0], 1)
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        shown = as_shown(client.get(address))
        emptied = shown | {"days-0-cells-0-price": "", "days-0-cells-0-quantity": ""}
        answer = client.post(address, data=emptied)
        assert "Day 1, Regular, Price: It has been ordered" in words(answer)
        del shown["days-0-cells-0-is_active"]
        assert client.post(address, data=shown).status_code == 302
        db.session.expire_all()
        assert [offer.is_active for offer in event.ticket_types[0].offers] == [False, True, True, True]

    def test_cells_that_were_never_there_are_no_fault(self, client: FlaskClient, event: Event) -> None:
        odd = {
            "days-0-name": "Friday",
            "tiers-0-name": "VIP",
            "tiers-1-name": "",
            "days-9-cells-99-price": "1",
        }
        assert post(client, f"{base(event)}new/", TYPE, odd).status_code == 400

    def test_a_month_of_days_asks_the_database_as_often_as_one_day(
        self, client: FlaskClient, organizer: User
    ) -> None:
        counts = []
        for days in (1, 20):
            event = factories.make_grid_event(days, organizer=organizer)
            with counted_statements() as statements:
                client.get(f"{base(event)}{event.ticket_types[0].uuid}/")
            counts.append(len(statements))
        assert counts[0] == counts[1]


class TestTheList:
    def test_it_says_what_is_sold_and_can_be_put_in_order(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_simple_event(organizer=organizer)
        other = factories.make_ticket_type(event, name="Balcony", position=1)
        factories.sell_places(event.ticket_types[0].offers[0], 3)
        assert "3 sold, 97 left" in words(client.get(base(event)))
        client.post(f"{base(event)}{other.uuid}/move/", data={"places": "-1"})
        db.session.expire_all()
        assert [each.name for each in sorted(event.ticket_types, key=lambda each: each.position)] == [
            "Balcony",
            "Standard",
        ]
        client.post(f"{base(event)}{other.uuid}/move/", data={"places": "-1"})
        assert words(client.get(base(event))).index("Balcony") < words(client.get(base(event))).index(
            "Standard"
        )

    def test_a_type_is_hidden_and_put_on_sale_again(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_simple_event(organizer=organizer)
        address = f"{base(event)}{event.ticket_types[0].uuid}/switch/"
        page = client.post(address, follow_redirects=True)
        assert "Standard is hidden: nobody can buy it" in words(page)
        page = client.post(address, data={"on": "1"}, follow_redirects=True)
        assert "Standard is on sale" in words(page)

    def test_nobody_elses_tickets_are_found(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_simple_event()
        uuid = event.ticket_types[0].uuid
        assert client.get(base(event)).status_code == 404
        for address in ("new/", f"{uuid}/", f"{uuid}/move/", f"{uuid}/switch/", "pricing/"):
            assert client.post(f"{base(event)}{address}").status_code == 404

    def test_the_pricing_is_chosen_anew_until_something_is_on_sale(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_event(organizer=organizer)
        assert "Nothing is on sale yet" in words(client.get(base(event)))
        answer = client.post(f"{base(event)}pricing/", data={"pricing_type": "tiered"})
        assert answer.location == f"{base(event)}new/"
        db.session.expire_all()
        assert event.pricing_type is PricingType.TIERED
        factories.make_ticket_type(event)
        page = client.post(
            f"{base(event)}pricing/", data={"pricing_type": "day_based"}, follow_redirects=True
        )
        assert "The pricing type cannot change once ticket types exist." in words(page)


class TestNewEvents:
    @pytest.mark.parametrize("pricing", ["tiered", "day_based", "tier_and_day"])
    def test_other_pricing_leads_to_its_table_as_a_draft(
        self, client: FlaskClient, organizer: User, pricing: str
    ) -> None:
        data = filled_in(pricing_type=pricing, price="", quantity="", ticket_name="")
        answer = client.post("/organizer/events/new/", data={**data, "publish": "1"})
        event = db.session.scalars(sa.select(Event)).one()
        assert answer.location == f"{base(event)}new/"
        assert (event.pricing_type, event.status) == (PricingType(pricing), EventStatus.DRAFT)
        assert db.session.scalar(sa.select(TicketType.id)) is None
        assert "Saved as a draft. Set its prices here, then publish it." in words(client.get(answer.location))

    def test_the_form_promises_to_publish_only_what_it_prices_itself(
        self, client: FlaskClient, organizer: User
    ) -> None:
        page = client.get("/organizer/events/new/").text
        [form] = re.findall(r'<form class="stack pricing".*?</form>', page, re.DOTALL)
        _, simple = form.rsplit('<div class="button-row only-simple">', 1)
        simple, priced = simple.split('<div class="only-priced">')
        assert ("Publish now" in simple, "Publish now" in priced) == (True, False)
        assert "Save and set the prices" in priced

    def test_a_free_event_may_sell_something_later(self, client: FlaskClient, organizer: User) -> None:
        client.post("/organizer/events/new/", data=filled_in(price="0"))
        event = db.session.scalars(sa.select(Event)).one()
        assert event.is_free
        told = {**TYPE, "name": "Supporter", "price": "10", "total_quantity": "5"}
        assert client.post(f"{base(event)}new/", data=told).status_code == 302
        db.session.expire_all()
        assert not event.is_free


class TestWhatIsKept:
    def test_the_seconds_of_a_sale_stay_although_no_field_shows_them(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_tiered_event(organizer=organizer)
        ends_at = event.start_at.replace(second=59)
        with transaction():
            event.ticket_types[0].sales_end_at = ends_at
            event.ticket_types[0].offers[0].sales_end_at = ends_at
        address = f"{base(event)}{event.ticket_types[0].uuid}/"
        assert client.post(address, data=as_shown(client.get(address))).status_code == 302
        db.session.expire_all()
        assert event.ticket_types[0].sales_end_at == ends_at
        assert event.ticket_types[0].offers[0].sales_end_at == ends_at

    def test_cells_that_were_pasted_and_not_filled_in_are_not_forgotten(
        self, client: FlaskClient, organizer: User
    ) -> None:
        event = factories.make_event(organizer=organizer, pricing_type=PricingType.TIERED)
        told = row(0, name="VIP", price="5", quantity="5")
        answer = post(client, f"{base(event)}new/", TYPE, told, paste="Regular\t5\t5")
        assert answer.status_code == 400
        assert "Press “Fill in the table” first, or empty this field." in words(answer)

    def test_a_grid_that_is_too_large_for_a_page_says_so(self, client: FlaskClient, organizer: User) -> None:
        event = factories.make_grid_event(101, (("Regular", 100),), organizer=organizer)
        answer = client.get(f"{base(event)}{event.ticket_types[0].uuid}/")
        assert answer.status_code == 409
        assert "more days or tiers than a page can show" in words(answer)
