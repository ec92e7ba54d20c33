"""Sending a ticket on: its code dies, a new one is made for somebody else, and both sides are told by mail.

The lock on the ticket's row is the one a gate takes. So of a scan and a sending at the same instant exactly one happens:
the sending finds the ticket used, or the gate finds that its code is an old one.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased

from easyticket.core.errors import Conflict, invalid_field
from easyticket.core.ids import ticket_code
from easyticket.core.signing import digest, ticket_secret
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, RetiredCode, Ticket, TicketTransfer, User
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, may, require
from easyticket.rules.ticket_transfers import SENT_ON, Receiver, normal_receiver, why_not_sendable
from easyticket.services.change_log import record_update, values_of
from easyticket.services.tickets import qr_content

_HOLDER = ("attendee_name", "attendee_email")


def secret_of_transfer(transfer: TicketTransfer) -> str:
    """Return the secret of the link that the receiver of a ticket got by mail."""
    return ticket_secret(current_app.config["SETTINGS"].secret_key, transfer.uuid)


@transactional
def send_ticket_on(
    *, actor: Actor, ticket: Ticket, to_name: str, to_email: str, now: datetime
) -> TicketTransfer:
    """Give a ticket to whoever has the address: it gets a new code and QR code, and the old ones admit nobody from then on.

    :raises Forbidden: it is not the actor's.
    :raises Invalid: no name or no address, or its holder's own (fields `to_name`, `to_email`).
    :raises Conflict: used, over, cancelled or disputed; or somebody else sent it on at this very moment.
    """
    require(actor, Permission.SEND_TICKET_ON, ticket)
    receiver = normal_receiver(to_name, to_email)
    ticket = _locked(ticket.id)
    if not may(actor, Permission.SEND_TICKET_ON, ticket):
        raise Conflict(SENT_ON, code="ticket_sent_on")
    if refusal := why_not_sendable(ticket, now):
        raise Conflict(refusal, code="ticket_not_sendable")
    if receiver.email == ticket.attendee_email:
        raise invalid_field("to_email", "The ticket is at this address already. Enter that of somebody else.")
    before = values_of(ticket, _HOLDER)
    transfer = _new_transfer(ticket, receiver, now)
    give_new_code(ticket, now)
    _give_to(ticket, receiver, now)
    db.session.flush()
    record_update(actor, ChangeAction.TICKET_SENT_ON, ticket, _HOLDER, before, ticket=ticket, now=now)
    enqueue(JobName.MAIL_TICKET_RECEIVED, {"transfer_id": transfer.id}, key=f"ticket-received:{transfer.id}")
    enqueue(JobName.MAIL_TICKET_SENT_ON, {"transfer_id": transfer.id}, key=f"ticket-sent-on:{transfer.id}")
    return transfer


@transactional
def join_sent_tickets(user: User) -> int:
    """Give an account the tickets that were sent to its verified address before it was there; return how many."""
    # To whom it was sent counts, not what an organizer wrote on it since.
    later = aliased(TicketTransfer)
    is_last = ~sa.exists().where(later.ticket_id == TicketTransfer.ticket_id, later.id > TicketTransfer.id)
    sent_to_them = sa.select(TicketTransfer.ticket_id).where(TicketTransfer.to_email == user.email, is_last)
    mine = sa.and_(Ticket.owner_id.is_(None), Ticket.id.in_(sent_to_them))
    joined = db.session.execute(
        sa.update(Ticket).where(mine).values(owner_id=user.id),
        execution_options={"synchronize_session": False},
    )
    return int(joined.rowcount)  # type: ignore[attr-defined]


def _locked(ticket_id: int) -> Ticket:
    return db.session.get_one(Ticket, ticket_id, with_for_update=True, populate_existing=True)


def _new_transfer(ticket: Ticket, receiver: Receiver, now: datetime) -> TicketTransfer:
    uuid = uuid4()
    transfer = TicketTransfer(
        uuid=uuid,
        ticket=ticket,
        from_user_id=ticket.owner_id,
        from_name=ticket.attendee_name,
        from_email=ticket.attendee_email,
        to_name=receiver.name,
        to_email=receiver.email,
        sent_at=now,
        secret_digest=digest(ticket_secret(current_app.config["SETTINGS"].secret_key, uuid)),
    )
    db.session.add(transfer)
    return transfer


def give_new_code(ticket: Ticket, now: datetime) -> None:
    """Give a ticket, which is locked, a new code and QR code; gates know the old ones as replaced from then on."""
    old = RetiredCode(ticket_id=ticket.id, code=ticket.code, qr_digest=ticket.qr_digest, retired_at=now)
    db.session.add(old)
    ticket.generation += 1
    ticket.code = ticket_code(now.date())
    ticket.qr_digest = digest(qr_content(ticket))


def _give_to(ticket: Ticket, receiver: Receiver, now: datetime) -> None:
    account = find_user_by_email(receiver.email)
    # Who has not proved the address yet gets the ticket into the account when they do.
    is_theirs = account is not None and account.is_email_verified
    ticket.owner_id = account.id if account and is_theirs else None
    ticket.attendee_name, ticket.attendee_email, ticket.attendee_phone = receiver.name, receiver.email, ""
    ticket.sent_on_at = ticket.updated_at = now
