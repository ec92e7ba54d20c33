"""What the operations of the Cafa Tickets API are called with: the world of the first API, and what only clients here have."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import current_app
from PIL import Image

from easyticket.core import clock
from easyticket.core.signing import mail_token
from easyticket.db import db, transaction
from easyticket.models import (
    MailToken,
    Order,
    OrderStatus,
    PaymentProfile,
    Payout,
    Ticket,
    TicketType,
    TokenPurpose,
    User,
)
from easyticket.models.payout import PayoutState, ProfileMethod, ProfileStatus
from easyticket.queries.payment_profiles import find_default_profile
from easyticket.services import ledger
from easyticket.services.mail_tokens import mail_link
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.api.world import World as FirstWorld

Body = dict[str, Any]


def picture() -> bytes:
    """Return a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#0a7").save(file, "PNG")
    return file.getvalue()


class World(FirstWorld):
    """Payment profiles and payouts belong to `organizer` as well."""

    @cached_property
    def ticket_at_the_gate(self) -> Ticket:
        """A ticket of `consumer` for an event of the organizer that is on now."""
        begun = clock.now() - timedelta(hours=1)
        event = factories.make_simple_event(
            organizer=self.organizer, start_at=begun, end_at=begun + timedelta(hours=5), price_minor=0
        )
        [ticket] = issue_tickets(factories.sell_places(event.ticket_types[0].offers[0], 1), clock.now())
        return ticket

    @cached_property
    def second_type(self) -> TicketType:
        """A ticket type of the event that nobody ordered."""
        return factories.make_ticket_type(self.event, name="Late")

    @cached_property
    def default_profile(self) -> PaymentProfile:
        """The first one, which is the default, verified. It may have been there before this world."""
        there = find_default_profile(self.organizer.id)
        return there or self._profile(is_default=True, status=ProfileStatus.VERIFIED, verified_at=clock.now())

    @cached_property
    def profile(self) -> PaymentProfile:
        """Another one, verified."""
        assert self.default_profile
        return self._profile(status=ProfileStatus.VERIFIED, verified_at=clock.now())

    @cached_property
    def refused_profile(self) -> PaymentProfile:
        """One whose verification failed."""
        assert self.default_profile
        return self._profile(status=ProfileStatus.FAILED, failure_reason="Account number not found")

    @cached_property
    def payout(self) -> Payout:
        """Asked for and not sent."""
        organizer_id, profile_id = self.organizer.id, self.default_profile.id
        with transaction() as session:
            payout = Payout(
                organizer_id=organizer_id,
                payment_profile_id=profile_id,
                reference=f"PO-{clock.now().timestamp()}",
                method="manual",
                amount_minor=5_000,
                currency="GHS",
                state=PayoutState.REQUESTED,
            )
            session.add(payout)
            session.flush()
            ledger.post_payout_requested(payout, clock.now())
        return payout

    @cached_property
    def earned(self) -> Order:
        """Paid a month ago for an event that is over: what the organizer has of it can be paid out."""
        over = factories.make_simple_event(
            organizer=self.organizer, start_at=clock.now() - timedelta(days=2), price_minor=5_000
        )
        sold_at = clock.now() - timedelta(days=30)
        order = factories.make_order(over, status=OrderStatus.CONFIRMED, confirmed_at=sold_at)
        issue_tickets(order, sold_at)
        ledger.post_fulfilment(order, sold_at)
        return order

    def _profile(self, **fields: Any) -> PaymentProfile:
        organizer_id = self.organizer.id
        with transaction() as session:
            profile = PaymentProfile(
                user_id=organizer_id,
                method=ProfileMethod.BANK_TRANSFER,
                name="Main account",
                account_number="1234567890",
                account_name="Ama Boateng",
                bank_name="CAL Bank",
                bank_code="140100",
                **fields,
            )
            session.add(profile)
        return profile

    def mailed(self, purpose: TokenPurpose) -> Body:
        """Return `uid` and `token` of a mail of this purpose to a new account."""
        user = factories.make_user(is_verified=purpose is not TokenPurpose.VERIFY_EMAIL)
        with transaction():
            mail_link(user, purpose, clock.now())
        uuid = db.session.scalars(sa.select(MailToken.uuid).filter_by(user_id=user.id)).one()
        return {"uid": str(user.uuid), "token": mail_token(current_app.config["SETTINGS"].secret_key, uuid)}

    def fresh_user(self) -> User:
        """Return an account nobody else uses."""
        return factories.make_user()


def event_form(world: FirstWorld) -> Body:
    """Return the text parts of a form that makes an event."""
    day_on = (clock.now() + timedelta(days=20)).date()
    return {
        "title": "Highlife Night",
        "category_slug": world.category.slug,
        "short_description": "A long night of highlife by the sea, with two bands.",
        "description": "Two bands, one DJ and the sea beside the stage. Doors open an hour before the show begins.",
        "venue_name": "Labadi Beach",
        "venue_address": "Labadi Road",
        "venue_city": "Accra",
        "venue_country": "Ghana",
        "start_date": str(day_on),
        "end_date": str(day_on),
        "start_time": "18:00",
        "end_time": "23:00",
        "is_recurring": "false",
        "check_in_policy": "single_entry",
        "max_attendees": "100",
        "payment_profile_id": "",
        "is_published": "true",
        "ticket_types": json.dumps([ticket_type_body(world)]),
    }


def ticket_type_body(_world: FirstWorld) -> Body:
    """Return a ticket type as both clients send it."""
    return {
        "name": "Regular",
        "description": "",
        "price": "50.00",
        "quantity": 20,
        "min_purchase": 1,
        "max_purchase": 10,
    }


def purchase_body(world: FirstWorld) -> Body:
    """Return the body of a purchase as the API's own page has it."""
    return {
        "event_id": world.event.id,
        "ticket_type_id": world.ticket_type.offers[0].id,
        "quantity": 2,
        "attendee_info": {"name": "Kofi Mensah", "email": "kofi@example.org", "phone": "+233241234567"},
        "payment_method": "card",
    }


def initiate_body(world: FirstWorld) -> Body:
    """Return the body with which both clients buy."""
    return {
        "event_slug": world.event.slug,
        "ticket_type_id": world.ticket_type.offers[0].id,
        "quantity": 1,
        "buyer_name": "Kofi Mensah",
        "buyer_email": "kofi@example.org",
        "buyer_phone": "+233241234567",
    }


def bank_body(_world: FirstWorld) -> Body:
    """Return a payment profile of a bank account."""
    return {
        "method": "bank_transfer",
        "name": "Cal Bank",
        "description": "Secondary",
        "account_details": {
            "account_number": "1234567890",
            "account_name": "Ama Boateng",
            "bank_name": "CAL Bank",
            "bank_code": "140100",
        },
    }
