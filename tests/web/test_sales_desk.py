"""The desk's lists of orders and attendees, corrections, and the door, through the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.http.limits import limiter
from easyticket.models import Change, Event, Order, OrderStatus, OutboxJob, Ticket, TicketStatus, User
from easyticket.queue import JobName, enqueue
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.fixtures.database import application_on
from tests.servers.databases import Databases
from tests.statements import counted_statements
from tests.web.buying import field_of, sign_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def organizer() -> User:
    return factories.make_organizer()


@pytest.fixture
def event(organizer: User) -> Event:
    begun = clock.now() - timedelta(hours=1)
    return factories.make_simple_event(
        title="Highlife Night",
        organizer=organizer,
        price_minor=5_000,
        start_at=begun,
        end_at=begun + timedelta(hours=5),
    )


@pytest.fixture
def desk(app: Flask, organizer: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, organizer)
    return client


def sold(
    event: Event, name: str = "Kofi Mensah", email: str = "kofi@example.org", quantity: int = 1
) -> Order:
    order = factories.make_order(
        event,
        [(event.ticket_types[0].offers[0], quantity)],
        status=OrderStatus.CONFIRMED,
        buyer_name=name,
        buyer_email=email,
    )
    issue_tickets(order, clock.now())
    return order


def press(client: FlaskClient, page: TestResponse, address: str) -> TestResponse:
    """Press the button of a page that sends a form to this address, with what its hidden fields hold."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}[^"]*".*?</form>', page.text, re.DOTALL)
    assert form is not None, address
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.group(0)))
    return client.post(address, data=fields)


def test_orders_are_found_by_buyer_attendee_number_and_code(desk: FlaskClient, event: Event) -> None:
    order, other = sold(event), sold(event, "Ama Owusu", "ama@example.org")
    code = order.tickets[0].code

    for wanted in ("kofi", "mensah", order.number.lower(), code, "kofi@example.org"):
        answer = desk.get(f"/organizer/events/{event.slug}/orders/", query_string={"q": wanted})
        assert answer.headers["Location"].endswith(f"/organizer/orders/{order.number}/"), wanted
    both = text_of(desk.get(f"/organizer/events/{event.slug}/orders/", query_string={"q": "example.org"}))
    assert order.number in both and other.number in both


def test_a_script_that_asks_for_the_list_is_led_to_the_single_order_and_told_a_short_address(
    desk: FlaskClient, event: Event
) -> None:
    order, _ = sold(event), sold(event, "Ama Owusu", "ama@example.org")
    rows, by_script = f"/organizer/events/{event.slug}/orders/", {"HX-Request": "true"}
    typed = {"q": "", "state": "paid", "through": "", "from": "", "to": ""}

    single = desk.get(rows, query_string={**typed, "state": "", "q": "kofi"}, headers=by_script)
    narrowed = desk.get(rows, query_string=typed, headers=by_script)
    people = f"/organizer/events/{event.slug}/attendees/?q=kofi"
    found = desk.get(f"{people}&in=&sort=", headers=by_script)
    again = desk.get(people, headers={**by_script, "HX-Current-URL": f"http://localhost{people}#first"})

    assert (single.status_code, single.headers["HX-Redirect"]) == (200, f"/organizer/orders/{order.number}/")
    assert narrowed.headers["HX-Push-Url"] == f"{rows}?state=paid"
    assert (found.headers["HX-Push-Url"], again.headers["HX-Push-Url"]) == (people, "false")


def test_orders_are_narrowed_and_what_they_brought_is_said(desk: FlaskClient, event: Event) -> None:
    paid = sold(event, quantity=2)
    open_ = factories.hold_places(event.ticket_types[0].offers[0], 1)

    whole = text_of(desk.get(f"/organizer/events/{event.slug}/orders/"))
    narrowed = text_of(desk.get(f"/organizer/events/{event.slug}/orders/?state=paid"))

    assert "2 orders" in whole and open_.number in whole
    assert "1 order found" in narrowed and open_.number not in narrowed
    assert "Paid with all fees GH₵ 105.00" in narrowed.replace("\N{NO-BREAK SPACE}", " ")
    assert paid.number in text_of(desk.get("/organizer/orders/"))


