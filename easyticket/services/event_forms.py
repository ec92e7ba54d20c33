"""Events made and changed by the form of the Cafa Tickets API: fields, pictures and ticket types at once, all or nothing.

Pictures are stored before the transaction that names them. Fields are called as the form's schema calls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from easyticket.core.errors import Invalid, NotFound, invalid_field
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, EventImage, EventStatus, Offer, Order, OrderStatus
from easyticket.queries.categories import get_category
from easyticket.queries.category_items import OTHER
from easyticket.queries.event_items import load_event_item
from easyticket.queries.payment_profiles import find_payment_profile
from easyticket.rules.event_fields import known_zones
from easyticket.rules.event_forms import (
    MOST_PICTURES,
    MOST_TICKET_TYPES,
    check_lengths,
    parts_of,
    read_dates,
    read_recurrence,
    why_not_to_be_changed,
)
from easyticket.rules.fields import Faults
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.publishing import may_go_live
from easyticket.rules.slugs import slug_or_number
from easyticket.services.accounts import become_organizer
from easyticket.services.change_log import record_change
from easyticket.services.event_steps import delete_event, keep_organizer, publish_event
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.images import Upload, discard_picture, stored_pictures
from easyticket.services.offers import lock_event
from easyticket.services.ticket_forms import check_room, write_types

# Fields that mean the same in the form and in a draft.
_SAME = (
    "title",
    "description",
    "short_description",
    "venue_name",
    "venue_address",
    "venue_city",
    "venue_country",
    "venue_latitude",
    "venue_longitude",
    "check_in_policy",
    "total_capacity",
)
# Where the form has a field of its own for what an event's rules complain about.
_FORM_NAMES = {"start_at": "start_on", "end_at": "end_on", "category_id": "category_ref"}
_LIVE = (OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.CONFIRMED)
_REQUIRED = "This field is required."
Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormPictures:
    """Files sent with the form: the event's own picture, which replaces the present one, and further ones, which do not."""

    featured: Upload | None = None
    additional: Sequence[Upload] = ()


