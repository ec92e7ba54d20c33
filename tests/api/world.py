"""What the operations of the API are called with: people of each kind and things of theirs, made when first asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.signing import mail_token
from easyticket.db import db, transaction
from easyticket.http.tokens import TokenPair, make_tokens
from easyticket.models import (
    Category,
    Event,
    EventStatus,
    MailToken,
    Offer,
    Order,
    SalesChannel,
    Ticket,
    TicketType,
    TokenPurpose,
    User,
)
from easyticket.services.baskets import WantedLine
from easyticket.services.intents import confirm_test_payment
from easyticket.services.mail_tokens import mail_link
from easyticket.services.orders import Buyer, place_order
from easyticket.services.tickets import issue_tickets, qr_content
from tests import factories
from tests.api.conftest import open_session

Body = dict[str, Any]


class World:
    """Events belong to `organizer`, orders and tickets to `consumer`; `other` is an organizer with nothing to do with them."""

    #: Of the caller, once there is one.
    tokens: TokenPair | None = None

    def __init__(self, **people: User) -> None:
        # Who is given need not be made.
        vars(self).update(people)

    @cached_property
    def consumer(self) -> User:
        return factories.make_user()

    @cached_property
    def organizer(self) -> User:
        return factories.make_organizer()

    @cached_property
    def other(self) -> User:
        return factories.make_organizer()

    @cached_property
    def staff(self) -> User:
        return factories.make_staff()

    @cached_property
    def category(self) -> Category:
        return factories.make_category()

    @cached_property
    def event(self) -> Event:
        """Published, in two weeks, selling one simple ticket type."""
        return factories.make_simple_event(organizer=self.organizer, category=self.category)

    @cached_property
    def draft(self) -> Event:
        return factories.make_simple_event(
            organizer=self.organizer, status=EventStatus.DRAFT, published_at=None
        )

    @property
    def ticket_type(self) -> TicketType:
        return self.event.ticket_types[0]

    @cached_property
    def tiered(self) -> TicketType:
        return factories.make_tiered_event(organizer=self.organizer).ticket_types[0]

    @cached_property
    def day_based(self) -> TicketType:
        return factories.make_day_event(organizer=self.organizer).ticket_types[0]

    @cached_property
    def grid(self) -> TicketType:
        return factories.make_grid_event(organizer=self.organizer).ticket_types[0]

    @property
    def tier(self) -> Offer:
        return self.tiered.offers[0]

    @property
    def day_pass(self) -> Offer:
        return self.day_based.offers[0]

    @property
    def cell(self) -> Offer:
        return self.grid.offers[0]

    @cached_property
    def pending(self) -> Order:
        """Placed by the consumer and not paid."""
        return place_order(
            actor=factories.actor_of(self.consumer),
            event=self.event,
            lines=[WantedLine(self.ticket_type.offers[0].uuid, 2)],
            channel=SalesChannel.API,
            buyer=Buyer(self.consumer.display_name, self.consumer.email),
            now=clock.now(),
        )

    @cached_property
    def paid(self) -> Order:
        """Paid by the consumer in the sandbox, with its tickets."""
        return confirm_test_payment(
            actor=factories.actor_of(self.consumer),
            order=self.pending,
            payment_id="pi_test",
            payment_method="stripe",
            now=clock.now(),
        )

    @property
    def ticket(self) -> Ticket:
        return self.paid.tickets[0]

    @cached_property
    def code_at_the_gate(self) -> str:
        """What the QR code holds of a ticket for an event of the organizer that is on now."""
        begun = clock.now() - timedelta(hours=1)
        event = factories.make_simple_event(
            organizer=self.organizer, start_at=begun, end_at=begun + timedelta(hours=5), price_minor=0
        )
        [ticket] = issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), clock.now())
        return qr_content(ticket)

    def new_tokens(self, user: User) -> TokenPair:
        """Return the tokens of a session of its own."""
        return make_tokens(user, open_session(user))

    def verification_token(self) -> str:
        """Return what the mail to a new account holds."""
        user = factories.make_user(is_verified=False)
        with transaction():
            mail_link(user, TokenPurpose.VERIFY_EMAIL, clock.now())
        uuid = db.session.scalars(sa.select(MailToken.uuid).filter_by(user_id=user.id)).one()
        return mail_token(current_app.config["SETTINGS"].secret_key, uuid)


def event_body(world: World) -> Body:
    """Return a body that makes an event or replaces one: the fields of the API document's own example."""
    start = clock.now().replace(microsecond=0) + timedelta(days=20)
    return {
        "title": "Amazing Music Festival",
        "description": "Three days in the park.",
        "category": str(world.category.uuid),
        "pricing_type": "simple",
        "venue_name": "Central Park",
        "venue_city": "New York",
        "start_date": _written(start),
        "end_date": _written(start + timedelta(hours=6)),
        "total_capacity": 5000,
        "is_free": False,
    }


def ticket_type_body(world: World) -> Body:
    return {
        "event": str(world.event.uuid),
        "name": "VIP Pass",
        "pricing_type": "simple",
        "price": 150.00,
        "total_quantity": 100,
        "min_purchase": 1,
        "max_purchase": 10,
        "benefits": "VIP lounge access, Meet & Greet",
    }


def tier_body(world: World) -> Body:
    return {
        "ticket_type": str(world.tiered.uuid),
        "tier_number": 7,
        "name": "Balcony",
        "price": "150.00",
        "quantity": 5,
    }


def day_pass_body(world: World) -> Body:
    return {
        "ticket_type": str(world.day_based.uuid),
        "day_number": 7,
        "name": "First evening",
        "date": str(world.day_pass.day_on),
        "price": 75.00,
        "quantity": 5,
        "is_all_days": False,
    }


def cell_body(world: World) -> Body:
    return {
        "ticket_type": str(world.grid.uuid),
        "day_number": 1,
        "day_name": "Day 1",
        "date": str(world.cell.day_on),
        "tier_number": 7,
        "tier_name": "Balcony",
        "price": "200.00",
        "quantity": 5,
        "is_active": True,
    }


def order_body(world: World) -> Body:
    return {
        "event": str(world.event.uuid),
        "buyer_email": "buyer@example.org",
        "buyer_phone": "+1234567890",
        "buyer_name": "Kofi Mensah",
        "notes": "By the door, please",
        "items": [{"ticket_type_id": str(world.ticket_type.uuid), "quantity": 2}],
    }


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
