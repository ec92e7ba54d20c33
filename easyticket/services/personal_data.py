"""Everything that is kept about one person, for that person to take away: one JSON document, written row by row.

Amounts are decimals in their currency, moments UTC. Secrets (passwords, links, codes of sessions) are no data about
anybody and are left out; numbers of accounts are masked as on the pages.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Change,
    ContactMessage,
    Event,
    NewsletterSubscription,
    Order,
    OrderLine,
    Payment,
    PaymentProfile,
    Payout,
    Receipt,
    Refund,
    SellerProfile,
    Ticket,
    TicketTransfer,
    User,
    UserSession,
)
from easyticket.queries.users import get_own_user
from easyticket.rules.payment_accounts import masked_number
from easyticket.rules.permissions import Actor, Permission, require

# How many rows are fetched at once.
_AT_ONCE = 200
_ACCOUNT = (
    *("email", "username", "first_name", "last_name", "phone_number", "user_type", "bio", "city", "country"),
    *("wants_marketing", "wants_reminders", "wants_email", "wants_sms", "created_at", "email_verified_at"),
    *("last_login_at", "password_changed_at"),
)


@dataclass(frozen=True, slots=True)
class _Section:
    """One list of the document: its name, and the statement whose columns are the names of the fields."""

    name: str
    query: sa.Select[*tuple[Any, ...]]


def write_personal_data(*, actor: Actor, now: datetime) -> Iterator[str]:
    """Yield the document of the actor's own account in pieces, reading as it goes.

    :raises Unauthenticated: nobody is signed in (before the first piece).
    :raises Forbidden: an administrator acts in the person's place.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    user = get_own_user(actor)
    account = {name: getattr(user, name) for name in _ACCOUNT}
    return _pieces(account, _sections(user), now)


def _pieces(account: dict[str, Any], sections: list[_Section], now: datetime) -> Iterator[str]:
    yield f'{{\n"exported_at": {_json(now)},\n"account": {_json(account)}'
    for section in sections:
        yield f",\n{_json(section.name)}: ["
        separator = "\n"
        for row in db.session.execute(section.query.execution_options(yield_per=_AT_ONCE)).mappings():
            yield separator + _json(_readable(dict(row)))
            separator = ",\n"
        yield "]"
    yield "\n}\n"


def _sections(user: User) -> list[_Section]:
    return [*_as_buyer(user), *_as_holder(user), *_as_organizer(user), *_as_user(user)]


def _as_buyer(user: User) -> list[_Section]:
    mine = Order.user_id == user.id
    orders = sa.select(
        *(Order.number, Event.title.label("event"), Order.status, Order.created_at, Order.confirmed_at),
        *(Order.buyer_name, Order.buyer_email, Order.buyer_phone, Order.notes, Order.promo_code),
        *(Order.currency, Order.subtotal_minor, Order.discount_minor, Order.fee_minor, Order.total_minor),
        *(Order.refunded_minor, Order.payment_method, Order.cancelled_at),
    ).join(Order.event)
    lines = sa.select(
        *(Order.number.label("order"), OrderLine.ticket_name, OrderLine.tier_name, OrderLine.day_name),
        *(OrderLine.quantity, Order.currency, OrderLine.unit_price_minor, OrderLine.subtotal_minor),
    ).join(OrderLine.order)
    payments = sa.select(
        *(Order.number.label("order"), Payment.provider, Payment.reference, Payment.method, Payment.state),
        *(Payment.currency, Payment.amount_minor, Payment.created_at, Payment.paid_at),
    ).join(Payment.order)
    refunds = sa.select(
        *(Order.number.label("order"), Refund.state, Refund.reason, Refund.currency, Refund.amount_minor),
        Refund.created_at,
    ).join(Refund.order)
    receipts = sa.select(
        *(Order.number.label("order"), Receipt.kind, Receipt.number, Receipt.seller_name, Receipt.currency),
        *(Receipt.amount_minor, Receipt.tax_minor, Receipt.issued_at),
    ).join(Receipt.order)
    return [
        _Section("orders", orders.where(mine).order_by(Order.id)),
        _Section("order_lines", lines.where(mine).order_by(OrderLine.id)),
        _Section("payments", payments.where(mine).order_by(Payment.id)),
        _Section("refunds", refunds.where(mine).order_by(Refund.id)),
        _Section("receipts", receipts.where(mine).order_by(Receipt.id)),
    ]


