"""Reading orders and tickets: by the secret of a link, and as an account's own; never anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, OrderStatus, Payment, PaymentState, Refund, User
from easyticket.queries.orders import (
    find_order_by_secret,
    get_order_by_secret,
    has_promo_codes,
    list_bought_orders,
    list_open_orders,
)
from easyticket.queries.own_tickets import list_coming_tickets, list_past_tickets
from easyticket.queries.tickets import get_ticket, get_ticket_of_order
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import secret_of
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import actor_of
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def bought(event: Event, user: User | None = None, **fields: object) -> Order:
    """A confirmed order with its ticket."""
    order = factories.make_order(event, user=user, status=OrderStatus.CONFIRMED, **fields)
    issue_tickets(order, clock.now())
    return order


def past_event() -> Event:
    return factories.make_simple_event(start_at=clock.now() - timedelta(days=3))


def give_back(order: Order, source: str) -> None:
    payment = factories._keep(
        Payment(
            order_id=order.id,
            attempt=1,
            provider="sandbox",
            reference=f"ET-{order.id}",
            state=PaymentState.SURPLUS,
            amount_minor=order.total_minor,
            currency=order.currency,
        )
    )
    factories._keep(
        Refund(
            order_id=order.id,
            payment_id=payment.id,
            amount_minor=order.total_minor,
            currency=order.currency,
            source=source,
        )
    )


def test_the_secret_of_a_link_finds_its_order() -> None:
    order = factories.make_order(factories.make_simple_event())
    assert get_order_by_secret(secret_of(order)).id == order.id


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda secret: secret[:-1], lambda secret: secret + "0", lambda _: "0" * 32, lambda _: ""],
)
def test_a_secret_that_is_not_exactly_right_finds_nothing(change: Callable[[str], str]) -> None:
    wrong = change("a" + secret_of(factories.make_order(factories.make_simple_event()))[1:])
    assert find_order_by_secret(wrong) is None
    with pytest.raises(NotFound):
        get_order_by_secret(wrong)


def test_the_digest_that_the_database_keeps_is_no_key() -> None:
    order = factories.make_order(factories.make_simple_event())
    assert find_order_by_secret(order.secret_digest) is None
    assert find_order_by_secret(order.secret_digest[:32]) is None


def test_an_account_finds_its_orders_where_they_belong() -> None:
    user, event, now = factories.make_user(), factories.make_simple_event(), clock.now()
    held = factories.make_order(event, user=user)
    ran_out = factories.make_order(event, user=user, expires_at=now - timedelta(minutes=1))
    coming = bought(event, user)
    over = bought(past_event(), user)
    refunded = factories.make_order(event, user=user, status=OrderStatus.REFUNDED)
    too_late = factories.make_order(event, user=user, status=OrderStatus.FAILED)
    give_back(too_late, "late_payment")
    actor = actor_of(user)

    assert [order.id for order in list_open_orders(actor, now)] == [held.id]
    assert ran_out.id not in {order.id for order in list_open_orders(actor, now)}
    paid = list_bought_orders(actor, page=1, per_page=20)
    assert {order.id for order in paid.items} == {coming.id, over.id, refunded.id, too_late.id}
    assert paid.count == 4


def test_tickets_of_what_comes_are_listed_by_event_and_the_others_apart() -> None:
    user, now = factories.make_user(), clock.now()
    later = bought(factories.make_simple_event(start_at=now + timedelta(days=30)), user)
    sooner = bought(factories.make_simple_event(start_at=now + timedelta(days=2)), user)
    running = bought(factories.make_simple_event(start_at=now - timedelta(hours=1)), user)
    over = bought(past_event(), user)
    called_off = bought(factories.make_simple_event(status=EventStatus.CANCELLED), user)
    actor = actor_of(user)
    coming = list_coming_tickets(actor, now, page=1, per_page=20)
    assert [ticket.order_id for ticket in coming.items] == [running.id, sooner.id, later.id]
    others = list_past_tickets(actor, now, page=1, per_page=20)
    assert [ticket.order_id for ticket in others.items] == [called_off.id, over.id]


def test_what_was_bought_comes_in_pages() -> None:
    user, event = factories.make_user(), past_event()
    orders = [bought(event, user) for _ in range(3)]
    actor = actor_of(user)
    first = list_bought_orders(actor, page=1, per_page=2)
    second = list_bought_orders(actor, page=2, per_page=2)
    assert [order.id for order in [*first.items, *second.items]] == [order.id for order in reversed(orders)]
    with pytest.raises(NotFound):
        list_bought_orders(actor, page=3, per_page=2)


def test_guest_orders_are_nobodys_and_strangers_see_none() -> None:
    event, now = factories.make_simple_event(), clock.now()
    guest = bought(event)
    bought(event, factories.make_user())
    for actor in (ANONYMOUS, actor_of(factories.make_user())):
        assert list_open_orders(actor, now) == []
        assert list_coming_tickets(actor, now, page=1, per_page=20).count == 0
        assert list_bought_orders(actor, page=1, per_page=20).count == 0
        with pytest.raises(NotFound):
            get_ticket(actor, guest.tickets[0].code)


def test_the_holder_of_an_orders_secret_finds_its_tickets_and_no_others() -> None:
    event = factories.make_simple_event()
    mine, other = bought(event), bought(event)
    holder = ANONYMOUS.with_order_secret(secret_of(mine))
    assert get_ticket(holder, mine.tickets[0].code).id == mine.tickets[0].id
    with pytest.raises(NotFound):
        get_ticket(holder, other.tickets[0].code)
    with pytest.raises(NotFound):
        get_ticket_of_order(mine, other.tickets[0].code)


def test_a_ticket_is_found_by_its_code_as_a_person_types_it() -> None:
    user = factories.make_user()
    ticket = bought(factories.make_simple_event(), user).tickets[0]
    typed = f" {ticket.code.lower()} "
    assert get_ticket(actor_of(user), typed).id == ticket.id


def test_a_longer_list_asks_no_more_questions() -> None:
    user = factories.make_user()
    actor = actor_of(user)

    def questions() -> int:
        db.session.expire_all()
        with counted_statements() as asked:
            for ticket in list_coming_tickets(actor, clock.now(), page=1, per_page=20).items:
                _ = (ticket.event.title, ticket.order.number, ticket.transfers)
            for order in list_bought_orders(actor, page=1, per_page=20).items:
                _ = (
                    order.event.organizer.email,
                    order.hold,
                    order.lines,
                    order.payments,
                    order.refunds,
                    order.tickets,
                )
        return len(asked)

    bought(factories.make_simple_event(), user)
    few = questions()
    for _ in range(4):
        bought(factories.make_simple_event(), user)
    assert questions() == few


def test_a_code_is_asked_for_only_while_one_could_be_used() -> None:
    event, now = factories.make_simple_event(), clock.now()
    assert not has_promo_codes(event, now)
    factories.make_promo_code(event, "OFF", is_active=False)
    factories.make_promo_code(event, "OVER", ends_at=now)
    factories.make_promo_code(event, "SOON", starts_at=now + timedelta(days=1))
    factories.make_promo_code(factories.make_simple_event(), "ELSEWHERE")
    assert not has_promo_codes(event, now)
    factories.make_promo_code(event, "NOW", starts_at=now, ends_at=now + timedelta(days=1))
    assert has_promo_codes(event, now)
