"""Desks with what designers forget: titles of ninety characters, emoji, names written from right to left, addresses that
fill a line, one of everything, and nothing at all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import time_machine

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.models import (
    Event,
    EventStatus,
    PaymentProfile,
    ProfileMethod,
    ProfileStatus,
    TokenPurpose,
    User,
)
from easyticket.queries.users import find_user_by_email
from easyticket.rules.permissions import SYSTEM
from easyticket.services.accounts import request_verification
from easyticket.services.door_sales import DoorSale, sell_at_door
from easyticket.services.email_changes import request_email_change
from easyticket.services.events import update_event
from easyticket.services.orders import WantedLine, join_guest_orders, secret_of
from easyticket.services.password_changes import request_password_reset
from easyticket.services.refunds import request_refund
from easyticket.services.ticket_transfers import secret_of_transfer, send_ticket_on
from easyticket.services.withdrawals import request_withdrawal
from tests import factories
from tests.journeys.scenes import held_order, paid_order
from tests.journeys.troubles import make_troubles
from tests.mailed import mailed_tokens, reset_token, verification_token

# Desks, by the address their owner signs in with.
ODD = "an-address-as-long-as-the-longest-ones-people-really-have@post.desks.example.org"
ONE, NONE, UNPROVED = "one@desks.example.org", "none@desks.example.org", "unproved@desks.example.org"

LONG = "🎭 An extraordinarily long evening of improvised theatre, music, dance and shadow play 🎶"
FROM_THE_RIGHT = "أمسية طويلة جدا من المسرح المرتجل والموسيقى والرقص تحت شجرة الباوباب في أكرا"
UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenverleihungsabend"
NAME, OTHER_NAME = "ليلى بنت عبد الرحمن آل الشيخ", "שירה בן־דוד 👩‍🎤"
REASON = f"{LONG}. {UNBROKEN}. {FROM_THE_RIGHT}."


def furnish() -> dict[str, str]:
    """Set all desks up; return what the addresses of their pages are made of."""
    factories.make_organizer(email=NONE)
    factories.make_organizer(email=UNPROVED, is_verified=False)
    paid_order(
        factories.make_simple_event(organizer=factories.make_organizer(email=ONE)), "Esi", "esi@x.example"
    )
    owner = factories.make_organizer(
        email=ODD, first_name="ليلى", last_name="بنت عبد الرحمن آل الشيخ", bio=REASON
    )
    event = _event(owner)
    make_troubles(event, NAME, ODD)
    return {
        "event": event.slug,
        "type": str(event.ticket_types[0].uuid),
        **_drafts(owner),
        **_orders(event, owner),
        **_money(owner),
        "person": str(owner.uuid),
        "category": event.category.slug if event.category else "",
        "taken_down": factories.make_simple_event(
            organizer=owner, title=FROM_THE_RIGHT, taken_down_at=clock.now(), takedown_reason=REASON
        ).slug,
        **_mailed_links(),
    }


def _event(owner: User, **fields: Any) -> Event:
    event = factories.make_event(
        **{
            "organizer": owner,
            "title": LONG,
            "short_description": FROM_THE_RIGHT,
            "description": f"# {LONG}\n\n{FROM_THE_RIGHT}\n\n{UNBROKEN}\n\n* one\n* two",
            "venue_name": UNBROKEN,
            "venue_address": LONG,
            "buyer_refund_days": 1,
            "refund_policy": REASON,
            "category": factories.make_category(LONG, description=REASON),
            "online_link": f"https://example.org/{UNBROKEN}",
            "tags": f"theatre, رقص, {UNBROKEN}",
            **fields,
        }
    )
    factories.make_ticket_type(event, name=LONG, description=REASON, benefits=f"{FROM_THE_RIGHT}\n{UNBROKEN}")
    factories.make_promo_code(event, code="EARLY" + "Y" * 40)
    return event


def _drafts(owner: User) -> dict[str, str]:
    """One without any ticket, and one of each way to price whose prices stand in a table."""
    odd: dict[str, Any] = {"organizer": owner, "status": EventStatus.DRAFT, "published_at": None}
    tiers = factories.make_tiered_event(
        [(LONG, 5_000, 60), (OTHER_NAME, 123_456_789, 3)], title="Tiers", **odd
    )
    days = factories.make_day_event(title="Days", **odd)
    grid = factories.make_grid_event(3, [(LONG, 4_000), (NAME, 12_000), ("VIP", 0)], title="Grid", **odd)
    return {
        "draft": factories.make_event(title=FROM_THE_RIGHT, **odd).slug,
        "tiers": f"{tiers.slug}/ticket-types/{tiers.ticket_types[0].uuid}",
        "days": f"{days.slug}/ticket-types/{days.ticket_types[0].uuid}",
        "grid": f"{grid.slug}/ticket-types/{grid.ticket_types[0].uuid}",
    }


def _orders(event: Event, owner: User) -> dict[str, str]:
    """One with a ticket that was sent on twice, one that was returned in part, one at the door, and one that is held."""
    now = clock.now()
    order = paid_order(event, NAME, ODD, quantity=3)
    sent, ticket, _ = order.tickets
    passed = send_ticket_on(actor=SYSTEM, ticket=sent, to_name=OTHER_NAME, to_email=f"a.{ODD}", now=now)
    received = send_ticket_on(actor=SYSTEM, ticket=sent, to_name=NAME, to_email=f"b.{ODD}", now=now)
    request_refund(
        actor=SYSTEM, order=order, amount_minor=500, reason=REASON[:200], source="organizer", now=now
    )
    join_guest_orders(owner)
    sale = DoorSale(
        lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 1)], is_cash=True, name=OTHER_NAME
    )
    door = sell_at_door(actor=factories.actor_of(owner), event=event, sale=sale, token="door", now=now)
    held = held_order(event, NAME, ODD)
    # What their holders may be told of.
    changes = {"venue_name": OTHER_NAME, "online_link": f"https://example.org/{UNBROKEN}/{UNBROKEN}"}
    update_event(actor=factories.actor_of(owner), event=event, changes=changes, now=clock.now())
    return {
        "number": order.number,
        "order": secret_of(order),
        "code": ticket.code,
        "passed": secret_of_transfer(passed),
        "received": secret_of_transfer(received),
        "door": door.number,
        "held": secret_of(held),
    }


def _money(owner: User) -> dict[str, str]:
    """Accounts that are all right, looked at and refused; and one payout that was asked for."""
    account = _account(owner, name=LONG[:80], is_default=True)
    _account(owner, name=UNBROKEN, status=ProfileStatus.PENDING, verification_attempts=1)
    _account(owner, name="MTN", status=ProfileStatus.FAILED, failure_reason=REASON[:200])
    forty_days_ago = clock.now() - timedelta(days=40)
    with time_machine.travel(forty_days_ago):
        past = factories.make_simple_event(
            organizer=owner,
            title=UNBROKEN,
            price_minor=123_456_789,
            start_at=forty_days_ago + timedelta(days=1),
        )
        paid_order(past, OTHER_NAME, ODD)
    request_withdrawal(actor=factories.actor_of(owner), amount=Decimal(50), now=clock.now())
    return {"account": str(account.uuid), "past": past.slug}


def _mailed_links() -> dict[str, str]:
    """The ends of links that were mailed to prove an address, to set a password, and to a new address."""
    now, user = clock.now(), find_user_by_email(ONE)
    assert user is not None
    request_verification(email=UNPROVED, now=now)
    request_password_reset(email=ONE, now=now)
    request_email_change(
        actor=factories.actor_of(user), new_email=f"new.{ODD}", password=factories.PASSWORD, now=now
    )
    unproved = find_user_by_email(UNPROVED)
    assert unproved is not None
    return {
        "verify": verification_token(unproved),
        "reset": reset_token(user),
        "new_address": mailed_tokens(user, TokenPurpose.CHANGE_EMAIL)[-1],
    }


def _account(owner: User, **fields: Any) -> PaymentProfile:
    values = {
        "method": ProfileMethod.BANK_TRANSFER,
        "account_number": "1234567890",
        "account_name": NAME,
        "bank_name": UNBROKEN,
        "bank_code": "140100",
        "status": ProfileStatus.VERIFIED,
        **fields,
    }
    with transaction() as session:
        profile = PaymentProfile(user_id=owner.id, **values)
        session.add(profile)
    return profile
