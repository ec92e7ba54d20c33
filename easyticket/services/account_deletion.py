"""Deleting an account: who it was is forgotten, what it bought, sold and was paid stays in the books.

Orders, tickets and the ledger are kept without names, as bookkeeping laws demand, and so are payment profiles that something
was paid to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from easyticket.core.errors import Conflict, Invalid
from easyticket.db import Base, db, transactional
from easyticket.models import (
    ContactMessage,
    Event,
    EventDraft,
    EventTrial,
    MailToken,
    NewsletterSubscription,
    Order,
    PaymentProfile,
    Payout,
    Refund,
    SellerProfile,
    Ticket,
    TicketTransfer,
    User,
    UserSession,
    UserType,
)
from easyticket.queries.account_ties import find_account_ties
from easyticket.queries.users import get_own_user
from easyticket.rules.account_deletion import CONFIRMATION, why_not_deletable
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import ERASED, erase_from_changes
from easyticket.services.images import discard_picture
from easyticket.services.organizer_lock import lock_own_account
from easyticket.services.passwords import is_right_password

# What has no use without its person: receipts have what they say about their seller themselves.
_FORGOTTEN: tuple[tuple[type[Base], InstrumentedAttribute[Any]], ...] = (
    (UserSession, UserSession.user_id),
    (MailToken, MailToken.user_id),
    (EventDraft, EventDraft.user_id),
    (EventTrial, EventTrial.tried_by_id),
    (SellerProfile, SellerProfile.user_id),
    (ContactMessage, ContactMessage.user_id),
)
_NOT_CONFIRMED = f"To delete your account, send the words “{CONFIRMATION}” as its confirmation."
_WRONG_PASSWORD = "The password is not right. Your account was not deleted."  # noqa: S105 (a sentence)


def delete_account(*, actor: Actor, password: str, confirmation: str, now: datetime) -> None:
    """Delete the actor's own account: its person is forgotten, everybody is signed out, and nobody can sign in again.

    The address and the username are free from then on; who signs up with them gets none of its orders.

    :raises Invalid: not the password, or not the confirming words.
    :raises Conflict: something holds the account; the sentence says what to do.
    :raises AccountClosed: it was deleted at this very moment.
    """
    require(actor, Permission.KEEP_OWN_ACCOUNT)
    known_hash = get_own_user(actor).password_hash
    if confirmation.strip() != CONFIRMATION:
        raise Invalid(_NOT_CONFIRMED, code="not_confirmed")
    if not is_right_password(known_hash, password):
        raise Invalid(_WRONG_PASSWORD, code="wrong_password")
    _delete_account(actor, known_hash, now)


@transactional
def _delete_account(actor: Actor, known_hash: str, now: datetime) -> None:
    user = lock_own_account(actor.user_id)
    if user.password_hash != known_hash:
        raise Invalid(_WRONG_PASSWORD, code="wrong_password")
    if refusal := why_not_deletable(find_account_ties(user, now)):
        raise Conflict(refusal, code="account_in_use")
    _forget_newsletter(user)
    _forget_accounts(user, now)
    for rows, owner in _FORGOTTEN:
        db.session.execute(sa.delete(rows).where(owner == user.id))
    _forget_purchases(user, now)
    proved_email = user.email if user.is_email_verified else ""
    erase_from_changes(user_id=user.id, proved_email=proved_email, now=now)
    _forget_person(user, now)


def _forget_person(user: User, now: datetime) -> None:
    discard_picture(user.profile_image)
    # Unique as the column wants it, and under a domain that no mail is ever delivered to (RFC 2606).
    user.email = f"{user.uuid.hex}@deleted.invalid"
    user.username = user.username_key = user.email_verified_at = user.last_login_at = None
    user.password_hash = ""
    for name in ("first_name", "last_name", "phone_number", "bio", "city", "country", "profile_image"):
        setattr(user, name, "")
    user.wants_marketing = user.wants_reminders = user.wants_email = user.wants_sms = False
    user.is_phone_verified = user.is_staff = user.is_active = False
    if user.user_type is UserType.ADMIN:
        user.user_type = UserType.CONSUMER
    user.deleted_at = user.updated_at = now


def _forget_purchases(user: User, now: datetime) -> None:
    """Take the person out of orders, tickets and sendings, which are kept: the amounts are for the books, the names are not.

    What was bought as a guest from the proved address goes along once its event is over; until then it has to be found.
    """
    nobody = {"buyer_name": ERASED, "buyer_email": "", "buyer_phone": "", "notes": ""}
    holder = {"attendee_name": ERASED, "attendee_email": "", "attendee_phone": ""}
    orders = sa.or_(Order.user_id == user.id, _is_guests(user, Order.user_id, Order.buyer_email, now))
    tickets = sa.or_(
        Ticket.owner_id == user.id, _is_guests(user, Ticket.owner_id, Ticket.attendee_email, now)
    )
    for update in (
        sa.update(Refund).where(Refund.order_id.in_(sa.select(Order.id).where(orders))).values(reason=""),
        sa.update(Order).where(orders).values(**nobody, updated_at=now),
        sa.update(Ticket).where(tickets).values(**holder, updated_at=now),
        sa.update(TicketTransfer)
        .where(TicketTransfer.from_user_id == user.id)
        .values(from_name="", from_email=""),
        sa.update(TicketTransfer).where(_was_received_by(user)).values(to_name=ERASED, to_email=""),
    ):
        db.session.execute(update, execution_options={"synchronize_session": False})


def _is_guests(
    user: User,
    account_id: InstrumentedAttribute[int | None],
    email: InstrumentedAttribute[str],
    now: datetime,
) -> sa.ColumnElement[bool]:
    # An address that was never proved may be somebody else's.
    if not user.is_email_verified:
        return sa.false()
    rows = account_id.class_
    is_over = sa.exists().where(Event.id == rows.event_id, Event.end_at <= now)
    return sa.and_(account_id.is_(None), email == user.email, is_over)


def _was_received_by(user: User) -> sa.ColumnElement[bool]:
    """Return the condition on sendings of tickets that a person has or sent on, whatever their address was then, and on
    those to the address that is proved now: one that never was may be somebody else's."""
    later = aliased(TicketTransfer)
    is_later = sa.and_(later.ticket_id == TicketTransfer.ticket_id, later.id > TicketTransfer.id)
    sent_on_by = sa.select(later.from_user_id).where(is_later).order_by(later.id).limit(1).scalar_subquery()
    has_it = sa.exists().where(Ticket.id == TicketTransfer.ticket_id, Ticket.owner_id == user.id)
    is_last = ~sa.exists().where(is_later)
    conditions = [sent_on_by == user.id, sa.and_(is_last, has_it)]
    if user.is_email_verified:
        conditions.append(TicketTransfer.to_email == user.email)
    return sa.or_(*conditions)


def _forget_accounts(user: User, now: datetime) -> None:
    """Close the payment profiles; numbers that nothing was ever paid to are nobody's business any more."""
    mine = sa.update(PaymentProfile).where(PaymentProfile.user_id == user.id)
    was_paid_to = sa.exists().where(Payout.payment_profile_id == PaymentProfile.id)
    closed = {"is_default": False, "deleted_at": sa.func.coalesce(PaymentProfile.deleted_at, now)}
    emptied = {"account_number": "", "account_name": "", "name": "", "description": ""}
    unsynchronized = {"synchronize_session": False}
    db.session.execute(mine.values(**closed), execution_options=unsynchronized)
    db.session.execute(mine.where(~was_paid_to).values(**emptied), execution_options=unsynchronized)


def _forget_newsletter(user: User) -> None:
    # An address that was never proved may be somebody else's, who keeps what they asked for.
    if user.is_email_verified:
        db.session.execute(
            sa.delete(NewsletterSubscription).where(NewsletterSubscription.email == user.email)
        )