def test_the_lists_take_as_many_statements_for_many_as_for_one(desk: FlaskClient, event: Event) -> None:
    addresses = [
        "/organizer/orders/",
        f"/organizer/events/{event.slug}/orders/",
        f"/organizer/events/{event.slug}/attendees/",
    ]

    def count(address: str) -> int:
        with counted_statements() as made:
            assert desk.get(address).status_code == 200
        return len(made)

    sold(event)
    few = [count(address) for address in addresses]
    for number in range(4):
        sold(event, f"Buyer {number}", f"buyer{number}@example.org", 2)
    assert [count(address) for address in addresses] == few


def test_nobody_sees_the_orders_or_attendees_of_others(app: Flask, event: Event) -> None:
    order = sold(event)
    stranger = app.test_client()
    sign_in(stranger, factories.make_organizer())

    pages = ("orders/", "attendees/", "door/")
    assert {stranger.get(f"/organizer/events/{event.slug}/{page}").status_code for page in pages} == {404}
    assert stranger.get(f"/organizer/orders/{order.number}/buyer/").status_code == 404
    assert order.number not in text_of(stranger.get("/organizer/orders/"))


def test_somebody_is_checked_in_from_the_list_and_out_again(desk: FlaskClient, event: Event) -> None:
    code = sold(event).tickets[0].code
    rows = f"/organizer/events/{event.slug}/attendees/"

    answer = press(desk, desk.get(rows), f"{rows}{code}/check-in/")
    assert answer.headers["Location"].endswith(f"#{code}")
    inside = desk.get(rows)
    assert "Kofi Mensah is in." in text_of(inside) and "1 of 1 in" in text_of(inside)
    assert "Nobody fits" in text_of(desk.get(f"{rows}?in=no"))

    press(desk, inside, f"{rows}{code}/undo/")
    assert "Taken back: Kofi Mensah is not in." in text_of(desk.get(rows))
    number = db.session.scalars(sa.select(Order.number)).one()
    assert "Check-in taken back" in text_of(desk.get(f"/organizer/orders/{number}/"))
    desk.get(f"/gate/{event.slug}/?gate=Main")
    assert "Taken back" in text_of(desk.get(f"/gate/{event.slug}/"))
    assert db.session.scalars(sa.select(Ticket.status)).one() is TicketStatus.ACTIVE


def test_before_the_doors_open_the_list_says_when_they_do(desk: FlaskClient, organizer: User) -> None:
    coming = factories.make_simple_event(organizer=organizer)
    sold(coming)

    page = text_of(desk.get(f"/organizer/events/{coming.slug}/attendees/"))

    assert "Check-in opens on" in page and "Check in:" not in page


def test_a_mistyped_address_is_corrected_and_the_tickets_go_there(desk: FlaskClient, event: Event) -> None:
    order = sold(event, email="kofi@exmaple.org")

    desk.post(
        f"/organizer/orders/{order.number}/buyer/",
        data={"name": "Kofi Mensah", "email": "kofi@example.org", "send": "y"},
    )

    db.session.expire_all()
    assert (order.buyer_email, order.tickets[0].attendee_email) == ("kofi@example.org", "kofi@example.org")
    assert db.session.scalars(sa.select(OutboxJob.payload)).all()[-1] == {"order_id": order.id}
    change = db.session.scalars(sa.select(Change).order_by(Change.id)).first()
    assert change is not None
    assert (change.action, change.before) == ("order_changed", {"buyer_email": "kofi@exmaple.org"})


