"""Desks hold with much on them: each page asks the database as often for many events, orders and tasks as for one of each."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.models import Event, RefundState
from easyticket.rules.permissions import SYSTEM
from easyticket.services.event_fees import set_event_fee
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.queries.test_desk import give_back, sell
from tests.services.test_withdrawals import ask, make_earner
from tests.statements import counted_statements
from tests.web.buying import sign_in
from tests.web.test_admin_pages import failed_refund

pytestmark = pytest.mark.usefixtures("db_session")


def asked(client: FlaskClient, paths: Iterable[str]) -> dict[str, int]:
    """Return how many statements each page takes."""
    found = {}
    for path in paths:
        with counted_statements() as seen:
            assert client.get(path).status_code == 200, path
        found[path] = len(seen)
    return found


def buy_and_return(event: Event) -> None:
    issue_tickets(sell(event), clock.now())
    give_back(sell(event), state=RefundState.FAILED)


def test_an_organizers_first_screens_and_money_ask_as_often_for_much_as_for_little(
    client: FlaskClient,
) -> None:
    organizer = make_earner()
    event = factories.make_simple_event(organizer=organizer)
    buy_and_return(event)
    ask(organizer, "10")
    sign_in(client, organizer)
    paths = ["/organizer/", f"/organizer/events/{event.slug}/", "/organizer/money/"]
    for path in paths:
        client.get(path)
    little = asked(client, paths)
    for _ in range(4):
        buy_and_return(event)
        buy_and_return(factories.make_simple_event(organizer=organizer))
        ask(organizer, "10")
    assert asked(client, paths) == little


def test_rooms_of_administrators_ask_as_often_for_much_as_for_little(client: FlaskClient) -> None:
    staff = factories.make_staff()
    sign_in(client, staff)
    paths = ["/admin/refunds/", "/admin/fees/", "/admin/health/", "/admin/changes/", "/admin/payments/"]

    def give_work() -> None:
        order = failed_refund().order
        set_event_fee(actor=SYSTEM, event=order.event, basis_points=250, now=clock.now())

    give_work()
    little = asked(client, paths)
    for _ in range(3):
        give_work()
    assert asked(client, paths) == little
