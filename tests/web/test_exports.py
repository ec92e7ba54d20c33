"""Lists taken away through the pages: the buttons lead to files of what was looked for, for those who see the list only."""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64decode
from collections.abc import Callable
from html import unescape

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.documents import tables
from easyticket.models import (
    Change,
    Event,
    OrderStatus,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileStatus,
    User,
)
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import PASSWORD
from tests.services.test_withdrawals import ask, make_earner, make_profile
from tests.web.test_admin_pages import failed_refund, given_up_job, open_dispute, quarantined
from tests.web.test_admin_rooms import a_bit_of_everything

pytestmark = pytest.mark.usefixtures("db_session")


def sign_in(client: FlaskClient, user: User) -> User:
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    return user


def sold_out_evening(organizer: User, *buyers: str) -> Event:
    event = factories.make_simple_event(organizer=organizer)
    for name in buyers:
        lines = [(event.ticket_types[0].offers[0], 1)]
        order = factories.make_order(event, lines, status=OrderStatus.CONFIRMED, buyer_name=name)
        issue_tickets(order, clock.now())
    return event


def take(client: FlaskClient, path: str) -> TestResponse:
    """Read a file to its end, as a browser does before it shows it as done."""
    return client.get(path, buffered=True)


def files_of(page: TestResponse) -> list[str]:
    """Return the addresses behind the buttons of a page."""
    return [unescape(each) for each in re.findall(r'href="([^"]+)" download', page.text)]


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def failed_transfer() -> Payout:
    payout = ask(make_earner())
    with transaction():
        payout.state = PayoutState.FAILED
    return payout


def unchecked_account() -> PaymentProfile:
    return make_profile(factories.make_organizer(), status=ProfileStatus.PENDING)


@pytest.mark.parametrize("room", ["orders", "attendees", "history"])
def test_each_list_of_an_event_is_two_files_that_nobody_keeps(client: FlaskClient, room: str) -> None:
    event = sold_out_evening(sign_in(client, factories.make_organizer()), "Ama Owusu")
    # The first file is a line of the history.
    take(client, f"/organizer/events/{event.slug}/orders.csv")
    xlsx, table = files_of(client.get(f"/organizer/events/{event.slug}/{room}/"))
    assert table == f"/organizer/events/{event.slug}/{room}.csv"
    answer = take(client, table)
    assert rows_of(answer)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={room}-{event.slug}.csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert take(client, xlsx).data.startswith(b"PK")


def test_the_file_has_what_was_looked_for(client: FlaskClient) -> None:
    event = sold_out_evening(sign_in(client, factories.make_organizer()), "Ama Owusu", "Ama Mensah", "Kofi")
    for room, heading in (("orders", "Buyer"), ("attendees", "Name")):
        [_, table] = files_of(client.get(f"/organizer/events/{event.slug}/{room}/?q=ama&page=1"))
        assert {row[heading] for row in rows_of(take(client, table))} == {"Ama Owusu", "Ama Mensah"}


def test_all_orders_and_events_are_the_organizers_own(client: FlaskClient) -> None:
    sold_out_evening(factories.make_organizer(), "Elsewhere")
    event = sold_out_evening(sign_in(client, factories.make_organizer()), "Ama Owusu")
    assert [row["Buyer"] for row in rows_of(take(client, "/organizer/orders.csv"))] == ["Ama Owusu"]
    assert [row["Event"] for row in rows_of(take(client, "/organizer/events.csv"))] == [event.title]
    assert rows_of(take(client, "/organizer/money/payouts.csv")) == []


def test_strangers_find_no_file_and_leave_no_line_in_the_log(client: FlaskClient) -> None:
    event = sold_out_evening(factories.make_organizer(), "Ama Owusu")
    paths = [f"/organizer/events/{event.slug}/{room}.csv" for room in ("orders", "attendees", "history")]
    assert {client.get(path).status_code for path in paths} == {302}
    sign_in(client, factories.make_organizer())
    assert {client.get(path).status_code for path in paths} == {404}
    assert client.get("/admin/people.csv").status_code == 403
    assert db.session.scalars(sa.select(Change)).all() == []


@pytest.mark.parametrize("room", ["people", "organizers", "events", "orders", "changes"])
def test_administrators_take_their_lists_away(client: FlaskClient, room: str) -> None:
    sold_out_evening(factories.make_organizer(), "Ama Owusu")
    sign_in(client, factories.make_staff())
    take(client, "/admin/people.csv")
    xlsx, table = files_of(client.get(f"/admin/{room}/"))
    assert table.split("?")[0] == f"/admin/{room}.csv"
    assert rows_of(take(client, table))
    assert take(client, xlsx).data.startswith(b"PK")


