"""Reading what was changed: of an event, of an order, of a person, of all. Each list comes with the names of who did it, in
the same number of statements however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased, load_only

from easyticket.db import db
from easyticket.models import Change, ChangeAction, Event, Order, User
from easyticket.queries.pages import Page, page_of
from easyticket.rules.change_wording import kind_of
from easyticket.rules.permissions import Actor, Permission, may, require
from easyticket.rules.schedule import Span

_Actor, _Staff = aliased(User), aliased(User)
# So much of one order is on its page; nothing ordinary comes near it.
MOST_OF_ORDER = 200


@dataclass(frozen=True, slots=True)
class ChangeFilters:
    """What somebody looks for: whoever did it or what it was about (`query`), a kind of action, and when."""

    query: str = ""
    kind: str = ""
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One change with who did it (None: nobody who was signed in), and the event and order it was about, if they are there."""

    change: Change
    actor: User | None
    staff: User | None
    event: Event | None
    order: Order | None


def list_event_changes(
    actor: Actor, event: Event, filters: ChangeFilters, *, page: int, per_page: int
) -> Page[ChangeEntry]:
    """Return what was changed in an event and in its orders, the newest first.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.SEE_SALES, event)
    return _page([Change.event_id == event.id, *_conditions(filters, _nameable(actor))], page, per_page)


def list_person_changes(actor: Actor, user_id: int, *, page: int, per_page: int) -> Page[ChangeEntry]:
    """Return what somebody did and what was done to their account, the newest first.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.RUN_SITE)
    return _page([sa.or_(Change.actor_id == user_id, Change.user_id == user_id)], page, per_page)


def list_all_changes(actor: Actor, filters: ChangeFilters, *, page: int, per_page: int) -> Page[ChangeEntry]:
    """Return what was changed anywhere, the newest first.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.RUN_SITE)
    return _page(_conditions(filters, _nameable(actor)), page, per_page)


def list_order_changes(actor: Actor, order: Order) -> Sequence[ChangeEntry]:
    """Return what was changed in an order, the newest 200."""
    require(actor, Permission.SEE_SALES, order.event)
    return _load([Change.order_id == order.id], MOST_OF_ORDER, 0)


def _select(
    conditions: Sequence[sa.ColumnElement[bool]],
) -> sa.Select[Change, User, User, Event, Order]:
    return (
        sa.select(Change, _Actor, _Staff, Event, Order)
        # Not what an event says of itself at length, once for each line of its history.
        .options(
            load_only(Event.title, Event.slug, Event.currency, Event.time_zone, Event.organizer_id),
            load_only(Order.number, Order.currency, Order.user_id, Order.buyer_name),
        )
        .select_from(_with_names())
        .outerjoin(Event, Event.id == Change.event_id)
        .outerjoin(Order, Order.id == Change.order_id)
        .where(*conditions)
        .order_by(Change.id.desc())
    )


def _page(conditions: Sequence[sa.ColumnElement[bool]], page: int, per_page: int) -> Page[ChangeEntry]:
    count = db.session.scalar(
        sa.select(sa.func.count(Change.id)).select_from(_with_names()).where(*conditions)
    )
    return page_of(
        lambda limit, offset: _load(conditions, limit, offset), count=count or 0, page=page, per_page=per_page
    )


def _load(conditions: Sequence[sa.ColumnElement[bool]], limit: int, offset: int) -> list[ChangeEntry]:
    rows = db.session.execute(_select(conditions).limit(limit).offset(offset))
    return [ChangeEntry(change, actor, staff, event, order) for change, actor, staff, event, order in rows]


def _with_names() -> sa.Join:
    # Numbers, not foreign keys: what is deleted keeps its history, so all of these may be gone.
    return sa.outerjoin(
        sa.outerjoin(Change, _Actor, _Actor.id == Change.actor_id), _Staff, _Staff.id == Change.staff_id
    )


def _nameable(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that whoever did it may be found by their name: organizers do not learn who runs the site."""
    if may(actor, Permission.RUN_SITE):
        return sa.true()
    return sa.or_(_Actor.is_staff.is_(False), _Actor.id == actor.user_id)


def _conditions(filters: ChangeFilters, nameable: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if text := " ".join(filters.query.lower().split()):
        name = sa.func.lower(_Actor.first_name + " " + _Actor.last_name)
        found.append(
            sa.or_(
                sa.and_(nameable, name.contains(text, autoescape=True)),
                sa.and_(nameable, _Actor.email.startswith(text, autoescape=True)),
                sa.func.lower(Change.subject).contains(text, autoescape=True),
            )
        )
    if filters.kind:
        actions = [action.value for action in ChangeAction if kind_of(action) == filters.kind]
        found.append(Change.action.in_(actions))
    if filters.span.start_at is not None:
        found.append(Change.changed_at >= filters.span.start_at)
    if filters.span.end_at is not None:
        found.append(Change.changed_at < filters.span.end_at)
    return found
