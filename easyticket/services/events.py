"""Events as their organizers write them: making and changing them. Their steps from draft to end are in event_steps.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, transactional
from easyticket.models import (
    Category,
    CheckInPolicy,
    Event,
    EventStatus,
    FeeBearer,
    Offer,
    Order,
    PaymentProfile,
    PricingType,
    QuotaKind,
)
from easyticket.rules.event_fields import clean_event, days_moved, why_not_to_be_moved
from easyticket.rules.permissions import Actor, Permission, may, require
from easyticket.rules.publishing import may_go_live
from easyticket.rules.refunds import is_stricter
from easyticket.rules.schedule import status_of
from easyticket.rules.search import city_key_of, search_text_of
from easyticket.rules.slugs import numbered, slug_of
from easyticket.services import inventory
from easyticket.services.event_changes import note_event_changed, note_event_made
from easyticket.services.event_steps import change_status, keep_organizer, publish_event
from easyticket.services.images import discard_picture, forget_cover
from easyticket.services.listed_price import keep_listed_price
from easyticket.services.offers import lock_event, move_days
from easyticket.services.organizer_lock import keep_account
from easyticket.services.promised_end import keep_promised_end
from easyticket.services.ticket_types import TicketTypeDraft, create_ticket_type


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event as somebody wants it, prices in minor units; zone and currency default to the settings.

    Moments without an offset are those of clocks in the event's zone.
    """

    title: str
    venue_name: str
    venue_city: str
    start_at: datetime
    end_at: datetime
    description: str = ""
    short_description: str = ""
    category_id: int | None = None
    pricing_type: PricingType = PricingType.SIMPLE
    venue_address: str = ""
    venue_state: str = ""
    venue_country: str = ""
    venue_postal_code: str = ""
    venue_latitude: Decimal | None = None
    venue_longitude: Decimal | None = None
    time_zone: str = ""
    recurrence: dict[str, Any] | None = None
    currency: str = ""
    is_free: bool = False
    base_price_minor: int | None = None
    total_capacity: int | None = None
    fee_basis_points: int | None = None
    fee_bearer: FeeBearer = FeeBearer.BUYER
    payment_profile_id: int | None = None
    terms_and_conditions: str = ""
    refund_policy: str = ""
    # Until how many whole days before the start buyers may have their money back themselves; None: never.
    buyer_refund_days: int | None = 0
    age_restriction: int | None = None
    check_in_policy: CheckInPolicy = CheckInPolicy.SINGLE
    tags: str = ""
    # Where an online event happens; only holders of tickets are told.
    online_link: str = ""
    banner_image: str = ""
    thumbnail_image: str = ""
    # Counts only from those who may feature events and set fees, and is left out silently otherwise (the API contract).
    is_featured: bool = False
    # As clients of an API write them, each going before the field above that means the same: the category by its UUID,
    # the base price in major units. And the status they want it to have, by the rules of publishing and cancelling.
    category_uuid: UUID | None = None
    base_price: Decimal | None = None
    status: str = ""
    # Whose event it is; only the application itself may make one for somebody else.
    organizer_id: int | None = None


_WRITTEN = {"category_uuid", "base_price", "status"}
_FIELDS = {field.name for field in fields(EventDraft)} - {"organizer_id", *_WRITTEN}
PICTURES = ("banner_image", "thumbnail_image")
_STAFF_FIELDS = {"is_featured": False, "fee_basis_points": None}


