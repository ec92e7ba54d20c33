"""Orders before payment: what is held, what is refused, and what comes back when a hold ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.models import (
    Event,
    FeeBearer,
    HoldState,
    Offer,
    OfferKind,
    Order,
    OrderStatus,
    Quota,
    QuotaKind,
    SalesChannel,
)
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services.baskets import WantedLine
from easyticket.services.expiry import expire_orders
from easyticket.services.open_orders import TooManyOpen
from easyticket.services.orders import (
    Buyer,
    apply_promo,
    cancel_order,
    hold_again,
    join_guest_orders,
    name_buyer,
    place_order,
    secret_of,
)
from easyticket.services.organizer_lock import AccountClosed
from easyticket.services.shortage import SoldOut
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

KOFI = Buyer("Kofi Mensah", "Kofi@Example.org")


def place(
    event: Event,
    quantity: int = 1,
    *,
    offer: Offer | None = None,
    actor: Actor = ANONYMOUS,
    now: datetime | None = None,
    promo_code: str = "",
) -> Order:
    wanted = WantedLine((offer or event.ticket_types[0].offers[0]).uuid, quantity)
    return place_order(
        actor=actor,
        event=event,
        lines=[wanted],
        channel=SalesChannel.WEB,
        buyer=KOFI,
        promo_code=promo_code,
        now=now or clock.now(),
    )


def holding(order: Order) -> Actor:
    """The actor of somebody who came with the order's secret link."""
    return ANONYMOUS.with_order_secret(secret_of(order))


def counts(kind: QuotaKind, owner_id: int) -> tuple[int, int]:
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=kind, owner_id=owner_id)).one()
    db.session.refresh(quota)
    return quota.held, quota.sold


def test_an_order_holds_its_places_in_every_quota_until_it_expires() -> None:
    event = factories.make_tiered_event(total_capacity=50)
    gold = event.ticket_types[0].offers[1]
    now = clock.now()
    order = place(event, 3, offer=gold, now=now)
    assert order.status is OrderStatus.PENDING
    assert order.expires_at == now + timedelta(minutes=15)
    assert counts(QuotaKind.OFFER, gold.id) == (3, 0)
    assert counts(QuotaKind.TICKET_TYPE, gold.ticket_type_id) == (3, 0)
    assert counts(QuotaKind.EVENT, event.id) == (3, 0)


def test_an_order_keeps_the_quote_it_was_made_at() -> None:
    event = factories.make_simple_event(price_minor=5_001)
    order = place(event, 2)
    event.ticket_types[0].offers[0].price_minor = 9_999
    assert (order.subtotal_minor, order.fee_minor, order.total_minor) == (10_002, 500, 10_502)
    assert order.lines[0].unit_price_minor == 5_001


def test_an_organizer_who_bears_the_fee_leaves_the_buyer_the_plain_price() -> None:
    event = factories.make_simple_event(price_minor=5_000, fee_bearer=FeeBearer.ORGANIZER)
    order = place(event, 2)
    assert (order.total_minor, order.fee_minor, order.platform_fee_minor) == (10_000, 0, 500)


def test_order_numbers_count_up_from_one_each_day() -> None:
    event = factories.make_simple_event()
    now = clock.now()
    numbers = [place(event, now=now).number for _ in range(3)]
    assert numbers == [f"OE-{now:%Y%m%d}-{count:04d}" for count in (1, 2, 3)]


def test_the_secret_link_is_not_stored_but_its_digest_is() -> None:
    order = place(factories.make_simple_event())
    assert len(secret_of(order)) == 32
    assert order.secret_digest == digest(secret_of(order))


def test_the_same_offer_twice_is_one_line() -> None:
    event = factories.make_simple_event()
    offer = event.ticket_types[0].offers[0]
    order = place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[WantedLine(offer.uuid, 2), WantedLine(offer.uuid, 3)],
        channel=SalesChannel.WEB,
        now=clock.now(),
    )
    assert [line.quantity for line in order.lines] == [5]