def create_event_by_form(*, actor: Actor, form: Form, pictures: FormPictures, now: datetime) -> Event:
    """Return a new event with its pictures and its 1 to 10 ticket types, or keep nothing at all.

    It is live unless `is_published` is False; a draft as long as the account's address is not verified. Whoever makes
    an event is an organizer from then on. Without an `end_on` it ends on the day it begins, without an `ends_at` at the
    last second of that day, and without both three hours after its beginning.

    :raises Invalid: messages by field; those of a ticket type stand under `ticket_types.0.price` and so on.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    with _stored(pictures) as names:
        return _create(actor, form, names, now)


def update_event_by_form(
    *, actor: Actor, event: Event, changes: Form, pictures: FormPictures, now: datetime
) -> Event:
    """Change what is sent, or nothing at all. The slug stays, and so do ticket types that are not named.

    The form's limits count for what differs from before. New further pictures are added, and of more than five the newest
    stay. An empty payment profile changes nothing, and None takes it away. Pictures that go are deleted.

    :raises Invalid: messages by field; the event has begun; or what was sold stands against it.
    """
    require(actor, Permission.EDIT_EVENT, event)
    with _stored(pictures) as names:
        return _update(actor, event, changes, names, now)


@transactional
def delete_event_by_form(*, actor: Actor, event: Event, now: datetime) -> None:
    """Remove an event that has not begun and that nobody ever ordered tickets of.

    :raises Invalid: it has begun, or it has orders; `suggestion` says what can be done instead.
    """
    require(actor, Permission.DELETE_EVENT, event)
    try:
        _refuse_begun(event, now)
        delete_event(actor=actor, event=event, now=now)
    except Invalid as refusal:
        instead = {"suggestion": "Cancel the event instead: its buyers get their money back."}
        is_sold = refusal.code in ("has_orders", "has_scans")
        raise Invalid(refusal.message, code=refusal.code, context=instead if is_sold else {}) from None


@transactional
def _create(actor: Actor, form: Form, names: Mapping[str, str], now: datetime) -> Event:
    owner = become_organizer(actor=actor, now=now)
    actor = replace(actor, is_organizer=True)
    settings = current_app.config["SETTINGS"]
    faults = Faults()
    zone = form.get("time_zone") or settings.default_time_zone
    if zone not in known_zones():
        faults.add("time_zone", "This is not a time zone. Give one such as Africa/Accra or Europe/Berlin.")
    check_lengths(faults, form)
    entries = form.get("ticket_types") or ()
    if not 1 <= len(entries) <= MOST_TICKET_TYPES:
        faults.add("ticket_types", f"An event has 1 to {MOST_TICKET_TYPES} ticket types.")
    values: dict[str, Any] = {name: form[name] for name in _SAME if form.get(name) is not None}
    values |= read_dates(faults, form, None)
    if form.get("category_slug") in (None, "") and form.get("category_ref") in (None, ""):
        faults.add("category_ref", _REQUIRED)
    values |= _category(faults, form, None) | _recurrence(faults, form, None)
    values |= _profile(faults, form.get("payment_profile"), owner.id)
    faults.raise_if_any()
    draft = EventDraft(
        **values,
        time_zone=zone,
        currency=settings.v1_default_currency,
        banner_image=names.get("featured_image", ""),
    )
    with _in_form_names():
        event = create_event(actor=actor, draft=draft, publish=form.get("is_published") is not False, now=now)
    _add_pictures(event, names)
    write_types(actor, event, [{**entry, "id": None} for entry in entries], now)
    check_room(event, "ticket_types")
    db.session.flush()
    return event


@transactional
def _update(actor: Actor, event: Event, form: Form, names: Mapping[str, str], now: datetime) -> Event:
    if form.get("is_published") and event.status is EventStatus.DRAFT:
        keep_organizer(actor, event)
    lock_event(event)
    _refuse_begun(event, now)
    faults = Faults()
    check_lengths(faults, form, {name: getattr(event, name) for name in _SAME})
    changes: dict[str, Any] = {name: form[name] for name in _SAME if name in form}
    _leave_out_empty(event, changes, now)
    changes |= read_dates(faults, form, parts_of(event))
    changes |= _category(faults, form, event) | _recurrence(faults, form, event)
    if form.get("payment_profile", "") is None:
        changes["payment_profile_id"] = None
    changes |= _profile(faults, form.get("payment_profile"), event.organizer_id)
    entries = form.get("ticket_types") or ()
    if len(entries) > MOST_TICKET_TYPES:
        faults.add("ticket_types", f"At most {MOST_TICKET_TYPES} ticket types can be sent at once.")
    faults.raise_if_any()
    if featured := names.get("featured_image"):
        changes["banner_image"] = featured
    capacity = event.total_capacity
    with _in_form_names():
        update_event(actor=actor, event=event, changes=changes, now=now)
    _note_pictures(actor, event, names, now)
    _add_pictures(event, names)
    if write_types(actor, event, entries, now) or event.total_capacity != capacity:
        check_room(event, "ticket_types" if entries else "total_capacity")
    _publish_or_withdraw(actor, event, form.get("is_published"), now)
    db.session.flush()
    return event


@contextmanager
def _stored(pictures: FormPictures) -> Iterator[dict[str, str]]:
    """Store the pictures and give their names by the form's fields, the further ones as `additional_images.0` and so on."""
    if len(pictures.additional) > MOST_PICTURES:
        raise invalid_field("additional_images", f"At most {MOST_PICTURES} further pictures can be sent.")
    uploads = {f"additional_images.{number}": each for number, each in enumerate(pictures.additional)}
    if pictures.featured is not None:
        uploads = {"featured_image": pictures.featured, **uploads}
    with stored_pictures(uploads) as names:
        yield names


def _add_pictures(event: Event, names: Mapping[str, str]) -> None:
    """Put new further pictures after those there are; of more than an event may have the newest stay."""
    new = [EventImage(path=path) for field, path in names.items() if field != "featured_image"]
    if not new:
        return
    images = [*event.images, *new]
    for image in images[:-MOST_PICTURES]:
        discard_picture(image.path)
    event.images = images[-MOST_PICTURES:]
    for number, image in enumerate(event.images):
        image.position = number
    db.session.flush()


def _note_pictures(actor: Actor, event: Event, names: Mapping[str, str], now: datetime) -> None:
    added = len(names) - ("featured_image" in names)
    if added:
        record_change(
            actor, ChangeAction.EVENT_CHANGED, event=event, after={"pictures_added": added}, now=now
        )