@transactional
def create_event(
    *,
    actor: Actor,
    draft: EventDraft,
    ticket_types: Sequence[TicketTypeDraft] = (),
    publish: bool = False,
    allow_past: bool = False,
    now: datetime,
) -> Event:
    """Return a new event with its counter and all its ticket types, or make nothing at all.

    With `publish` it is published at once if it `may_go_live`, and is a draft otherwise; with a `status` in the draft it
    is refused otherwise. `allow_past` counts for the application itself only.

    :raises Invalid: messages by field; those of a ticket type are called `name`, `price` and so on.
    :raises AccountClosed: the account was closed meanwhile.
    """
    require(actor, Permission.CREATE_EVENT)
    wanted = {name: getattr(draft, name) for name in _FIELDS}
    written = {name: value for name in _WRITTEN if (value := getattr(draft, name)) not in (None, "")}
    status = written.pop("status", "")
    if not may(actor, Permission.FEATURE_EVENT):
        wanted |= _STAFF_FIELDS
    wanted["currency"] = wanted["currency"] or current_app.config["SETTINGS"].default_currency
    wanted["time_zone"] = wanted["time_zone"] or current_app.config["SETTINGS"].default_time_zone
    values = clean_event(wanted | written, not_before=None if allow_past and actor.is_system else now)
    organizer_id = draft.organizer_id if actor.is_system else actor.user_id
    organizer = keep_account(organizer_id)
    _check_references(values, {}, organizer.id)
    event = Event(organizer=organizer, status=EventStatus.DRAFT, created_at=now, **values)
    _make_findable(event)
    _insert_with_slug(event)
    inventory.open_quota(QuotaKind.EVENT, event.id, event.id, event.total_capacity)
    note_event_made(actor, event, now)
    for type_draft in ticket_types:
        create_ticket_type(actor=actor, event=event, draft=type_draft, now=now)
    keep_listed_price(event)
    if publish and may_go_live(actor, organizer):
        publish_event(actor=actor, event=event, now=now)
    change_status(actor, event, status, now)
    return event


@transactional
def update_event(*, actor: Actor, event: Event, changes: Mapping[str, Any], now: datetime) -> Event:
    """Change fields of an event (those of `EventDraft`), or nothing at all; the slug never changes.

    An event postponed as a whole takes its days, and the tickets sold for them, along. A base price that is what the
    event is listed at anyway stays as it is, so that what was read can be sent back.

    :raises Invalid: messages by field; other dates for what is over, unless the application itself moves it.
    """
    require(actor, Permission.EDIT_EVENT, event)
    if unknown := changes.keys() - _FIELDS - _WRITTEN:
        raise TypeError(f"these fields cannot be changed: {', '.join(sorted(unknown))}")
    if changes.get("status") == "published":
        keep_organizer(actor, event)
    lock_event(event)
    before = {name: getattr(event, name) for name in _FIELDS}
    status_before = status_of(event, now)
    wanted = {**before, **changes}
    status = wanted.pop("status", "")
    if "base_price" in wanted and _is_as_listed(event, wanted):
        del wanted["base_price"]
    if not may(actor, Permission.FEATURE_EVENT):
        wanted |= {name: before[name] for name in _STAFF_FIELDS}
    values = clean_event(
        wanted, not_before=None if actor.is_system else now, kept_start_at=before["start_at"]
    )
    if not actor.is_system:
        _check_moved(event, values, now)
    _check_fixed(event, values)
    _check_free(event, values)
    _check_promise(event, values)
    _check_references(values, before, event.organizer_id)
    dates_before = (event.start_at, event.end_at)
    if values["total_capacity"] != event.total_capacity:
        _resize(event, values["total_capacity"])
    changed = {name: value for name, value in values.items() if before[name] != value}
    for name, value in changed.items():
        setattr(event, name, value)
    # Once all is set: this writes, and the database takes no event that ends before it starts.
    _discard_replaced(event, changed, before)
    _make_findable(event)
    keep_listed_price(event)
    keep_promised_end(event, dates_before[1])
    move_days(event, days_moved(dates_before, (event.start_at, event.end_at), event.time_zone))
    note_event_changed(actor, event, changed, before, now)
    if status != status_before:
        change_status(actor, event, status, now)
    return event


