"""What a browser's form leads to: one order however often it is sent, and the earlier one only given up for a better."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db
from easyticket.models import Event, IdempotencyRecord, Order, OrderStatus, OutboxJob
from easyticket.queue import JobName
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services import checkout
from easyticket.services.checkout import begin_checkout, renew_hold, resend_tickets
from easyticket.services.idempotency import forget_old_answers
from easyticket.services.orders import SoldOut, WantedLine, secret_of
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")


def begin(event: Event, quantity: int = 1, replaces: Order | None = None) -> Order:
    lines = [WantedLine(event.ticket_types[0].offers[0].uuid, quantity)]
    actor = holder(replaces) if replaces else ANONYMOUS
    return begin_checkout(
        actor=actor, event=event, lines=lines, form_token="one-form", replaces=replaces, now=clock.now()
    )


def holder(order: Order) -> Actor:
    return ANONYMOUS.with_order_secret(secret_of(order))


def turns() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyRecord)) or 0


def test_a_form_that_was_refused_can_be_sent_again() -> None:
    event = factories.make_simple_event(quantity=1)
    other = factories.hold_places(event.ticket_types[0].offers[0], 1)
    with pytest.raises(SoldOut):
        begin(event)
    assert turns() == 0
    checkout.cancel_order(actor=holder(other), order=other, now=clock.now())
    assert begin(event).status is OrderStatus.PENDING


def test_a_form_whose_first_sending_died_is_seen_to_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    event = factories.make_simple_event()
    monkeypatch.setattr(
        checkout, "_note_order", lambda *_: None
    )  # the process ended before it could note its order
    first = begin(event)
    monkeypatch.undo()
    monkeypatch.setattr(checkout, "_PATIENCE", 0.0)
    assert begin(event).id != first.id


def test_another_choice_on_the_same_form_is_another_order() -> None:
    event = factories.make_simple_event()
    assert begin(event, 1).id != begin(event, 2).id


def test_a_strangers_order_cannot_be_given_up() -> None:
    event = factories.make_simple_event()
    first = begin(event)
    lines = [WantedLine(event.ticket_types[0].offers[0].uuid, 2)]
    with pytest.raises(Forbidden):
        begin_checkout(
            actor=actor_of(factories.make_user()), event=event, lines=lines, replaces=first, now=clock.now()
        )
    db.session.refresh(first)
    assert first.status is OrderStatus.PENDING


def test_only_who_holds_the_link_holds_again() -> None:
    order = factories.make_order(
        factories.make_simple_event(),
        expires_at=clock.now() - timedelta(minutes=1),
        user=factories.make_user(),
    )
    with pytest.raises(Forbidden):
        renew_hold(actor=actor_of(factories.make_user()), order=order, now=clock.now())


def test_a_hold_that_is_over_is_renewed_whether_or_not_somebody_ended_the_order() -> None:
    order = factories.make_order(factories.make_simple_event(), expires_at=clock.now() - timedelta(seconds=1))
    now = clock.now()
    renewed = renew_hold(actor=holder(order), order=order, now=now)
    assert renewed.id == order.id
    assert renewed.expires_at == now + timedelta(minutes=15)


def test_tickets_are_sent_again_for_a_paid_order_only() -> None:
    event = factories.make_simple_event()
    paid, unpaid = factories.make_order(event, status=OrderStatus.CONFIRMED), factories.make_order(event)
    issue_tickets(paid, clock.now())
    resend_tickets(actor=holder(paid), order=paid, now=clock.now())
    job = db.session.scalars(sa.select(OutboxJob).filter_by(name=JobName.MAIL_ORDER_CONFIRMED)).one()
    assert job.payload == {"order_id": paid.id}
    with pytest.raises(Conflict):
        resend_tickets(actor=holder(unpaid), order=unpaid, now=clock.now())
    with pytest.raises(Forbidden):
        resend_tickets(actor=ANONYMOUS, order=paid, now=clock.now())


def test_forms_are_forgotten_after_a_day() -> None:
    begin(factories.make_simple_event())
    assert forget_old_answers(clock.now() + timedelta(hours=23)) == 0
    assert forget_old_answers(clock.now() + timedelta(hours=25)) == 1
    assert turns() == 0
