"""Orders as clients of the API make them: lines by ticket type, buyers by account, and one order for one key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    IdempotencyRecord,
    Order,
    OrderStatus,
    SalesChannel,
    TicketStatus,
    User,
)
from easyticket.rules.ordered_lines import OrderedLine
from easyticket.services.idempotency import (
    Answer,
    Repeated,
    Turn,
    find_record,
    note_answer,
)
from easyticket.services.order_drafts import OrderDraft, order_tickets
from easyticket.services.shortage import SoldOut
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

TURN = Turn(scope="user:1", operation="create_order", key="one", body_digest="a" * 64)


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="kojo@example.org", first_name="Kojo", last_name="Antwi")


def line_of(event: Event, quantity: int = 1, **named: UUID) -> OrderedLine:
    return OrderedLine(event.ticket_types[0].uuid, quantity, **named)


def order(user: User, event: Event, *lines: OrderedLine, turn: Turn | None = None, **said: Any) -> Order:
    draft = OrderDraft(event=event.uuid, items=lines or (line_of(event),), **said)
    return order_tickets(
        actor=factories.actor_of(user), draft=draft, channel=SalesChannel.API, turn=turn, now=clock.now()
    )


def fields_of(user: User, event: Event, *lines: OrderedLine, **said: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        order(user, event, *lines, **said)
    return refused.value.fields


def orders() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Order)) or 0


def test_the_buyer_is_the_account_unless_somebody_else_is_named(buyer: User) -> None:
    event = factories.make_simple_event()
    mine = order(buyer, event)
    assert (mine.buyer_name, mine.buyer_email, mine.user_id) == ("Kojo Antwi", "kojo@example.org", buyer.id)
    gift = order(
        buyer, event, buyer_name="Esi Darko", buyer_email="Esi@Example.org", buyer_phone="+2332412345670123"
    )
    assert (gift.buyer_name, gift.buyer_email) == ("Esi Darko", "esi@example.org")
    assert (gift.buyer_phone, gift.user_id) == ("+2332412345670123", buyer.id)


def test_texts_that_are_too_long_are_all_told_at_once(buyer: User) -> None:
    event = factories.make_simple_event()
    wrong = fields_of(
        buyer,
        event,
        buyer_phone="1" * 21,
        buyer_name="x" * 256,
        promo_code="x" * 51,
        notes="x" * 2001,
        buyer_email="nobody",
    )
    assert sorted(wrong) == ["buyer_email", "buyer_name", "buyer_phone", "notes", "promo_code"]


def test_a_free_order_is_confirmed_with_its_tickets_at_once(buyer: User) -> None:
    event = factories.make_simple_event(price_minor=0)
    free = order(buyer, event, line_of(event, 2))
    assert (free.status, free.total_minor) == (OrderStatus.CONFIRMED, 0)
    assert [ticket.status for ticket in free.tickets] == [TicketStatus.ACTIVE] * 2


def test_lines_of_one_offer_are_merged_and_of_several_kept_apart(buyer: User) -> None:
    event = factories.make_tiered_event()
    regular, gold = event.ticket_types[0].offers
    made = order(
        buyer,
        event,
        line_of(event, 1, ticket_tier_id=regular.uuid),
        line_of(event, 2, ticket_tier_id=gold.uuid),
        line_of(event, 3, ticket_tier_id=regular.uuid),
    )
    assert {(line.offer_id, line.quantity) for line in made.lines} == {(regular.id, 4), (gold.id, 2)}


def test_a_ticket_type_of_another_event_is_not_found(buyer: User) -> None:
    event, other = factories.make_simple_event(), factories.make_simple_event()
    assert fields_of(buyer, event, line_of(event), line_of(other)) == {
        "items.1.ticket_type_id": ["Ticket type not found"]
    }


def test_a_tier_of_another_type_is_invalid(buyer: User) -> None:
    event, other = factories.make_tiered_event(), factories.make_tiered_event()
    foreign = other.ticket_types[0].offers[0].uuid
    assert fields_of(buyer, event, line_of(event, ticket_tier_id=foreign)) == {
        "items.0.ticket_tier_id": ["Invalid ticket tier"]
    }


def test_an_order_has_an_item_and_not_more_than_a_hundred(buyer: User) -> None:
    event = factories.make_simple_event()
    draft = OrderDraft(event=event.uuid, items=())
    with pytest.raises(Invalid, match="Order must have at least one item"):
        order_tickets(actor=factories.actor_of(buyer), draft=draft, channel=SalesChannel.API, now=clock.now())
    assert list(fields_of(buyer, event, *[line_of(event)] * 101)) == ["items"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (EventStatus.DRAFT, "Cannot create order for unpublished event"),
        (EventStatus.CANCELLED, "This event was cancelled, so no tickets are sold any more"),
    ],
)
def test_an_event_that_does_not_sell_is_named(buyer: User, status: EventStatus, sentence: str) -> None:
    assert fields_of(buyer, factories.make_simple_event(status=status)) == {"event": [sentence]}


def test_an_unknown_event_does_not_exist(buyer: User) -> None:
    draft = OrderDraft(event=UUID(int=7), items=())
    with pytest.raises(Invalid) as refused:
        order_tickets(actor=factories.actor_of(buyer), draft=draft, channel=SalesChannel.API, now=clock.now())
    assert refused.value.fields == {"event": [f'Invalid pk "{UUID(int=7)}" - object does not exist.']}


def test_what_is_sold_out_is_said_of_the_items(buyer: User) -> None:
    event = factories.make_simple_event(quantity=3)
    with pytest.raises(SoldOut) as refused:
        order(buyer, event, line_of(event, 4))
    assert refused.value.fields == {"items": ["Only 3 tickets available for 'Standard'"]}


class TestWithAKey:
    def test_the_record_names_the_order_from_its_commit_on(self, buyer: User) -> None:
        made = order(buyer, factories.make_simple_event(), turn=TURN)
        record = find_record(TURN)
        assert record is not None
        assert (record.made_uuid, record.status_code) == (made.uuid, None)

    def test_a_second_sending_makes_nothing(self, buyer: User) -> None:
        event = factories.make_simple_event()
        order(buyer, event, turn=TURN)
        with pytest.raises(Repeated):
            order(buyer, event, turn=TURN)
        assert orders() == 1

    def test_what_was_made_answers_where_the_answer_was_lost(self, buyer: User) -> None:
        event = factories.make_simple_event()
        made = order(buyer, event, turn=TURN)
        again = Turn("user:1", "create_order", "one", "a" * 64, made_uuid=made.uuid)
        assert order(buyer, event, turn=again).id == made.id
        assert orders() == 1

    def test_a_refused_request_leaves_its_key_free(self, buyer: User) -> None:
        event = factories.make_simple_event(quantity=1)
        with pytest.raises(SoldOut):
            order(buyer, event, line_of(event, 2), turn=TURN)
        assert find_record(TURN) is None
        assert order(buyer, event, turn=TURN).quantity == 1

    def test_another_request_with_the_key_is_refused(self, buyer: User) -> None:
        order(buyer, factories.make_simple_event(), turn=TURN)
        with pytest.raises(Invalid, match="used for another request"):
            find_record(Turn("user:1", "create_order", "one", "b" * 64))

    def test_keys_of_other_people_and_other_operations_are_other_keys(self, buyer: User) -> None:
        order(buyer, factories.make_simple_event(), turn=TURN)
        assert find_record(Turn("user:2", "create_order", "one", "a" * 64)) is None
        assert find_record(Turn("user:1", "refund", "one", "a" * 64)) is None

    def test_the_first_answer_that_is_noted_stays(self) -> None:
        first = Answer(201, {"n": 1})
        assert note_answer(TURN, first, clock.now()) is first
        assert note_answer(TURN, Answer(201, {"n": 2}), clock.now()) == first
        assert db.session.scalars(sa.select(IdempotencyRecord)).one().answer == {"n": 1}