def _as_holder(user: User) -> list[_Section]:
    tickets = sa.select(
        *(Ticket.code, Event.title.label("event"), Event.start_at, Event.end_at, Ticket.ticket_name),
        *(Ticket.tier_name, Ticket.day_name, Ticket.day_on, Ticket.attendee_name, Ticket.attendee_email),
        *(Ticket.attendee_phone, Ticket.status, Ticket.used_at, Ticket.sent_on_at, Ticket.created_at),
    ).join(Ticket.event)
    sendings = (
        sa.select(
            *(Event.title.label("event"), Ticket.ticket_name, TicketTransfer.from_name),
            *(TicketTransfer.from_email, TicketTransfer.to_name, TicketTransfer.to_email),
            TicketTransfer.sent_at,
        )
        .join(TicketTransfer.ticket)
        .join(Ticket.event)
    )
    # Whose address it was is sure only where it was proved.
    received = TicketTransfer.to_email == (user.email if user.is_email_verified else "")
    sent = TicketTransfer.from_user_id == user.id
    return [
        _Section("tickets", tickets.where(Ticket.owner_id == user.id).order_by(Ticket.id)),
        _Section("tickets_sent_on", sendings.where(sent).order_by(TicketTransfer.id)),
        _Section("tickets_received", sendings.where(received).order_by(TicketTransfer.id)),
    ]


def _as_organizer(user: User) -> list[_Section]:
    events = sa.select(
        *(Event.title, Event.slug, Event.status, Event.start_at, Event.end_at, Event.time_zone),
        *(Event.venue_name, Event.venue_address, Event.venue_city, Event.venue_country, Event.created_at),
    ).where(Event.organizer_id == user.id)
    profiles = sa.select(
        *(PaymentProfile.name, PaymentProfile.method, PaymentProfile.account_name),
        *(PaymentProfile.account_number, PaymentProfile.network, PaymentProfile.bank_name),
        *(PaymentProfile.status, PaymentProfile.created_at, PaymentProfile.deleted_at),
    ).where(PaymentProfile.user_id == user.id)
    payouts = sa.select(
        *(Payout.reference, Payout.state, Payout.currency, Payout.amount_minor, Payout.created_at)
    ).where(Payout.organizer_id == user.id)
    sellers = sa.select(
        *(SellerProfile.legal_name, SellerProfile.address, SellerProfile.tax_number, SellerProfile.tax_name)
    ).where(SellerProfile.user_id == user.id)
    return [
        _Section("events", events.order_by(Event.id)),
        _Section("payment_profiles", profiles.order_by(PaymentProfile.id)),
        _Section("payouts", payouts.order_by(Payout.id)),
        _Section("seller", sellers),
    ]


def _as_user(user: User) -> list[_Section]:
    sessions = sa.select(
        *(UserSession.surface, UserSession.device, UserSession.address, UserSession.created_at),
        *(UserSession.last_seen_at, UserSession.expires_at, UserSession.revoked_at),
    ).where(UserSession.user_id == user.id)
    changes = sa.select(
        *(Change.changed_at, Change.action, Change.subject, Change.before, Change.after)
    ).where(Change.actor_id == user.id)
    messages = sa.select(
        *(ContactMessage.subject, ContactMessage.message, ContactMessage.name, ContactMessage.email),
        *(ContactMessage.phone, ContactMessage.created_at),
    ).where(ContactMessage.user_id == user.id)
    proved = user.email if user.is_email_verified else ""
    newsletter = sa.select(NewsletterSubscription.email, NewsletterSubscription.subscribed_at).where(
        NewsletterSubscription.email == proved
    )
    return [
        _Section("sessions", sessions.order_by(UserSession.id)),
        _Section("changes", changes.order_by(Change.id)),
        _Section("messages", messages.order_by(ContactMessage.id)),
        _Section("newsletter", newsletter),
    ]


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with amounts in major units and the number of an account masked."""
    if "account_number" in row:
        row["account_number"] = masked_number(row["method"], row["account_number"])
    return {
        name.removesuffix("_minor"): Money(value, row["currency"]).as_text()
        if name.endswith("_minor") and value is not None
        else value
        for name, value in row.items()
    }


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not written")