def test_the_history_says_where_a_mail_went_before_the_address_was_corrected(
    desk: FlaskClient, event: Event
) -> None:
    order = sold(event, email="kofi@exmaple.org")
    with transaction():
        mail = enqueue(
            JobName.MAIL_ORDER_CONFIRMED, {"order_id": order.id}, key=f"order-confirmed:{order.id}"
        )
        mail.done_at = clock.now()

    desk.post(
        f"/organizer/orders/{order.number}/buyer/", data={"name": "Kofi Mensah", "email": "kofi@example.com"}
    )

    history = text_of(desk.get(f"/organizer/orders/{order.number}/")).partition(" History ")[2]
    assert "Tickets mailed kofi@exmaple.org" in history


def test_another_name_is_written_on_one_ticket_only(desk: FlaskClient, event: Event) -> None:
    order = sold(event, quantity=2)
    first, second = order.tickets
    address = f"/organizer/orders/{order.number}/tickets/{first.code}/"

    refused = desk.post(address, data={"name": " ", "email": "nowhere"})
    desk.post(address, data={"name": "עדי Ɛsi 🎉", "email": ""})

    db.session.expire_all()
    assert refused.status_code == 400
    assert (first.attendee_name, second.attendee_name) == ("עדי Ɛsi 🎉", "Kofi Mensah")
    assert "עדי Ɛsi 🎉" in text_of(desk.get(f"/organizer/orders/{order.number}/"))


def test_a_sale_at_the_door_shows_the_tickets_and_lets_them_in(desk: FlaskClient, event: Event) -> None:
    offer = event.ticket_types[0].offers[0]
    door = f"/organizer/events/{event.slug}/door/"
    token = field_of(desk.get(door), "token") or ""

    form = {f"quantity-{offer.uuid}": "2", "token": token, "pay": "cash"}
    sale = desk.post(door, data=form).headers["Location"]
    again = desk.post(door, data=form).headers["Location"]

    shown = desk.get(sale)
    assert sale == again
    assert "Take GH₵ 100.00" in text_of(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert shown.text.count('<img class="qr') == 2
    press(desk, shown, f"{sale}check-in/")
    assert "2 people are in." in text_of(desk.get(sale))
    order = db.session.scalars(sa.select(Order)).one()
    page = text_of(desk.get(f"/organizer/orders/{order.number}/")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Paid in cash at the door" in page and "Return money" not in page
    assert "Sold tickets at the door" in page and "Sold at the door GH₵" not in page
    orders = text_of(desk.get("/organizer/orders/?through=door")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Cash at the door GH₵ 100.00" in orders and "Paid with all fees GH₵ 0.00" in orders


def test_the_door_keeps_what_was_typed_when_it_cannot_be_sold(desk: FlaskClient, event: Event) -> None:
    offer = event.ticket_types[0].offers[0]
    door = f"/organizer/events/{event.slug}/door/"

    nothing = desk.post(door, data={"token": "a", "pay": "cash"})
    wrong = desk.post(
        door,
        data={
            f"quantity-{offer.uuid}": "3",
            "token": "a",
            "pay": "cash",
            "name": "Esi",
            "email": "no address",
        },
    )

    unsaid = desk.post(door, data={f"quantity-{offer.uuid}": "1", "token": "b"})

    assert (nothing.status_code, wrong.status_code, unsaid.status_code) == (400, 400, 400)
    assert "Say whether it is paid in cash or free" in text_of(unsaid)
    assert "Choose at least one ticket." in text_of(nothing)
    assert field_of(wrong, f"quantity-{offer.uuid}") == "3" and field_of(wrong, "name") == "Esi"
    assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 0


def test_mails_to_addresses_that_are_typed_are_slow_for_each_account(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    with application_on(databases.new(template=migrated_database), tmp_path, RATELIMIT_ENABLED="true") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            order = factories.make_order(factories.make_simple_event(), status=OrderStatus.CONFIRMED)
            number, organizer = order.number, order.event.organizer
            client = app.test_client()
            sign_in(client, organizer)
        path = f"/organizer/orders/{number}"
        answers = [client.post(f"{path}/{each}/").status_code for each in ("mail", "buyer") * 31]
    limiter.enabled = False
    assert 429 not in answers[:60]
    assert answers[60:] == [429, 429]
