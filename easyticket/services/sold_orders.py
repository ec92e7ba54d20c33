"""What an organizer changes of an order that is sold: whose tickets they are, where they are mailed, and mailing them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Conflict, invalid_field
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Order, OrderStatus, Ticket, TicketStatus
from easyticket.queries.users import find_user_by_email
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import check_all, normal_email, normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.tickets import has_no_valid_ticket, is_with_buyer
from easyticket.services.change_log import record_change, record_update, values_of
from easyticket.services.order_lock import lock_order
from easyticket.services.orders import renew_secret
from easyticket.services.refunds import locked_tickets
from easyticket.services.ticket_transfers import give_new_code

_OF_BUYER = ("buyer_name", "buyer_email")
_OF_ATTENDEE = ("attendee_name", "attendee_email")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address as somebody typed them."""

    name: str
    email: str


@transactional
def change_buyer(
    *, actor: Actor, order: Order, person: Person, ends_old_access: bool = False, now: datetime
) -> Order:
    """Correct the name or address of who bought a paid order; tickets in the old name or at the old address go along.

    Tickets that were sent on stay with whoever has them. With `ends_old_access`, for an order whose mail somebody else
    got, the old link opens nothing, tickets nobody came in with have new codes, the account of the old address loses the
    order, and the buyer gets a mail with all that at once.

    :raises Conflict: the order is not paid, or its money went back.
    :raises Invalid: no name, or a bad address; fields `name`, `email`.
    """
    require(actor, Permission.EDIT_SOLD_ORDER, order)
    person = _checked(person)
    order = lock_order(order.id)
    if order.status is not OrderStatus.CONFIRMED:
        raise Conflict("This order is not paid, so there is nothing to send to anybody.", code="not_paid")
    before = values_of(order, _OF_BUYER)
    tickets = [ticket for ticket in locked_tickets(order) if is_with_buyer(ticket)]
    valid = [ticket for ticket in tickets if ticket.status is not TicketStatus.CANCELLED]
    for ticket in valid:
        _follow(ticket, order, person)
    if ends_old_access:
        _take_from_old_account(order, tickets, person)
    order.buyer_name, order.buyer_email = person.name, person.email
    db.session.flush()
    record_update(actor, ChangeAction.ORDER_CHANGED, order, _OF_BUYER, before, now=now, order=order)
    if ends_old_access:
        _end_old_access(actor, order, [ticket for ticket in valid if ticket.used_at is None], now)
    return order


@transactional
def change_attendee(*, actor: Actor, ticket: Ticket, person: Person, now: datetime) -> Ticket:
    """Write another name or address on a ticket; its code stays, and whoever has the order still has it.

    :raises Conflict: the ticket was cancelled.
    :raises Invalid: no name, or a bad address; fields `name`, `email`.
    """
    require(actor, Permission.EDIT_SOLD_ORDER, ticket.order)
    person = _checked(person, needs_email=False)
    ticket = db.session.get_one(Ticket, ticket.id, with_for_update=True, populate_existing=True)
    if ticket.status is TicketStatus.CANCELLED:
        raise Conflict("This ticket was cancelled, so it is nobody's any more.", code="ticket_cancelled")
    before = values_of(ticket, _OF_ATTENDEE)
    ticket.attendee_name, ticket.attendee_email = person.name, person.email
    db.session.flush()
    record_update(actor, ChangeAction.TICKET_CHANGED, ticket, _OF_ATTENDEE, before, now=now, ticket=ticket)
    return ticket


@transactional
def mail_order_again(*, actor: Actor, order: Order, now: datetime) -> str:
    """Mail the tickets of a paid order to its buyer once more; return the address.

    :raises Conflict: there are no valid tickets to send, or no address to send them to.
    """
    require(actor, Permission.EDIT_SOLD_ORDER, order)
    if order.status is not OrderStatus.CONFIRMED or has_no_valid_ticket(order):
        raise Conflict("This order has no valid tickets to send.", code="no_tickets")
    if not order.buyer_email:
        raise Conflict("Nobody left an address. Write one down first.", code="no_address")
    enqueue(JobName.MAIL_ORDER_CONFIRMED, {"order_id": order.id})
    record_change(
        actor, ChangeAction.ORDER_MAIL_SENT_AGAIN, now=now, order=order, after={"to": order.buyer_email}
    )
    return order.buyer_email


def _checked(person: Person, *, needs_email: bool = True) -> Person:
    def email() -> str:
        return normal_email(person.email) if needs_email or person.email.strip() else ""

    found = check_all({"name": lambda: _name(person.name), "email": email})
    return Person(found["name"], found["email"])


def _name(text: str) -> str:
    name = normal_line(text, field="name", longest=255)
    if not name:
        raise invalid_field("name", "Enter a name.")
    return name


def _take_from_old_account(order: Order, tickets: Sequence[Ticket], person: Person) -> None:
    """Take the order from an account at the old address, which is whoever got the mail's; it is the new address's now."""
    if order.user is None or order.user.email != order.buyer_email or order.user.email == person.email:
        return
    account = find_user_by_email(person.email)
    order.user = account if account is not None and account.is_email_verified else None
    for ticket in tickets:
        ticket.owner = order.user


def _end_old_access(actor: Actor, order: Order, unused: Sequence[Ticket], now: datetime) -> None:
    renew_secret(order)
    for ticket in unused:
        give_new_code(ticket, now)
    db.session.flush()
    after = {"new_codes": len(unused)}
    record_change(actor, ChangeAction.ORDER_ACCESS_ENDED, now=now, order=order, after=after)
    if not has_no_valid_ticket(order):
        mail_order_again(actor=actor, order=order, now=now)


def _follow(ticket: Ticket, order: Order, person: Person) -> None:
    if ticket.attendee_name == order.buyer_name:
        ticket.attendee_name = person.name
    if ticket.attendee_email == order.buyer_email:
        ticket.attendee_email = person.email