def _discard_replaced(event: Event, changed: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    for name in sorted(changed.keys() & set(PICTURES)):
        discard_picture(before[name])
    if "banner_image" in changed:
        forget_cover(event)


def _is_as_listed(event: Event, wanted: Mapping[str, Any]) -> bool:
    listed = Decimal(event.listed_price_thousandths).scaleb(-3)
    return bool(wanted["base_price"] == listed and wanted["currency"].upper() == event.currency)


def _check_references(values: dict[str, Any], before: Mapping[str, Any], organizer_id: int) -> None:
    """Check what was chosen anew: an event may keep a category that was switched off later."""
    if "category_uuid" in values:
        values["category_id"] = _category_id_of(values.pop("category_uuid"), before.get("category_id"))
    category_id, profile_id = values["category_id"], values["payment_profile_id"]
    if category_id is not None and category_id != before.get("category_id"):
        category = db.session.get(Category, category_id)
        if category is None or not category.is_active:
            raise invalid_field("category_id", "Choose one of the categories.")
    if profile_id is not None and profile_id != before.get("payment_profile_id"):
        profile = db.session.get(PaymentProfile, profile_id)
        if profile is None or profile.user_id != organizer_id or profile.deleted_at is not None:
            raise invalid_field("payment_profile_id", "Choose one of your own payment profiles.")


def _category_id_of(uuid: UUID | None, kept_id: int | None) -> int | None:
    if uuid is None:
        return None
    category = db.session.scalar(sa.select(Category).filter_by(uuid=uuid))
    if category is None or not (category.is_active or category.id == kept_id):
        raise invalid_field("category_uuid", f'Invalid pk "{uuid}" - object does not exist.')
    return category.id


def _check_moved(event: Event, values: Mapping[str, Any], now: datetime) -> None:
    reason = why_not_to_be_moved(event, now)
    moved = [name for name in ("start_at", "end_at") if values[name] != getattr(event, name)]
    if reason and moved:
        raise Invalid(reason, code="event_over", fields={name: [reason] for name in moved})


def _check_fixed(event: Event, values: Mapping[str, Any]) -> None:
    if values["pricing_type"] is not event.pricing_type and event.ticket_types:
        raise invalid_field("pricing_type", "The pricing type cannot change once ticket types exist.")
    if values["currency"] == event.currency:
        return
    if db.session.scalar(sa.select(Offer.id).where(Offer.event_id == event.id).limit(1)) is not None:
        raise invalid_field("currency", "The currency cannot change once ticket types exist.")


def _check_free(event: Event, values: Mapping[str, Any]) -> None:
    if not values["is_free"] or event.is_free:
        return
    priced = sa.select(Offer.id).where(Offer.event_id == event.id, Offer.price_minor > 0).limit(1)
    if db.session.scalar(priced) is not None:
        raise invalid_field("is_free", "An event with tickets that cost something is not free.")


def _check_promise(event: Event, values: Mapping[str, Any]) -> None:
    """Keep what buyers were told when they paid: from the first sale on, they can only be given more time."""
    days = values["buyer_refund_days"]
    if not is_stricter(days, event.buyer_refund_days):
        return
    sold = sa.select(Order.id).where(Order.event_id == event.id, Order.confirmed_at.is_not(None)).limit(1)
    if db.session.scalar(sold) is not None:
        raise invalid_field(
            "buyer_refund_days",
            "Tickets were sold with the promise that stands here. From now on you can only give buyers more time.",
        )


def _resize(event: Event, capacity: int | None) -> None:
    try:
        inventory.resize_quota(QuotaKind.EVENT, event.id, capacity)
    except Invalid as refusal:
        raise Invalid(
            refusal.message, code=refusal.code, fields={"total_capacity": [refusal.message]}
        ) from None


def _make_findable(event: Event) -> None:
    event.venue_city_key = city_key_of(event.venue_city)
    event.search_text = search_text_of(event)


def _insert_with_slug(event: Event) -> None:
    base = slug_of(event.title, otherwise="event")
    while True:
        like = sa.or_(Event.slug == base, Event.slug.startswith(f"{base}-", autoescape=True))
        with db.session.no_autoflush:
            event.slug = numbered(base, set(db.session.scalars(sa.select(Event.slug).where(like))))
        try:
            with db.session.begin_nested():
                db.session.add(event)
                db.session.flush()
        except IntegrityError:
            # Only another event that took the same slug at this instant makes a new try sensible.
            if db.session.scalar(sa.select(Event.id).where(Event.slug == event.slug)) is None:
                raise
        else:
            return