def test_more_than_is_left_is_sold_out_and_holds_nothing() -> None:
    event = factories.make_tiered_event(total_capacity=4)
    gold = event.ticket_types[0].offers[1]
    with pytest.raises(SoldOut, match="Only 4 tickets available for") as refused:
        place(event, 5, offer=gold)
    assert (refused.value.code, refused.value.left) == ("sold_out", 4)
    assert counts(QuotaKind.OFFER, gold.id) == (0, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0


def test_all_held_says_when_places_may_come_back() -> None:
    event = factories.make_simple_event(quantity=2)
    now = clock.now()
    place(event, 2, now=now)
    with pytest.raises(SoldOut) as refused:
        place(event, 1, now=now + timedelta(minutes=11))
    assert refused.value.code == "all_held"
    assert refused.value.retry_after == 240


def test_a_hold_that_ran_out_is_released_when_somebody_else_wants_the_place() -> None:
    event = factories.make_simple_event(quantity=2)
    now = clock.now()
    first = place(event, 2, now=now)
    second = place(event, 2, now=now + timedelta(minutes=15))
    assert second.status is OrderStatus.PENDING
    db.session.refresh(first)
    assert (first.status, first.failure_reason) == (OrderStatus.FAILED, "expired")


@pytest.mark.parametrize("quantity", [0, -1, True, 2.0])
def test_a_quantity_that_is_no_positive_whole_number_is_refused(quantity: object) -> None:
    event = factories.make_simple_event()
    with pytest.raises(Invalid) as refused:
        place(event, quantity)  # type: ignore[arg-type]
    assert "quantity" in refused.value.fields


def test_an_offer_of_another_event_is_not_found() -> None:
    other = factories.make_simple_event()
    with pytest.raises(Invalid, match="Ticket type not found"):
        place(factories.make_simple_event(), offer=other.ticket_types[0].offers[0])


def test_limits_of_a_purchase_hold_for_the_type_across_its_offers() -> None:
    event = factories.make_tiered_event()
    event.ticket_types[0].max_purchase = 3
    db.session.commit()
    regular, gold = event.ticket_types[0].offers
    with pytest.raises(Invalid, match="At most 3 tickets of 'Seat'"):
        place_order(
            actor=ANONYMOUS,
            event=event,
            lines=[WantedLine(regular.uuid, 2), WantedLine(gold.uuid, 2)],
            channel=SalesChannel.WEB,
            now=clock.now(),
        )


def test_an_expired_order_gives_its_places_back_once() -> None:
    event = factories.make_simple_event()
    order = place(event, 4)
    later = order.expires_at + timedelta(seconds=1)
    assert expire_orders(later) == 1
    assert expire_orders(later) == 0
    db.session.refresh(order)
    assert order.hold is not None and order.hold.state is HoldState.RELEASED
    assert counts(QuotaKind.EVENT, event.id) == (0, 0)


def test_an_expired_order_can_hold_the_same_again_at_todays_price_and_keeps_what_was_typed() -> None:
    event = factories.make_simple_event(price_minor=5_000, quantity=2)
    order = place(event, 2)
    later = order.expires_at + timedelta(minutes=3)
    expire_orders(later)
    event.ticket_types[0].offers[0].price_minor = 6_000
    db.session.commit()
    held = hold_again(actor=holding(order), order=order, now=later)
    assert held.status is OrderStatus.PENDING
    assert held.expires_at == later + timedelta(minutes=15)
    assert (held.subtotal_minor, held.buyer_email) == (12_000, "kofi@example.org")
    assert counts(QuotaKind.EVENT, event.id) == (2, 0)


def test_holding_again_what_somebody_else_holds_is_sold_out_and_changes_nothing() -> None:
    event = factories.make_simple_event(quantity=2)
    order = place(event, 2)
    later = order.expires_at + timedelta(minutes=1)
    place(event, 2, now=later)
    with pytest.raises(SoldOut):
        hold_again(actor=holding(order), order=order, now=later)
    db.session.refresh(order)
    assert order.status is OrderStatus.FAILED
    assert counts(QuotaKind.EVENT, event.id) == (2, 0)


def test_cancelling_gives_the_places_back_and_cannot_be_done_twice() -> None:
    event = factories.make_simple_event()
    order = place(event, 2)
    cancel_order(actor=holding(order), order=order, reason="Changed my mind", now=clock.now())
    assert counts(QuotaKind.EVENT, event.id) == (0, 0)
    with pytest.raises(Conflict, match="already cancelled"):
        cancel_order(actor=holding(order), order=order, now=clock.now())


def test_only_the_holder_of_the_link_or_the_account_may_touch_an_order() -> None:
    order = place(factories.make_simple_event())
    stranger = factories.actor_of(factories.make_user())
    with pytest.raises(Forbidden):
        cancel_order(actor=stranger, order=order, now=clock.now())
    with pytest.raises(Forbidden):
        name_buyer(actor=ANONYMOUS.with_order_secret("0" * 32), order=order, buyer=KOFI)


def test_a_bad_address_is_refused_by_its_field() -> None:
    order = place(factories.make_simple_event())
    with pytest.raises(Invalid) as refused:
        name_buyer(actor=holding(order), order=order, buyer=Buyer("Kofi", "kofi@"))
    assert list(refused.value.fields) == ["buyer_email"]


def test_guest_orders_join_the_account_of_a_verified_address_only() -> None:
    order = place(factories.make_simple_event())
    unverified = factories.make_user(email="kofi@example.org", is_verified=False)
    with pytest.raises(Forbidden):
        join_guest_orders(unverified)
    unverified.email_verified_at = clock.now()
    db.session.commit()
    assert join_guest_orders(unverified) == 1
    db.session.refresh(order)
    assert order.user_id == unverified.id


def test_a_promo_code_takes_its_share_off_and_holds_one_use() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    promo = factories.make_promo_code(event, uses=1)
    order = place(event, 2, promo_code="early10 ")
    assert (order.discount_minor, order.fee_minor, order.total_minor) == (1_000, 450, 9_450)
    assert counts(QuotaKind.PROMO, promo.id) == (1, 0)
    with pytest.raises(Invalid, match="used up"):
        place(event, 1, promo_code="EARLY10")


def test_a_promo_code_can_be_put_on_and_taken_off_while_the_tickets_are_held() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    promo = factories.make_promo_code(event)
    order = place(event, 2)
    apply_promo(actor=holding(order), order=order, code="EARLY10", now=clock.now())
    assert (order.discount_minor, counts(QuotaKind.PROMO, promo.id)) == (1_000, (1, 0))
    apply_promo(actor=holding(order), order=order, code="", now=clock.now())
    assert (order.discount_minor, counts(QuotaKind.PROMO, promo.id)) == (0, (0, 0))
    assert counts(QuotaKind.EVENT, event.id) == (2, 0)


def test_an_all_days_pass_is_sold_from_its_own_quota_and_the_events() -> None:
    event = factories.make_day_event(total_capacity=5)
    all_days = next(offer for offer in event.ticket_types[0].offers if offer.is_all_days)
    assert all_days.kind is OfferKind.DAY_PASS
    place(event, 5, offer=all_days)
    with pytest.raises(SoldOut):
        place(event, 1, offer=event.ticket_types[0].offers[0])


def test_an_order_holds_a_hundred_tickets_at_most_whatever_its_types_allow() -> None:
    event = factories.make_simple_event(quantity=500)
    event.ticket_types[0].max_purchase = 500
    db.session.commit()
    with pytest.raises(Invalid, match="At most 100 tickets"):
        place(event, 101)


def test_an_account_holds_five_unpaid_orders_of_an_event_and_no_sixth_in_any_way() -> None:
    event, other = factories.make_simple_event(), factories.make_simple_event()
    user = factories.make_user()
    actor = factories.actor_of(user)
    now = clock.now()
    ran_out = place(event, actor=actor, now=now - timedelta(minutes=16))
    expire_orders(now)
    orders = [place(event, actor=actor, now=now) for _ in range(5)]
    with pytest.raises(TooManyOpen, match="have 5 orders of this event"):
        place(event, actor=actor, now=now)
    with pytest.raises(TooManyOpen, match="Pay or cancel one of them first"):
        hold_again(actor=actor, order=ran_out, now=now)
    db.session.refresh(ran_out)
    assert ran_out.status is OrderStatus.FAILED
    assert counts(QuotaKind.EVENT, event.id) == (5, 0)
    place(event, actor=factories.actor_of(factories.make_user()), now=now)
    place(other, actor=actor, now=now)
    cancel_order(actor=actor, order=orders[0], now=now)
    place(event, actor=actor, now=now)
    # What ran out holds nothing, whether or not somebody has ended it yet.
    place(event, actor=actor, now=now + timedelta(minutes=16))


def test_a_closed_account_takes_no_order() -> None:
    event = factories.make_simple_event()
    user = factories.make_user(deleted_at=clock.now(), is_active=False)
    guests = place(event)
    with pytest.raises(AccountClosed):
        place(event, actor=factories.actor_of(user))
    actor = replace(factories.actor_of(user), order_digest=holding(guests).order_digest)
    with pytest.raises(AccountClosed):
        name_buyer(actor=actor, order=guests, buyer=KOFI)
    assert counts(QuotaKind.EVENT, event.id) == (1, 0)


def test_tickets_cannot_be_held_again_and_again_for_ever() -> None:
    order = place(factories.make_simple_event())
    later = order.created_at + timedelta(hours=2, minutes=1)
    expire_orders(later)
    with pytest.raises(Conflict, match="Choose them again"):
        hold_again(actor=holding(order), order=order, now=later)