def _leave_out_empty(event: Event, changes: dict[str, Any], now: datetime) -> None:
    """Leave out what may not be empty and is, and the room for people that an event without a limit is shown with."""
    for name in ("check_in_policy", "total_capacity"):
        if name in changes and changes[name] is None:
            del changes[name]
    if event.total_capacity is None and changes.get("total_capacity") == load_event_item(event, now).total:
        del changes["total_capacity"]


def _category(faults: Faults, form: Form, event: Event | None) -> dict[str, int | None]:
    """Return the category by its slug, else by its number or slug; "other" is none where no category is called so."""
    field = "category_slug" if form.get("category_slug") else "category_ref"
    key = form.get(field)
    if key in (None, ""):
        return {}
    text = str(key).strip()
    try:
        category = get_category(slug_or_number(text), include_inactive=True)
    except NotFound:
        if text not in (OTHER, "0"):
            faults.add(field, "Choose one of the categories.")
        return {"category_id": None}
    if not category.is_active and (event is None or event.category_id != category.id):
        faults.add(field, "Choose one of the categories.")
    if category.slug == OTHER and event is not None and event.category_id is None:
        return {}
    return {"category_id": category.id}


def _recurrence(faults: Faults, form: Form, event: Event | None) -> dict[str, dict[str, Any] | None]:
    """Return how the event repeats, if anything was said about it; `is_recurring` false ends it."""
    wanted, pattern = form.get("is_recurring"), form.get("recurrence")
    if wanted is False:
        return {"recurrence": None}
    if pattern:
        return {"recurrence": read_recurrence(faults, pattern)}
    if wanted and (event is None or event.recurrence is None):
        faults.add("recurrence", "Say how the event repeats.")
    return {}


def _profile(faults: Faults, sent: str | None, owner_id: int) -> dict[str, int]:
    """Return the owner's payment profile with the UUID that was sent; forms that name none send an empty text."""
    text = (sent or "").strip()
    if not text:
        return {}
    uuid = _uuid(text)
    profile = find_payment_profile(owner_id, uuid) if uuid else None
    if profile is None:
        faults.add("payment_profile", "Choose one of your own payment profiles.")
        return {}
    return {"payment_profile_id": profile.id}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _publish_or_withdraw(actor: Actor, event: Event, wanted: bool | None, now: datetime) -> None:
    """Do what `is_published` asks for: a draft goes live if it may, and a live event whose tickets nobody ordered becomes
    a draft. A cancelled event stays cancelled."""
    if wanted and event.status is EventStatus.DRAFT and may_go_live(actor, event.organizer):
        publish_event(actor=actor, event=event, now=now)
    if wanted is False and event.status is EventStatus.PUBLISHED:
        _withdraw(actor, event, now)


def _withdraw(actor: Actor, event: Event, now: datetime) -> None:
    # Locked, so that no order can take one of them between this look and the end of the transaction.
    offers = sa.select(Offer.id).where(Offer.event_id == event.id).order_by(Offer.id)
    db.session.execute(offers.with_for_update())
    live = sa.select(Order.id).where(Order.event_id == event.id, Order.status.in_(_LIVE)).limit(1)
    if db.session.scalar(live) is not None:
        raise invalid_field(
            "is_published",
            "Tickets have been ordered, so it cannot be a draft again. Cancel the event instead.",
        )
    event.status, event.published_at = EventStatus.DRAFT, None
    record_change(
        actor,
        ChangeAction.EVENT_CHANGED,
        event=event,
        before={"status": EventStatus.PUBLISHED},
        after={"status": EventStatus.DRAFT},
        now=now,
    )


def _refuse_begun(event: Event, now: datetime) -> None:
    if refusal := why_not_to_be_changed(event, now):
        raise Invalid(refusal, code="event_started")


@contextmanager
def _in_form_names() -> Iterator[None]:
    """Have messages about an event's own fields stand under those of the form."""
    try:
        yield
    except Invalid as refusal:
        fields = {_FORM_NAMES.get(name, name): texts for name, texts in refusal.fields.items()}
        raise Invalid(refusal.message, code=refusal.code, fields=fields, context=refusal.context) from None
