"""What an organizer decides about an event as a whole: showing it to everybody, calling it off, removing it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Forbidden, Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import (
    ChangeAction,
    Event,
    EventStatus,
    Offer,
    Quota,
    Ticket,
    TicketStatus,
)
from easyticket.queries.traces import has_orders, has_scans
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.publishing import may_go_live
from easyticket.rules.schedule import status_of
from easyticket.services import inventory
from easyticket.services.change_log import record_change
from easyticket.services.event_drafts import forget_event_drafts
from easyticket.services.images import discard_picture, forget_cover
from easyticket.services.offers import lock_event
from easyticket.services.organizer_lock import AccountClosed, find_kept_account

# Orders that were being placed while the event was cancelled are found by a second look after this time.
_SECOND_LOOK = timedelta(hours=2)


@transactional
def publish_event(*, actor: Actor, event: Event, now: datetime) -> Event:
    """Show an event to everybody and open its sale.

    :raises Invalid: published or cancelled already, or over.
    :raises Forbidden: its organizer's address is not verified, and the actor no administrator (code `email_not_verified`).
    :raises AccountClosed, Conflict: as `keep_organizer`.
    """
    require(actor, Permission.PUBLISH_EVENT, event)
    keep_organizer(actor, event)
    lock_event(event)
    if event.status is EventStatus.PUBLISHED:
        raise _refused("Event is already published", "already_published")
    if event.status is EventStatus.CANCELLED:
        raise _refused("A cancelled event stays cancelled.", "event_cancelled")
    if event.end_at <= now:
        raise _refused("The event is over. Change its dates before you publish it.", "event_over")
    if not may_go_live(actor, event.organizer):
        raise Forbidden("Verify your email address before you publish events.", code="email_not_verified")
    event.status = EventStatus.PUBLISHED
    event.published_at = now
    db.session.flush()
    record_change(actor, ChangeAction.EVENT_PUBLISHED, event=event, now=now)
    return event


def keep_organizer(actor: Actor, event: Event) -> None:
    """Keep the account that sells an event from being deleted until the running transaction ends; before `lock_event`.

    :raises AccountClosed: it was closed, and is the actor's.
    :raises Conflict: it was closed, and is somebody else's.
    """
    if find_kept_account(event.organizer_id) is not None:
        return
    if actor.user_id == event.organizer_id:
        raise AccountClosed
    raise Conflict("The account of its organizer was closed, so the event cannot be published.")


@transactional
def cancel_event(*, actor: Actor, event: Event, reason: str = "", now: datetime) -> Event:
    """Call an event off for good: nothing is sold any more, and no ticket of it admits anybody from now on.

    Refunds and mails to the buyers follow in the background (services/cancellation.py).

    :raises Invalid: cancelled already, or over.
    """
    require(actor, Permission.CANCEL_EVENT, event)
    lock_event(event)
    if event.status is EventStatus.CANCELLED:
        raise _refused("Event is already cancelled", "event_cancelled")
    if event.end_at <= now:
        raise _refused("Cannot cancel a completed event", "event_over")
    event.status = EventStatus.CANCELLED
    event.cancelled_at = now
    event.cancellation_reason = reason.strip()[:2000]
    db.session.flush()
    after = {"reason": event.cancellation_reason} if event.cancellation_reason else {}
    record_change(actor, ChangeAction.EVENT_CANCELLED, event=event, after=after, now=now)
    db.session.execute(
        sa.update(Ticket)
        .where(Ticket.event_id == event.id, Ticket.status != TicketStatus.CANCELLED)
        .values(status=TicketStatus.CANCELLED, cancelled_at=now)
    )
    enqueue(JobName.UNWIND_EVENT, {"event_id": event.id}, key=f"unwind-event:{event.uuid}")
    enqueue(
        JobName.UNWIND_EVENT,
        {"event_id": event.id},
        key=f"unwind-event:{event.uuid}:2",
        run_at=now + _SECOND_LOOK,
    )
    return event


@transactional
def delete_event(*, actor: Actor, event: Event, now: datetime) -> None:
    """Remove an event nobody ever ordered tickets of, with everything under it.

    :raises Invalid: it has orders, or scans at its gate: it can be cancelled instead.
    """
    require(actor, Permission.DELETE_EVENT, event)
    offers = sa.select(Offer.id).where(Offer.event_id == event.id).order_by(Offer.id)
    # Locked, so that no order can take one of them between this look and the end of the transaction.
    db.session.execute(offers.with_for_update())
    _check_no_history(event)
    record_change(actor, ChangeAction.EVENT_DELETED, event=event, now=now)
    for quota in db.session.scalars(sa.select(Quota).where(Quota.event_id == event.id)).all():
        inventory.close_quota(quota.kind, quota.owner_id)
    forget_cover(event)
    for picture in (event.banner_image, event.thumbnail_image, *(image.path for image in event.images)):
        discard_picture(picture)
    forget_event_drafts(event)
    db.session.delete(event)
    db.session.flush()


def change_status(actor: Actor, event: Event, wanted: str, now: datetime) -> None:
    """Publish or cancel as a client's `status` asks for; what the event has, by what is stored or by the clock, is kept."""
    present = status_of(event, now)
    if wanted in ("", event.status.value, present):
        return
    steps = {"published": publish_event, "cancelled": cancel_event}
    if wanted not in steps or event.status is EventStatus.CANCELLED:
        raise invalid_field("status", f"Cannot change status from {present} to {wanted}")
    try:
        steps[wanted](actor=actor, event=event, now=now)
    except Invalid as refusal:
        raise Invalid(refusal.message, code=refusal.code, fields={"status": [refusal.message]}) from None


def _refused(message: str, code: str) -> Invalid:
    """Return the refusal of a step, which clients of the API look for under `message` (the API contract)."""
    return Invalid(message, code=code, context={"message": message})


def _check_no_history(event: Event) -> None:
    if has_orders(event):
        raise Invalid("An event with orders cannot be deleted. Cancel it instead.", code="has_orders")
    if has_scans(event):
        raise Invalid(
            "Codes were scanned at its gate, so it cannot be deleted. Cancel it instead.", code="has_scans"
        )
