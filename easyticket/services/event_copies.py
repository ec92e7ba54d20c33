"""Events made from others: the same words, pictures and tickets for another date, and nothing of what was sold."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from easyticket.core.errors import Conflict, invalid_field
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, EventImage, Offer, PaymentProfile, PricingType, TicketType
from easyticket.rules.event_copies import Shift, why_not_copied
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change
from easyticket.services.events import EventDraft, create_event
from easyticket.services.offers import OfferDraft
from easyticket.services.ticket_types import TicketTypeDraft

# What a draft has that a copy does not take over as it is, or that no event has.
_OWN = {"title", "start_at", "end_at", "recurrence", "category_id", "payment_profile_id", "fee_basis_points"}
_OWN |= {"is_featured", "category_uuid", "base_price", "status", "organizer_id"}
_SAME = {field.name for field in fields(EventDraft)} - _OWN
_SAME_OF_TYPE = (
    "name",
    "total_quantity",
    "description",
    "benefits",
    "min_purchase",
    "max_purchase",
    "is_active",
)
_SAME_OF_OFFER = (
    "kind",
    "price_minor",
    "quantity",
    "tier_number",
    "tier_name",
    "day_number",
    "day_name",
    "is_all_days",
    "is_active",
)


@transactional
def copy_event(*, actor: Actor, event: Event, title: str, start_at: datetime, now: datetime) -> Event:
    """Return a new draft of the actor's that is like `event`, with its ticket types and pictures, and sold nothing.

    It begins at `start_at` (naive, by the clocks at the venue), is as long, and its sale and days are at the same distance.
    A category that was switched off and an account that was removed are left out, and so are what administrators decided
    about the event: its own fee, its place on the first page.

    :raises Invalid: messages by field.
    :raises Conflict: the event was taken down.
    """
    require(actor, Permission.COPY_EVENT, event)
    if refusal := why_not_copied(event):
        raise Conflict(refusal, code="event_not_copied")
    shift = Shift(event, start_at)
    try:
        copy = create_event(
            actor=actor,
            draft=_draft_of(event, title, start_at, shift),
            ticket_types=[_type_of(event, each, shift) for each in event.ticket_types],
            now=now,
        )
    except OverflowError:
        raise invalid_field("start_at", "This date is too far away.") from None
    copy.images = [EventImage(path=image.path, position=image.position) for image in event.images]
    # Rows that name the same file share it: it goes with the last of them (services/images.py).
    copy.cover_source, copy.cover_cut = event.cover_source, event.cover_cut
    record_change(actor, ChangeAction.EVENT_COPIED, now=now, event=copy, after={"copied_from": event.title})
    db.session.flush()
    return copy


def _draft_of(event: Event, title: str, start_at: datetime, shift: Shift) -> EventDraft:
    category, profile = event.category, db.session.get(PaymentProfile, event.payment_profile_id or 0)
    return EventDraft(
        **{name: getattr(event, name) for name in _SAME},
        title=title,
        start_at=start_at,
        end_at=shift.moment(event.end_at),
        recurrence=shift.recurrence(event.recurrence),
        category_id=category.id if category is not None and category.is_active else None,
        payment_profile_id=profile.id if profile is not None and profile.deleted_at is None else None,
    )


def _type_of(event: Event, ticket_type: TicketType, shift: Shift) -> TicketTypeDraft:
    is_simple = event.pricing_type is PricingType.SIMPLE
    return TicketTypeDraft(
        **{name: getattr(ticket_type, name) for name in _SAME_OF_TYPE},
        sales_start_at=shift.edge(ticket_type.sales_start_at),
        sales_end_at=shift.edge(ticket_type.sales_end_at),
        price_minor=ticket_type.offers[0].price_minor if is_simple and ticket_type.offers else None,
        offers=() if is_simple else [_offer_of(each, shift) for each in ticket_type.offers],
    )


def _offer_of(offer: Offer, shift: Shift) -> OfferDraft:
    return OfferDraft(
        **{name: getattr(offer, name) for name in _SAME_OF_OFFER},
        day_on=shift.day(offer.day_on),
        sales_start_at=shift.edge(offer.sales_start_at),
        sales_end_at=shift.edge(offer.sales_end_at),
    )
