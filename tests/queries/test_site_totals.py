"""How the site does: two spans of thirty days side by side, by currency, and what sells best."""

from __future__ import annotations

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.db import transaction
from easyticket.models import OrderStatus
from easyticket.queries.site_totals import Pair, load_site_totals
from easyticket.rules.permissions import Actor
from tests import factories
from tests.factories import actor_of
from tests.queries.test_balances import make_sale, take_back

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def staff() -> Actor:
    return actor_of(factories.make_staff())


def test_the_last_thirty_days_stand_beside_the_thirty_before(staff: Actor) -> None:
    now = clock.now()
    event, other = factories.make_simple_event(), factories.make_simple_event()
    new = [make_sale(event, days_ago=days) for days in (1, 29)]
    old = make_sale(other, days_ago=31)
    make_sale(other, days_ago=61)
    totals = load_site_totals(staff, now)
    assert totals.orders == Pair(2, 1)
    assert totals.tickets == Pair(sum(each.quantity for each in new), old.quantity)
    [money] = totals.money
    assert money.paid == Pair(sum(each.total_minor for each in new), old.total_minor)
    assert money.fees == Pair(sum(each.platform_fee_minor for each in new), old.platform_fee_minor)
    assert [(each.title, each.tickets) for each in totals.best] == [(event.title, totals.tickets.now)]


def test_what_was_returned_counts_on_the_day_it_was_paid(staff: Actor) -> None:
    order = make_sale(factories.make_simple_event(), days_ago=2)
    take_back(order)
    with transaction():
        order.status = OrderStatus.REFUNDED
    assert load_site_totals(staff, clock.now()).orders == Pair(1, 0)


def test_a_site_without_anything_has_noughts(staff: Actor) -> None:
    totals = load_site_totals(staff, clock.now())
    assert (totals.orders, totals.tickets, totals.events) == (Pair(), Pair(), Pair())
    assert (list(totals.money), list(totals.best), totals.accounts) == ([], [], Pair(1, 0))


def test_only_those_who_run_the_site_are_told() -> None:
    with pytest.raises(Forbidden):
        load_site_totals(actor_of(factories.make_organizer()), clock.now())
