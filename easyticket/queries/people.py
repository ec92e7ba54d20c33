"""Accounts as administrators look at them: lists with what they bought and sell, and one of them with all that hangs on it."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import NotFound
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import (
    Event,
    EventStatus,
    LedgerAccount,
    LedgerEntry,
    Order,
    Ticket,
    TicketStatus,
    User,
    UserSession,
    UserType,
)
from easyticket.queries.account_ties import find_account_ties
from easyticket.queries.balances import Balance, find_uncovered, list_balances
from easyticket.queries.earnings import IS_PAID
from easyticket.queries.pages import Page, page_of
from easyticket.rules.account_deletion import AccountTies
from easyticket.rules.permissions import Actor, Permission, require

_SHARES = (LedgerAccount.ORGANIZER_PAYABLE, LedgerAccount.ORGANIZER_DISPUTED, LedgerAccount.PAYOUT_TRANSIT)
_LAST_EVENTS = 10


class PeopleKind(enum.StrEnum):
    """Which accounts a list is about."""

    ALL = "all"
    ORGANIZERS = "organizers"
    STAFF = "staff"
    UNVERIFIED = "unverified"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PersonCounts:
    """How much of an account there is: orders that were paid, events of its own, and those of them that are on sale: shown to
    everybody and not over."""

    orders: int = 0
    events: int = 0
    events_on: int = 0


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """An account in a list. `shares` is what it is owed by currency, `debts` what it was paid too much."""

    user: User
    counts: PersonCounts
    shares: Sequence[Money]
    debts: Sequence[Money]


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """One account with what it bought and sells, where it is signed in and what it has here."""

    user: User
    counts: PersonCounts
    valid_tickets: int
    open_sessions: int
    last_seen_at: datetime | None
    last_events: Sequence[Event]
    on_sale: Sequence[Event]
    balances: Sequence[Balance]
    debts: Sequence[Money]
    ties: AccountTies


def list_people(
    actor: Actor,
    wanted: str = "",
    kind: PeopleKind = PeopleKind.ALL,
    *,
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[ListedPerson]:
    """Return one page of the accounts whose address, username or name has all words of `wanted`, the newest first.

    Six statements however many they are.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    conditions = [*_is_named(wanted), _is_of(kind)]
    count = db.session.scalar(sa.select(sa.func.count()).select_from(User).where(*conditions)) or 0
    found = sa.select(User).where(*conditions).order_by(User.id.desc())

    def load(limit: int, offset: int) -> list[ListedPerson]:
        return _listed(db.session.scalars(found.limit(limit).offset(offset)).all(), now)

    return page_of(load, count=count, page=page, per_page=per_page)


