"""Writing down who changed what, in the transaction that changes it: it is in the log exactly if it happened.

What the application does by itself (jobs, the command line, the demo) has logs and rows of its own and is not written here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import Change, ChangeAction, Event, Order, Ticket, TicketTransfer
from easyticket.rules.permissions import Actor

# What a text may be long: the log says what changed and is no second copy of a description.
LONGEST_VALUE = 500
ERASED = "(deleted account)"
# What names a buyer or an attendee in its fields, or says in words of somebody's own why something was done.
_NAMING = (
    ChangeAction.ORDER_REFUNDED,
    ChangeAction.ORDER_CHANGED,
    ChangeAction.ORDER_MAIL_SENT_AGAIN,
    ChangeAction.TICKET_CHANGED,
    ChangeAction.TICKET_SENT_ON,
)


@transactional
def record_change(
    actor: Actor,
    action: ChangeAction,
    *,
    now: datetime,
    subject: str = "",
    event: Event | None = None,
    order: Order | None = None,
    ticket: Ticket | None = None,
    user_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note that `actor` did something to an event, order, ticket or the account `user_id`; nothing for the application itself.

    `before` and `after` are the fields that changed. `subject` is what to call it; by default the order's number or the
    event's title. What belongs to an order or ticket is found with its event too.
    """
    if actor.is_system:
        return
    order = order or (ticket.order if ticket else None)
    event = event or (order.event if order else None)
    db.session.add(
        Change(
            changed_at=now,
            actor_id=actor.user_id,
            staff_id=actor.staff_id,
            action=action.value,
            subject=(subject or (order.number if order else event.title if event else ""))[:255],
            event_id=event.id if event else None,
            order_id=order.id if order else None,
            ticket_id=ticket.id if ticket else None,
            user_id=user_id,
            before={name: _plain(value) for name, value in (before or {}).items()},
            after={name: _plain(value) for name, value in (after or {}).items()},
        )
    )


def record_update(
    actor: Actor,
    action: ChangeAction,
    row: Any,
    names: Iterable[str],
    before: Mapping[str, Any],
    **about: Any,
) -> None:
    """Note which of these fields of a row are not what they were `before`; nothing where all of them are.

    `about` is what `record_change` takes.
    """
    record_difference(actor, action, before, values_of(row, names), **about)


def record_difference(
    actor: Actor, action: ChangeAction, before: Mapping[str, Any], after: Mapping[str, Any], **about: Any
) -> None:
    """Note which of these fields are not `after` what they were `before`; nothing where all of them are.

    `about` is what `record_change` takes.
    """
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        record_change(
            actor,
            action,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            **about,
        )


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return what these fields of a row are now, to compare later with `record_update`."""
    return {name: getattr(row, name) for name in names}


@transactional
def erase_from_changes(*, user_id: int, proved_email: str, now: datetime) -> None:
    """Take what was written about a person out of the log, because the account is deleted; that it happened stays.

    So do names and addresses in what was done to orders and tickets of theirs, whoever did it, and wherever else
    `proved_email` (empty if none is) stands.
    """
    theirs = sa.or_(Change.user_id == user_id, Change.actor_id == user_id)
    about_person = sa.and_(theirs, Change.event_id.is_(None), Change.order_id.is_(None))
    of_theirs = [Change.actor_id == user_id, _of_purchases(user_id)]
    if proved_email:
        fields = (sa.cast(Change.before, sa.Text), sa.cast(Change.after, sa.Text))
        of_theirs += [text.contains(f'"{proved_email}"', autoescape=True) for text in fields]
    naming = sa.and_(Change.action.in_(_NAMING), sa.or_(*of_theirs))
    for rows, values in ((about_person, {"subject": ERASED}), (naming, {})):
        db.session.execute(
            sa.update(Change)
            .where(rows, Change.erased_at.is_(None))
            .values(before={}, after={}, erased_at=now, **values),
            execution_options={"synchronize_session": False},
        )


def _of_purchases(user_id: int) -> sa.ColumnElement[bool]:
    orders = sa.select(Order.id).where(Order.user_id == user_id)
    held = sa.select(Ticket.id).where(Ticket.owner_id == user_id)
    sent = sa.select(TicketTransfer.ticket_id).where(TicketTransfer.from_user_id == user_id)
    return sa.or_(Change.order_id.in_(orders), Change.ticket_id.in_(held), Change.ticket_id.in_(sent))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: moments in UTC, enums by their value, long texts cut."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value