@pytest.mark.parametrize(
    ("room", "name", "make", "expected"),
    [
        (
            "refunds",
            "refunds",
            failed_refund,
            {"State": "Failed", "What the provider says": "The card is closed."},
        ),
        ("payments", "payments", quarantined, {"Asked for": "105.00", "Came": "104.99"}),
        ("payments", "disputes", open_dispute, {"Amount": "105.00", "State": "The bank has the money"}),
        ("jobs", "jobs", given_up_job, {"Tries": "13", "Error": "MailRefused: 550 no such mailbox"}),
        ("webhooks", "webhooks", a_bit_of_everything, {"Provider": "Stripe", "State": "Not handled"}),
        ("categories", "categories", factories.make_category, {"State": "On", "Published events": "0"}),
        (
            "payouts",
            "payouts",
            lambda: ask(make_earner()),
            {"State": "To be paid", "Account number": "1234567890"},
        ),
        ("payouts", "transfers", failed_transfer, {"State": "Failed", "Account number": "1234567890"}),
        ("payouts", "accounts", unchecked_account, {"Account number": "1234567890", "Times checked": "0"}),
        (
            "fees",
            "fees",
            lambda: factories.make_simple_event(fee_basis_points=250),
            {"Fee in percent": "2.5", "Agreed on for this event": "Yes", "Paid by": "Buyers"},
        ),
    ],
)
def test_what_waits_for_administrators_is_taken_away_too(
    client: FlaskClient, room: str, name: str, make: Callable[[], object], expected: dict[str, str]
) -> None:
    sign_in(client, factories.make_staff())
    assert files_of(client.get(f"/admin/{room}/")) == []
    make()
    assert f"/admin/{name}.csv" in files_of(client.get(f"/admin/{room}/"))
    [row] = rows_of(take(client, f"/admin/{name}.csv"))
    assert {heading: row[heading] for heading in expected} == expected
    assert take(client, f"/admin/{name}.xlsx").data.startswith(b"PK")


def test_no_file_says_where_to_pay_what_must_wait(client: FlaskClient) -> None:
    ask(organizer := make_earner())
    with transaction():
        organizer.is_active = False
    sign_in(client, factories.make_staff())
    [row] = rows_of(take(client, "/admin/payouts.csv"))
    assert (row["State"], row["Account number"]) == ("Must wait", "")
    assert row["Why it must wait"] == "the organizer's account is switched off"


def test_an_organizers_own_accounts_are_told_as_on_their_page(client: FlaskClient) -> None:
    profile = make_profile(sign_in(client, factories.make_organizer()))
    [row] = rows_of(take(client, "/organizer/money/accounts.csv"))
    assert (row["Name"], row["State"]) == (profile.name, "Verified")
    assert row["Account"].endswith("******7890") and profile.account_number not in str(row)
    assert "/organizer/money/accounts.csv" in files_of(client.get("/organizer/money/"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_pages_script_is_told_how_far_a_file_is_and_gets_the_same_file(
    client: FlaskClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_AT_ONCE", 2)
    names = ["Ama", "Kofi", "Esi", "Yaw", "Efua"]
    event = sold_out_evening(sign_in(client, factories.make_organizer()), *names)
    path = f"/organizer/events/{event.slug}/orders.{kind}"
    answer = client.get(path, headers={"Accept": "application/x-ndjson"}, buffered=True)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    told = [(line["done"], line["total"], line["text"]) for line in lines if "text" in line]
    assert told[:2] == [(2, 5, "2 of 5 rows"), (4, 5, "4 of 5 rows")]
    assert told[-1] == (5, 5, "5 of 5 rows")
    assert lines[-1]["name"] == f"orders-{event.slug}.{kind}"
    assert answer.headers["Cache-Control"] == "private, no-store"
    content = b"".join(b64decode(line["piece"]) for line in lines if "piece" in line)
    plain = take(client, path).data
    assert content == plain if kind == "csv" else content.startswith(b"PK")
    assert db.session.scalar(sa.select(sa.func.count(Change.id))) == 2


def test_who_may_not_see_a_list_is_refused_before_the_first_line(client: FlaskClient) -> None:
    event = sold_out_evening(factories.make_organizer(), "Ama Owusu")
    sign_in(client, factories.make_organizer())
    path = f"/organizer/events/{event.slug}/orders.csv"
    assert client.get(path, headers={"Accept": "application/x-ndjson"}).status_code == 404


def test_a_look_without_the_content_is_not_noted(client: FlaskClient) -> None:
    event = sold_out_evening(sign_in(client, factories.make_organizer()))
    assert client.head(f"/organizer/events/{event.slug}/orders.csv", buffered=True).status_code == 200
    assert db.session.scalars(sa.select(Change)).all() == []
