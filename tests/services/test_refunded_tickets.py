"""Single tickets given back: what each brings, who may, and what is left of the order and of the others."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid
from easyticket.core.money import Money
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Event,
    Order,
    OrderStatus,
    Quota,
    QuotaKind,
    Refund,
    RefundState,
    Ticket,
    TicketStatus,
)
from easyticket.rules.permissions import SYSTEM, Actor
from easyticket.rules.refund_amounts import refundable_minor, tickets_given_up
from easyticket.services import refund_requests, refunds
from easyticket.services.payments import settle_payment
from easyticket.services.refund_requests import (
    RefundWish,
    make_refund,
    preview_refund,
    refund_order,
    turn_of_form,
)
from easyticket.services.ticket_transfers import send_ticket_on
from tests import factories
from tests.services.test_orders import holding
from tests.services.test_payments import approved, balance

pytestmark = pytest.mark.usefixtures("db_session")


def bought(event: Event | None = None, quantity: int = 3) -> Order:
    order, payment = approved(event or factories.make_simple_event(price_minor=3_333), quantity)
    settle_payment(payment.reference)
    return order


def use(ticket: Ticket) -> None:
    with transaction():
        ticket.status, ticket.used_at = TicketStatus.USED, clock.now()


def give_back(order: Order, *tickets: Ticket, actor: Actor | None = None, **more: bool) -> Refund:
    codes = [ticket.code for ticket in tickets]
    wish = RefundWish(codes=tuple(codes), **more)
    return make_refund(actor=actor or holding(order), order=order, wish=wish, now=clock.now())


def sold(order: Order) -> int:
    return db.session.scalars(
        sa.select(Quota.sold).filter_by(kind=QuotaKind.EVENT, owner_id=order.event_id)
    ).one()


class TestAmounts:
    def test_a_ticket_brings_what_it_cost_with_its_fee_ends_and_goes_back_on_sale(self) -> None:
        order = bought()
        first = order.tickets[0]
        refund = give_back(order, first)
        assert (refund.amount_minor, refund.state) == (first.paid_minor, RefundState.SUCCEEDED)
        assert [(part.ticket_id, part.amount_minor) for part in refund.tickets] == [
            (first.id, first.paid_minor)
        ]
        assert [ticket.status for ticket in order.tickets] == [
            TicketStatus.CANCELLED, TicketStatus.ACTIVE, TicketStatus.ACTIVE,
        ]  # fmt: skip
        assert (sold(order), order.status) == (2, OrderStatus.CONFIRMED)

    def test_tickets_given_back_one_by_one_return_the_whole_order(self) -> None:
        order = bought()
        for ticket in list(order.tickets):
            give_back(order, ticket)
        assert (order.status, order.refunded_minor) == (OrderStatus.REFUNDED, order.total_minor)
        assert (
            sum(part.amount_minor for refund in order.refunds for part in refund.tickets) == order.total_minor
        )
        assert [balance(name, order) for name in ("organizer_payable", "fee_revenue", "refund_due")] == [
            0,
            0,
            0,
        ]

    def test_the_rest_of_an_order_is_shared_by_what_is_left_of_each_ticket(self) -> None:
        order = bought()
        give_back(order, order.tickets[0])
        refund = refund_order(actor=SYSTEM, order=order, now=clock.now())
        parts = {part.ticket_id: part.amount_minor for part in refund.tickets}
        assert parts == {
            order.tickets[0].id: 0,
            order.tickets[1].id: order.tickets[1].paid_minor,
            order.tickets[2].id: order.tickets[2].paid_minor,
        }

    @pytest.mark.parametrize(
        ("amount", "staying"), [("0.01", 1), ("52.50", 1), ("52.51", 0), ("104.99", 0), ("105.00", 0)]
    )
    def test_a_buyer_keeps_no_ticket_that_the_rest_of_the_money_does_not_cover(
        self, amount: str, staying: int
    ) -> None:
        order = bought(factories.make_simple_event(price_minor=5_000), 2)
        wish = RefundWish(amount=Decimal(amount))
        plan = preview_refund(actor=holding(order), order=order, wish=wish, now=clock.now())
        assert len(plan.ended) == 2 - staying
        refund_order(actor=holding(order), order=order, amount=wish.amount, now=clock.now())
        valid = [ticket for ticket in order.tickets if ticket.status is TicketStatus.ACTIVE]
        assert valid == order.tickets[:staying]
        assert (sold(order), refundable_minor(order)) == (staying, 10_500 - int(Decimal(amount) * 100))
        assert sum(ticket.paid_minor for ticket in valid) <= refundable_minor(order)

    def test_cents_asked_for_one_after_the_other_end_tickets_as_their_sum_does(self) -> None:
        order = bought(factories.make_simple_event(price_minor=5_000), 2)
        for _ in range(6):
            refund_order(actor=holding(order), order=order, amount=Decimal(10), now=clock.now())
        assert {ticket.status for ticket in order.tickets} == {TicketStatus.CANCELLED}
        rest = refund_order(actor=holding(order), order=order, now=clock.now())
        assert (rest.amount_minor, order.status) == (4_500, OrderStatus.REFUNDED)

    @pytest.mark.parametrize(
        ("amount", "staying"), [(300, [2_550, 300]), (2_550, [300, 300]), (450, [2_550])]
    )
    def test_the_dearest_tickets_stay_as_long_as_they_fit(self, amount: int, staying: list[int]) -> None:
        order = bought(factories.make_simple_event(price_minor=1_000), 3)
        for ticket, paid in zip(order.tickets, (300, 2_550, 300), strict=True):
            ticket.paid_minor = paid
        ended = tickets_given_up(order, order.tickets, amount)
        stays = [ticket.paid_minor for ticket in order.tickets if ticket not in ended]
        assert sorted(stays, reverse=True) == staying

    def test_an_amount_without_tickets_touches_none_and_lowers_what_tickets_can_bring(self) -> None:
        order = bought(quantity=2)
        refund_order(actor=SYSTEM, order=order, amount=Decimal("60.00"), now=clock.now())
        assert {ticket.status for ticket in order.tickets} == {TicketStatus.ACTIVE}
        left = refundable_minor(order)
        assert left < order.tickets[0].paid_minor
        refund = give_back(order, order.tickets[0])
        # All the money is returned now, so no ticket of the order lets anybody in.
        assert refund.amount_minor == left
        assert (order.status, {ticket.status for ticket in order.tickets}) == (
            OrderStatus.REFUNDED, {TicketStatus.CANCELLED},
        )  # fmt: skip

    def test_a_ticket_given_back_twice_brings_nothing_more(self) -> None:
        order = bought()
        give_back(order, order.tickets[0])
        with pytest.raises(Conflict, match="Nothing is left to return"):
            give_back(order, order.tickets[0])

    def test_tickets_of_another_order_cannot_be_named(self) -> None:
        order, other = bought(), bought()
        with pytest.raises(Invalid, match="Choose tickets of this order"):
            give_back(order, order.tickets[0], other.tickets[0])

    def test_places_of_an_event_that_is_over_stay_sold(self) -> None:
        order = bought()
        with time_machine.travel(order.event.end_at + timedelta(hours=1)):
            give_back(order, order.tickets[0], actor=SYSTEM)
        assert sold(order) == 3


class TestUsedTickets:
    def test_a_used_ticket_is_refunded_only_on_purpose_and_that_is_remembered(self) -> None:
        order = bought()
        use(order.tickets[0])
        organizer = factories.actor_of(order.event.organizer)
        with pytest.raises(Conflict, match="has been used already") as refused:
            give_back(order, order.tickets[0], actor=organizer)
        assert refused.value.code == "ticket_used"
        refund = give_back(order, order.tickets[0], actor=organizer, override_used=True)
        assert (refund.source, refund.override_by_id) == ("organizer", organizer.user_id)

    def test_unused_tickets_beside_a_used_one_need_no_override(self) -> None:
        order = bought()
        use(order.tickets[0])
        refund = give_back(order, order.tickets[1], actor=factories.actor_of(order.event.organizer))
        assert refund.override_by_id is None

    def test_an_amount_alone_needs_no_override(self) -> None:
        order = bought()
        use(order.tickets[0])
        organizer = factories.actor_of(order.event.organizer)
        refund = refund_order(actor=organizer, order=order, amount=Decimal(5), now=clock.now())
        assert (refund.amount_minor, refund.override_by_id) == (500, None)

    def test_its_buyer_cannot_override(self) -> None:
        order = bought()
        use(order.tickets[0])
        with pytest.raises(Conflict, match="Ask the organizer"):
            give_back(order, order.tickets[1], override_used=True)


class TestPolicy:
    def test_a_buyer_may_until_so_many_days_before_and_the_organizer_later(self) -> None:
        order = bought(factories.make_simple_event(buyer_refund_days=3))
        with time_machine.travel(order.event.start_at - timedelta(days=3, minutes=1)):
            give_back(order, order.tickets[0])
        with time_machine.travel(order.event.start_at - timedelta(days=3)):
            with pytest.raises(Conflict, match="Money back was possible until"):
                give_back(order, order.tickets[1])
            give_back(order, order.tickets[1], actor=factories.actor_of(order.event.organizer))

    def test_an_event_without_refunds_sends_its_buyers_to_the_organizer(self) -> None:
        order = bought(factories.make_simple_event(buyer_refund_days=None))
        with pytest.raises(Conflict, match="Ask the organizer"):
            refund_order(actor=holding(order), order=order, now=clock.now())


class TestDisputes:
    def dispute(self, order: Order, state: DisputeState, amount_minor: int) -> None:
        [payment] = order.payments
        with transaction() as session:
            session.add(
                Dispute(
                    order_id=order.id,
                    payment_id=payment.id,
                    provider_ref="dp_1",
                    state=state,
                    amount_minor=amount_minor,
                    currency=order.currency,
                    opened_at=clock.now(),
                )
            )

    def test_while_a_bank_looks_into_a_payment_nothing_of_it_is_refunded(self) -> None:
        order = bought()
        self.dispute(order, DisputeState.OPEN, 1_000)
        with pytest.raises(Conflict, match="the buyer would have the money twice"):
            refund_order(actor=SYSTEM, order=order, now=clock.now())

    def test_a_question_of_a_bank_stops_no_refund(self) -> None:
        order = bought()
        self.dispute(order, DisputeState.WARNING, 1_000)
        assert refund_order(actor=SYSTEM, order=order, now=clock.now()).amount_minor == order.total_minor

    def test_what_a_lost_dispute_took_cannot_be_refunded_too(self) -> None:
        order = bought()
        self.dispute(order, DisputeState.LOST, 1_000)
        assert refundable_minor(order) == order.total_minor - 1_000
        with pytest.raises(Invalid, match="more than what is left"):
            refunds.request_refund(
                actor=SYSTEM, order=order, amount_minor=order.total_minor, source="admin", now=clock.now()
            )


class TestForms:
    def test_a_form_sent_twice_returns_the_money_once(self) -> None:
        order = bought()
        codes = [order.tickets[0].code]

        def send(token: str) -> Refund:
            wish = RefundWish(codes=tuple(codes))
            turn = turn_of_form(order, token, wish)
            return make_refund(actor=holding(order), order=order, wish=wish, turn=turn, now=clock.now())

        first = send("token-of-the-page")
        assert send("token-of-the-page").id == first.id
        with pytest.raises(Conflict, match="Nothing is left"):
            send("another-page")

    def test_the_same_form_with_something_else_in_it_is_another_refund(self) -> None:
        order = bought()
        made = [
            refund_requests.refund_order(
                actor=SYSTEM,
                order=order,
                amount=Decimal(amount),
                turn=turn_of_form(order, "token", amount),
                now=clock.now(),
            ).id
            for amount in (1, 1, 2)
        ]
        assert (made[0] == made[1], made[1] == made[2]) == (True, False)


class TestSentOn:
    def test_its_buyer_gives_back_the_others_and_the_organizer_all(self) -> None:
        order = bought()
        sent, first, second = order.tickets
        send_ticket_on(
            actor=holding(order), ticket=sent, to_name="Efua", to_email="efua@example.org", now=clock.now()
        )
        for wish in (RefundWish(codes=(sent.code,)), RefundWish()):
            with pytest.raises(Conflict, match="sent on to somebody else is theirs"):
                preview_refund(actor=holding(order), order=order, wish=wish, now=clock.now())
            with pytest.raises(Conflict) as refusal:
                make_refund(actor=holding(order), order=order, wish=wish, now=clock.now())
            assert refusal.value.code == "ticket_sent_on"
        give_back(order, first)
        # By an amount, too, the ones that end are the buyer's own.
        amount = Money(second.paid_minor, order.currency).decimal
        refund_order(actor=holding(order), order=order, amount=amount, now=clock.now())
        assert [ticket.status for ticket in (sent, first, second)] == [
            TicketStatus.ACTIVE,
            TicketStatus.CANCELLED,
            TicketStatus.CANCELLED,
        ]
        give_back(order, sent, actor=factories.actor_of(order.event.organizer))
        assert sent.status is TicketStatus.CANCELLED
