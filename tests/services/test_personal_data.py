"""People can take away everything that is kept about them, and nothing about anybody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Unauthenticated
from easyticket.models import User
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.personal_data import write_personal_data
from easyticket.services.sessions import sign_in
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.services.test_account_deletion import make_profile
from tests.services.test_ticket_transfers import bought, send
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def data_of(user: User) -> dict[str, Any]:
    return json.loads("".join(write_personal_data(actor=actor_of(user), now=NOW)))  # type: ignore[no-any-return]


def test_a_buyer_gets_orders_tickets_and_whom_tickets_were_sent_to() -> None:
    user, stranger = factories.make_user(first_name="Ɛsi 🎫", last_name="Owusu"), factories.make_user()
    kept, sent = bought(user, quantity=2)
    bought(stranger)
    send(sent, actor=actor_of(user))
    sign_in(login=user.email, password=PASSWORD, surface="web", address="192.0.2.1", device="Phone", now=NOW)
    data = data_of(user)
    assert (data["account"]["first_name"], data["account"]["email"]) == ("Ɛsi 🎫", user.email)
    assert [(order["number"], order["total"], order["currency"]) for order in data["orders"]] == [
        (kept.order.number, "105.00", "GHS")
    ]
    assert [line["quantity"] for line in data["order_lines"]] == [2]
    assert [ticket["code"] for ticket in data["tickets"]] == [kept.code]
    assert [each["to_email"] for each in data["tickets_sent_on"]] == ["efua@example.org"]
    assert [session["address"] for session in data["sessions"]] == ["192.0.2.1"]
    assert [change["action"] for change in data["changes"]] == ["ticket_sent_on"]


def test_a_receiver_gets_what_came_to_a_proved_address_only() -> None:
    [ticket] = bought()
    send(ticket)
    proved = factories.make_user(email="efua@example.org")
    unproved = factories.make_user(email="kojo@example.org", is_verified=False)
    assert [each["from_name"] for each in data_of(proved)["tickets_received"]] == ["Kofi Mensah"]
    assert data_of(unproved)["tickets_received"] == []


def test_an_organizer_gets_events_and_accounts_with_masked_numbers_and_no_secret() -> None:
    organizer = factories.make_organizer()
    event = factories.make_simple_event(organizer=organizer)
    make_profile(organizer)
    data = data_of(organizer)
    assert [each["slug"] for each in data["events"]] == [event.slug]
    assert [each["account_number"] for each in data["payment_profiles"]] != ["0241234567"]
    text = json.dumps(data)
    for secret in (organizer.password_hash, "secret", "digest"):
        assert secret not in text


def test_only_the_person_itself_takes_it_away() -> None:
    user = factories.make_user()
    with pytest.raises(Unauthenticated):
        write_personal_data(actor=ANONYMOUS, now=NOW)
    with pytest.raises(Forbidden):
        write_personal_data(actor=replace(actor_of(user), staff_id=factories.make_staff().id), now=NOW)


def test_a_long_history_asks_no_more_questions() -> None:
    user = factories.make_user()
    bought(user)
    with counted_statements() as few:
        data_of(user)
    for _ in range(4):
        bought(user)
    with counted_statements() as many:
        assert len(data_of(user)["orders"]) == 5
    assert len(many) == len(few)
