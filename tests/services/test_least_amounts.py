"""What cannot be collected is not sold: prices below the provider's least, steps nobody can pay, crumbs a promo code leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.models import Event, PromoKind
from easyticket.services.ticket_types import TicketTypeDraft, create_ticket_type, update_ticket_type
from tests import factories
from tests.factories import actor_of
from tests.services.test_orders import place

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture(autouse=True)
def paystack(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cedis are collected by Paystack, which takes ten pesewas and more; nobody asks it anything here."""
    configured = replace(settings, paystack_secret_key="sk_test_nobody", paystack_public_key="pk_test_nobody")
    monkeypatch.setitem(app.config, "SETTINGS", configured)


def sell_at(event: Event, price_minor: int) -> None:
    draft = TicketTypeDraft(name="Floor", total_quantity=10, price_minor=price_minor)
    create_ticket_type(actor=actor_of(event.organizer), event=event, draft=draft, now=clock.now())


def test_a_price_below_the_least_that_is_collected_is_refused_and_nothing_is_not() -> None:
    event = factories.make_event(currency="GHS")
    with pytest.raises(Invalid) as refusal:
        sell_at(event, 9)
    assert refusal.value.fields == {
        "price": ["The least that can be charged is GHS 0.10. Enter that or more, or 0 for a free ticket."]
    }
    sell_at(event, 0)


def test_a_price_that_stands_stays_when_something_else_is_changed() -> None:
    event = factories.make_simple_event(price_minor=5, currency="GHS")
    ticket_type = event.ticket_types[0]
    actor, now = actor_of(event.organizer), clock.now()
    update_ticket_type(actor=actor, ticket_type=ticket_type, changes={"name": "Balcony"}, now=now)
    with pytest.raises(Invalid):
        update_ticket_type(actor=actor, ticket_type=ticket_type, changes={"price_minor": 6}, now=now)
    assert (ticket_type.name, ticket_type.offers[0].price_minor) == ("Balcony", 5)


def test_what_a_promo_code_leaves_below_the_least_is_taken_off_too() -> None:
    event = factories.make_simple_event(price_minor=1_000, currency="GHS")
    factories.make_promo_code(event, "ALMOST", kind=PromoKind.PERCENT, value=9_950)
    order = place(event, 1, promo_code="ALMOST")
    amounts = (order.discount_minor, order.fee_minor, order.platform_fee_minor, order.total_minor)
    assert amounts == (1_000, 0, 0, 0)
    assert order.lines[0].discount_minor == 1_000


def test_the_fee_of_tickets_in_dinars_goes_in_steps_that_can_be_paid() -> None:
    event = factories.make_simple_event(price_minor=1_510, currency="KWD", fee_basis_points=333)
    order = place(event, 3)
    assert (order.fee_minor, order.total_minor) == (150, 4_680)
