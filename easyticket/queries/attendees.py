"""Who comes to an event, for its organizer: the places that are sold or held, who is in, and who came in last."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import (
    Admission,
    Event,
    Hold,
    HoldState,
    Order,
    OrderLine,
    Payment,
    PaymentState,
    Ticket,
    TicketStatus,
)
from easyticket.models.order import UNPAID
from easyticket.queries.pages import Page, page_of
from easyticket.queries.streams import WholeList, each_batch
from easyticket.queries.tickets import has_code
from easyticket.rules.percentages import percentage
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.search import MAX_WORDS

# The two kinds of places have the same columns.
_Places = sa.Select[Any, Any, Any, Any, Any, Any, Any]
_LONGEST_QUERY = 200
_PHONE = re.compile(r"[+\d\s()./-]{5,}")


@dataclass(frozen=True, slots=True)
class AttendeeFilters:
    """What the list is narrowed to; None asks for nothing. `is_paid` False are places held for orders not paid yet.

    With `day_on` it is about tickets that admit on that day, and who is in is who was let in on it.
    """

    is_paid: bool | None = True
    is_checked_in: bool | None = None
    offer_id: int | None = None
    query: str = ""
    day_on: date | None = None


@dataclass(frozen=True, slots=True)
class Attendee:
    """One place at an event. `ticket` is None while the order of its `line` is not paid: it is then the order's place of
    that `number`, counted from 1."""

    line: OrderLine
    ticket: Ticket | None
    number: int


@dataclass(frozen=True, slots=True)
class AttendeeCounts:
    """How many tickets of an event are good, and how many of them let somebody in at least once."""

    total: int
    checked_in: int

    @property
    def not_checked_in(self) -> int:
        """How many are still expected."""
        return self.total - self.checked_in

    @property
    def percentage(self) -> float:
        """How many of a hundred are in; 0 where nobody is expected."""
        return percentage(self.checked_in, self.total)


def filters_for(*, payment_status: str = "", check_in_status: str = "", **filters: Any) -> AttendeeFilters:
    """Return the filters that clients of the API mean: paid places where they do not say, in or not."""
    is_paid = {"": True, "paid": True, "pending": False, "all": None}[payment_status]
    is_in = {"": None, "all": None, "checked_in": True, "not_checked_in": False}[check_in_status]
    return AttendeeFilters(is_paid=is_paid, is_checked_in=is_in, **filters)


def list_attendees(
    actor: Actor,
    event: Event,
    filters: AttendeeFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[Attendee]:
    """Return one page of the places at an event, in a fixed number of statements. Cancelled tickets are nobody's place.

    `ordering` names `purchase_date`, `attendee_name`, `ticket_type` or `check_in_time`, `-` for the latest first.

    :raises Forbidden: this is somebody else's event.
    :raises NotFound: there is no such page.
    """
    require(actor, Permission.SEE_SALES, event)
    wanted = _wanted(event, filters, ordering, now)

    def load(limit: int, offset: int) -> Sequence[Attendee]:
        return _attendees([tuple(row) for row in db.session.execute(wanted.limit(limit).offset(offset))])

    return page_of(load, count=_count(wanted), page=page, per_page=per_page)


def each_attendee(
    actor: Actor, event: Event, filters: AttendeeFilters, *, ordering: str = "", now: datetime
) -> WholeList[Attendee]:
    """Return all places at an event as `list_attendees` has them, one after the other.

    :raises Forbidden: this is somebody else's event.
    """
    require(actor, Permission.SEE_SALES, event)
    wanted = _wanted(event, filters, ordering, now)
    return WholeList(_count(wanted), (each for keys in each_batch(wanted) for each in _attendees(keys)))


def count_attendees(event: Event) -> AttendeeCounts:
    """Return how many people come to the event and how many of them have come, in one statement."""
    is_in = sa.func.count(Ticket.id).filter(Ticket.used_at.is_not(None))
    row = db.session.execute(sa.select(sa.func.count(Ticket.id), is_in).where(*_good_at(event))).one()
    return AttendeeCounts(*tuple(row))


def list_last_admissions(actor: Actor, event: Event, *, limit: int = 10) -> Sequence[Admission]:
    """Return the last people let in at the event, with ticket and scanner, the newest first.

    :raises Forbidden: this is somebody else's event.
    """
    require(actor, Permission.SCAN_TICKETS, event)
    found = (
        sa.select(Admission)
        .where(Admission.event_id == event.id)
        .options(joinedload(Admission.ticket), joinedload(Admission.admitted_by))
        .order_by(Admission.admitted_at.desc(), Admission.id.desc())
        .limit(limit)
    )
    return db.session.scalars(found).all()


def get_ticket_at(event: Event, code: str) -> Ticket:
    """Return the event's ticket of this code, with order and event.

    :raises NotFound: the event has no such ticket.
    """
    found = sa.select(Ticket).where(Ticket.event_id == event.id, Ticket.code == code)
    ticket = db.session.scalars(found.options(joinedload(Ticket.order), joinedload(Ticket.event))).first()
    if ticket is None:
        raise NotFound("This event has no such ticket.")
    return ticket


def find_last_admissions(ticket_ids: Collection[int]) -> Mapping[int, Admission]:
    """Return the last time each of these tickets let somebody in, by the ticket's id, in one statement."""
    found = sa.select(Admission).where(Admission.ticket_id.in_(ticket_ids)).order_by(Admission.admitted_at)
    return {
        admission.ticket_id: admission
        for admission in db.session.scalars(found.options(joinedload(Admission.admitted_by)))
    }