def get_person(actor: Actor, uuid: UUID) -> User:
    """Return one account, deleted ones too.

    :raises NotFound: there is none.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    user = db.session.scalar(sa.select(User).where(User.uuid == uuid))
    if user is None:
        raise NotFound("There is no such account.")
    return user


def get_person_detail(actor: Actor, uuid: UUID, now: datetime) -> PersonDetail:
    """Return one account with all that hangs on it, in a fixed number of statements for each of its currencies.

    :raises NotFound: there is none.
    """
    user = get_person(actor, uuid)
    is_open = sa.and_(UserSession.revoked_at.is_(None), UserSession.expires_at > now)
    sessions = sa.select(sa.func.count(UserSession.id), sa.func.max(UserSession.last_seen_at))
    open_sessions, last_seen_at = db.session.execute(
        sessions.where(UserSession.user_id == user.id, is_open)
    ).one()
    last_events = sa.select(Event).where(Event.organizer_id == user.id).order_by(Event.id.desc())
    valid = sa.select(sa.func.count(Ticket.id)).where(
        Ticket.owner_id == user.id, Ticket.status == TicketStatus.ACTIVE
    )
    return PersonDetail(
        user=user,
        counts=_load_counts([user.id], now)[user.id],
        valid_tickets=db.session.scalar(valid) or 0,
        open_sessions=open_sessions,
        last_seen_at=last_seen_at,
        last_events=db.session.scalars(last_events.limit(_LAST_EVENTS)).all(),
        on_sale=list_events_on_sale(user, now, limit=_LAST_EVENTS),
        balances=list_balances(user.id, now),
        debts=_debts([user.id], now)[user.id],
        ties=find_account_ties(user, now),
    )


def list_events_on_sale(user: User, now: datetime, limit: int | None = None) -> Sequence[Event]:
    """Return the events of an organizer that everybody sees and that are not over, by their numbers; at most `limit`."""
    found = sa.select(Event).where(Event.organizer_id == user.id, _is_on_sale(now))
    return db.session.scalars(found.order_by(Event.id).limit(limit)).all()


def _is_on_sale(now: datetime) -> sa.ColumnElement[bool]:
    is_up = Event.taken_down_at.is_(None)
    return sa.and_(Event.status == EventStatus.PUBLISHED, Event.end_at > now, is_up)


def _is_named(wanted: str) -> list[sa.ColumnElement[bool]]:
    # A database refuses NUL and half pairs with an error of its own; no account has them.
    words = "".join(letter for letter in wanted if letter.isprintable()).lower().split()[:5]
    name = sa.func.lower(User.first_name + " " + User.last_name)
    columns = (User.email, User.username_key, name)
    return [sa.or_(*(column.contains(word, autoescape=True) for column in columns)) for word in words]


def _is_of(kind: PeopleKind) -> sa.ColumnElement[bool]:
    is_there = User.deleted_at.is_(None)
    return {
        PeopleKind.ALL: sa.true(),
        PeopleKind.ORGANIZERS: sa.and_(is_there, User.user_type == UserType.ORGANIZER),
        PeopleKind.STAFF: User.is_staff.is_(True),
        PeopleKind.UNVERIFIED: sa.and_(is_there, User.email_verified_at.is_(None)),
        PeopleKind.CLOSED: User.is_active.is_(False),
    }[kind]


def _listed(users: Sequence[User], now: datetime) -> list[ListedPerson]:
    ids = [user.id for user in users]
    counts, shares, debts = _load_counts(ids, now), _load_shares(ids), _debts(ids, now)
    return [ListedPerson(user, counts[user.id], shares[user.id], debts[user.id]) for user in users]


def _load_counts(ids: Sequence[int], now: datetime) -> dict[int, PersonCounts]:
    paid = sa.select(Order.user_id, sa.func.count()).where(Order.user_id.in_(ids), IS_PAID)
    orders: dict[int | None, int] = {
        row[0]: row[1] for row in db.session.execute(paid.group_by(Order.user_id))
    }
    is_on = sa.case((_is_on_sale(now), 1))
    held = sa.select(Event.organizer_id, sa.func.count(), sa.func.count(is_on))
    held = held.where(Event.organizer_id.in_(ids)).group_by(Event.organizer_id)
    events = {row[0]: (row[1], row[2]) for row in db.session.execute(held)}
    return {each: PersonCounts(orders.get(each, 0), *events.get(each, (0, 0))) for each in ids}


def _load_shares(ids: Sequence[int]) -> Mapping[int, Sequence[Money]]:
    """Return what each of them is owed, by currency: all their sales, less what was refunded and paid out."""
    owed = -sa.func.sum(LedgerEntry.amount_minor)
    rows = db.session.execute(
        sa.select(LedgerEntry.organizer_id, LedgerEntry.currency, owed)
        .where(LedgerEntry.organizer_id.in_(ids), LedgerEntry.account.in_(_SHARES))
        .group_by(LedgerEntry.organizer_id, LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    found: dict[int, list[Money]] = defaultdict(list)
    for organizer_id, currency, minor in rows:
        if minor and organizer_id is not None:
            found[organizer_id].append(Money(int(minor), currency))
    return found


def _debts(ids: Sequence[int], now: datetime) -> Mapping[int, Sequence[Money]]:
    found: dict[int, list[Money]] = defaultdict(list)
    for (organizer_id, currency), minor in sorted(find_uncovered(ids, now).items()):
        found[organizer_id].append(Money(minor, currency))
    return found
