"""What an organizer changes of an order that is sold: whose tickets they are, where they are mailed, and mailing them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Conflict, invalid_field
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Order, OrderStatus, Ticket, TicketStatus
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import check_all, normal_email, normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.tickets import has_no_valid_ticket
from easyticket.services.change_log import record_change, record_update, values_of
from easyticket.services.order_lock import lock_order
from easyticket.services.refunds import locked_tickets

_OF_BUYER = ("buyer_name", "buyer_email")
_OF_ATTENDEE = ("attendee_name", "attendee_email")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address as somebody typed them."""

    name: str
    email: str


@transactional
def change_buyer(*, actor: Actor, order: Order, person: Person, now: datetime) -> Order:
    """Correct the name or address of who bought a paid order; tickets in the old name or at the old address go along.

    Tickets that were sent on stay with whoever has them.

    :raises Conflict: the order is not paid, or its money went back.
    :raises Invalid: no name, or a bad address; fields `name`, `email`.
    """
    require(actor, Permission.EDIT_SOLD_ORDER, order)
    person = _checked(person)
    order = lock_order(order.id)
    if order.status is not OrderStatus.CONFIRMED:
        raise Conflict("This order is not paid, so there is nothing to send to anybody.", code="not_paid")
    before = values_of(order, _OF_BUYER)
    for ticket in locked_tickets(order):
        if ticket.sent_on_at is None and ticket.status is not TicketStatus.CANCELLED:
            _follow(ticket, order, person)
    order.buyer_name, order.buyer_email = person.name, person.email
    db.session.flush()
    record_update(actor, ChangeAction.ORDER_CHANGED, order, _OF_BUYER, before, now=now, order=order)
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


def _follow(ticket: Ticket, order: Order, person: Person) -> None:
    if ticket.attendee_name == order.buyer_name:
        ticket.attendee_name = person.name
    if ticket.attendee_email == order.buyer_email:
        ticket.attendee_email = person.email