def _good_at(event: Event) -> tuple[sa.ColumnElement[bool], ...]:
    return Ticket.event_id == event.id, Ticket.status != TicketStatus.CANCELLED


def _wanted(event: Event, filters: AttendeeFilters, ordering: str, now: datetime) -> sa.Select[Any]:
    """Return ticket, line and number of every place, in their order."""
    places = _places(event, filters, now).subquery()
    columns = (places.c.ticket_id, places.c.line_id, places.c.number)
    return sa.select(*columns).order_by(*_sorted(places.c, ordering))


def _places(event: Event, filters: AttendeeFilters, now: datetime) -> sa.SelectBase:
    """Return what every place is known and sorted by, one row each."""
    kinds: list[_Places] = []
    if filters.is_paid is not False:
        kinds.append(_sold_places(event, filters))
    if filters.is_paid is not True:
        kinds.append(_held_places(event, filters, now))
    return sa.union_all(*kinds) if len(kinds) > 1 else kinds[0]


def _sold_places(event: Event, filters: AttendeeFilters) -> _Places:
    conditions = [*_good_at(event)]
    if filters.day_on is not None:
        conditions.append(sa.or_(Ticket.day_on == filters.day_on, Ticket.day_on.is_(None)))
    if filters.is_checked_in is not None:
        is_in = _is_in(filters.day_on)
        conditions.append(is_in if filters.is_checked_in else sa.not_(is_in))
    if filters.offer_id is not None:
        conditions.append(Ticket.offer_id == filters.offer_id)
    of_person = (Ticket.attendee_name, Ticket.attendee_email, Ticket.attendee_phone)
    conditions += found_by(filters.query, of_person, has_code(filters.query))
    return sa.select(
        Ticket.id.label("ticket_id"),
        Ticket.order_line_id.label("line_id"),
        sa.literal(1).label("number"),
        sa.func.lower(Ticket.attendee_name).label("attendee_name"),
        _type_name(Ticket.ticket_name, Ticket.tier_name, Ticket.day_name),
        Ticket.created_at.label("purchase_date"),
        Ticket.used_at.label("check_in_time"),
    ).where(*conditions)


def _is_in(day_on: date | None) -> sa.ColumnElement[bool]:
    """Return the condition that somebody came in with a ticket: at all, or on a day where it admits on several."""
    was_used = Ticket.used_at.is_not(None)
    if day_on is None:
        return was_used
    on_day = sa.exists().where(Admission.ticket_id == Ticket.id, Admission.scope == day_on.isoformat())
    return sa.or_(on_day, sa.and_(Ticket.day_on == day_on, was_used))


def _held_places(event: Event, filters: AttendeeFilters, now: datetime) -> _Places:
    conditions = [Order.event_id == event.id, Order.status.in_(UNPAID), *_still_held(now)]
    if filters.is_checked_in:
        conditions.append(sa.false())
    if filters.offer_id is not None:
        conditions.append(OrderLine.offer_id == filters.offer_id)
    if filters.day_on is not None:
        conditions.append(sa.or_(OrderLine.day_on == filters.day_on, OrderLine.day_on.is_(None)))
    conditions += found_by(filters.query, (Order.buyer_name, Order.buyer_email, Order.buyer_phone))
    held = sa.select(OrderLine.id).join(OrderLine.order).join(Order.hold).where(*conditions)
    # One row for each place of a line: counted up from 1 to its quantity.
    first = sa.select(OrderLine.id.label("line_id"), sa.literal(1).label("number"))
    begun = first.where(OrderLine.id.in_(held)).cte("places", recursive=True)
    quantity = sa.select(OrderLine.quantity).where(OrderLine.id == begun.c.line_id).scalar_subquery()
    places = begun.union_all(sa.select(begun.c.line_id, begun.c.number + 1).where(begun.c.number < quantity))
    return (
        sa.select(
            sa.null().label("ticket_id"),
            places.c.line_id,
            (_places_before() + places.c.number).label("number"),
            sa.func.lower(Order.buyer_name).label("attendee_name"),
            _type_name(OrderLine.ticket_name, OrderLine.tier_name, OrderLine.day_name),
            Order.created_at.label("purchase_date"),
            sa.null().label("check_in_time"),
        )
        .join_from(places, OrderLine, OrderLine.id == places.c.line_id)
        .join(OrderLine.order)
    )


def _places_before() -> sa.ColumnElement[int]:
    """Return how many places of its order come before those of a line."""
    other = aliased(OrderLine)
    before = sa.select(sa.func.coalesce(sa.func.sum(other.quantity), 0)).where(
        other.order_id == OrderLine.order_id, other.id < OrderLine.id
    )
    return before.correlate(OrderLine).scalar_subquery()


def _count(wanted: _Places) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(wanted.order_by(None).subquery())) or 0


def _still_held(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on holds that nobody else may have: not run out, or with a payment on its way."""
    at_work = sa.exists().where(Payment.order_id == Order.id, Payment.state == PaymentState.PROCESSING)
    return Hold.state == HoldState.HELD, sa.or_(Hold.expires_at > now, at_work)


def _type_name(
    name: InstrumentedAttribute[str], tier: InstrumentedAttribute[str], day: InstrumentedAttribute[str]
) -> sa.Label[str]:
    return sa.func.lower(name + " - " + tier + " - " + day).label("ticket_type")


def found_by(
    query: str, columns: Sequence[InstrumentedAttribute[str]], *other: sa.ColumnElement[bool]
) -> list[sa.ColumnElement[bool]]:
    """Return the condition that each word stands in a column, that the last column has it as a number, or what else is given."""
    text = query[:_LONGEST_QUERY].strip()
    words = text.split()[:MAX_WORDS]
    if not words:
        return []
    in_words = sa.and_(*(sa.or_(*(_holds(column, word) for column in columns)) for word in words))
    either = [in_words]
    # As people write a phone number: with spaces, and a nought where the country's code stands.
    digits = "".join(sign for sign in text if sign.isdigit()).lstrip("0")
    if digits and _PHONE.fullmatch(text):
        either.append(columns[-1].contains(digits, autoescape=True))
    return [sa.or_(*either, *other)]


def _holds(column: InstrumentedAttribute[str], word: str) -> sa.ColumnElement[bool]:
    # SQLite lowers ASCII only: other letters are found as they were written.
    lowered = sa.func.lower(column).contains(word.lower(), autoescape=True)
    return lowered if word.isascii() else sa.or_(lowered, column.contains(word, autoescape=True))


def _sorted(columns: sa.ColumnCollection[str, Any], ordering: str) -> tuple[sa.ColumnElement[Any], ...]:
    """Return what the places are sorted by; those without a moment come last both ways."""
    name, is_descending = ordering.strip().removeprefix("-"), ordering.strip().startswith("-")
    if name not in ("purchase_date", "attendee_name", "ticket_type", "check_in_time"):
        name, is_descending = "purchase_date", True
    keys = (columns[name], columns.line_id, columns.ticket_id, columns.number)
    first, *others = [key.desc() if is_descending else key.asc() for key in keys]
    return sa.nulls_last(first), *others


def _attendees(keys: Sequence[tuple[Any, ...]]) -> list[Attendee]:
    with_order = joinedload(OrderLine.order).selectinload(Order.payments)
    found_lines = sa.select(OrderLine).where(OrderLine.id.in_({line_id for _, line_id, _ in keys}))
    lines = {line.id: line for line in db.session.scalars(found_lines.options(with_order))}
    found_tickets = (
        sa.select(Ticket)
        .where(Ticket.id.in_({ticket_id for ticket_id, _, _ in keys if ticket_id is not None}))
        .options(joinedload(Ticket.used_by), joinedload(Ticket.order).selectinload(Order.payments))
    )
    tickets = {ticket.id: ticket for ticket in db.session.scalars(found_tickets)}
    return [
        Attendee(lines[line_id], None if ticket_id is None else tickets[ticket_id], number)
        for ticket_id, line_id, number in keys
    ]
