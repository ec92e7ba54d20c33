"""Events of their organizers: made and changed by one form with pictures and ticket types, listed with how they do, deleted."""

from __future__ import annotations

from functools import partial
from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import repeats_fields, says_sentence
from easyticket.api_v1.schemas.event_forms import BODY_EXAMPLE, CHANGES_EXAMPLE, EventForm, EventFormChanges
from easyticket.api_v1.schemas.organizer_events import (
    CREATED_EXAMPLE,
    DELETED_EXAMPLE,
    DETAIL_EXAMPLE,
    ITEM_NUMBERS_EXAMPLE,
    SUMMARY_EXAMPLE,
    UPDATED_EXAMPLE,
    EventCreatedAnswer,
    EventUpdatedAnswer,
    MyEventAnswer,
    MyEventDetailAnswer,
    MyEventQuery,
    MyEventSummary,
)
from easyticket.api_v1.schemas.ticket_types import DoneAnswer
from easyticket.api_v1.shapes.organizer_events import (
    created_shape,
    my_event_detail_shape,
    my_event_shape,
    summary_shape,
    updated_shape,
)
from easyticket.api_v1.targets import NO_SUCH_EVENT, for_event
from easyticket.core import clock
from easyticket.http.api_limits import count_pictures
from easyticket.http.auth import current_actor, token_required
from easyticket.http.fields import Nested
from easyticket.http.openapi import finds
from easyticket.http.paging import wanted_page
from easyticket.http.sizes import takes_up_to
from easyticket.models import Event
from easyticket.queries.my_events import (
    MyEventFilters,
    find_profile_of,
    get_my_event,
    list_own_event_items,
    load_my_events,
    summarize_my_events,
)
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Actor, Permission
from easyticket.rules.slugs import slug_or_number
from easyticket.services.event_forms import create_event_by_form, delete_event_by_form, update_event_by_form

blueprint = V1Blueprint(
    "organizer_events", __name__, tag="Organizing Events", description="What organizers do with their events."
)
Row = dict[str, Any]
# Six pictures of 5 MB with their form; and one of them written in JSON, where it takes a third more.
_MEGABYTES, _PLAIN_MEGABYTES = 32, 8
_NOT_YOURS = {403: "You can only modify your own events"}


def _find_own(actor: Actor, ref: str) -> Event:
    return get_my_event(actor, slug_or_number(ref))


@blueprint.route("/events/create/", methods=["POST"])
@token_required
@takes_up_to(_MEGABYTES, plain=_PLAIN_MEGABYTES)
@says_sentence
@repeats_fields
@blueprint.operation("Create an event")
@blueprint.takes(EventForm, example=BODY_EXAMPLE, multipart=True, form_first=True)
@blueprint.answers(201, EventCreatedAnswer, example=CREATED_EXAMPLE)
def make_event(body: Row) -> Row:
    """Make an event with its pictures and ticket types at once, as multipart with files, or as JSON with pictures as
    `data:` addresses.

    It is live unless `is_published` is false. Until the account's address is verified it is a draft all the same. Prices
    are in the site's currency for this API. Whoever makes an event is an organizer from then on. Refusals repeat each
    field's messages at the top, those of a ticket type as `ticket_types.0.price`.
    """
    pictures = body.pop("pictures")
    count_pictures((pictures.featured, *pictures.additional))
    event = create_event_by_form(actor=current_actor(), form=body, pictures=pictures, now=clock.now())
    return created_shape(event)


@blueprint.route(
    "/events/<event_ref:ref>/update/", also=("/events/my-events/<event_ref:ref>/edit/",), methods=["PATCH"]
)
@token_required
@takes_up_to(_MEGABYTES, plain=_PLAIN_MEGABYTES)
@says_sentence
@repeats_fields
@blueprint.operation("Change an event", refuses=_NOT_YOURS | NO_SUCH_EVENT)
@for_event(Permission.EDIT_EVENT)
@blueprint.takes(EventFormChanges, example=CHANGES_EXAMPLE, multipart=True, form_first=True)
@blueprint.answers(200, EventUpdatedAnswer, example=UPDATED_EXAMPLE)
def change_event(body: Row, event: Event) -> Row:
    """For its organizer, until the event begins. Only what is sent changes, and its slug never does.

    `ticket_types` changes those it names by `id` and adds those without one; all others stay. A new `featured_image` takes
    the place of the old one; new `additional_images` are added to those there are, and of more than five the newest five
    stay. Addresses in their place are left aside. An empty `payment_profile_id` changes nothing, and null (in JSON) takes
    the profile away. `is_published` false makes a draft of a live event that nobody has ordered tickets of.
    """
    pictures = body.pop("pictures")
    count_pictures((pictures.featured, *pictures.additional))
    changed = update_event_by_form(
        actor=current_actor(), event=event, changes=body, pictures=pictures, now=clock.now()
    )
    return updated_shape(changed)


@blueprint.route("/events/<event_ref:ref>/delete/", methods=["DELETE"])
@token_required
@blueprint.operation(
    "Delete an event",
    refuses={400: "An event with orders cannot be deleted. Cancel it instead."} | _NOT_YOURS | NO_SUCH_EVENT,
)
@for_event(Permission.DELETE_EVENT)
@blueprint.answers(200, DoneAnswer, example=DELETED_EXAMPLE)
def remove_event(event: Event) -> Row:
    """For its organizer, until the event begins and while nobody has ordered. A refusal may have a `suggestion`."""
    delete_event_by_form(actor=current_actor(), event=event, now=clock.now())
    return {"message": "Event deleted."}


@blueprint.route("/events/my-events/", methods=["GET"])
@token_required
@blueprint.operation("List your events")
@blueprint.asks(MyEventQuery)
@blueprint.answers_page(
    MyEventAnswer,
    example=ITEM_NUMBERS_EXAMPLE,
    summary=(Nested(MyEventSummary, required=True), SUMMARY_EXAMPLE),
)
def list_own_events(asked: Row) -> tuple[Page[Row], Row]:
    """Your own events, drafts and cancelled ones among them, each with its numbers; what begins last comes first.

    `summary` counts all of them, whatever the list is narrowed to. An account without events has an empty list.
    """
    actor, now, sort_by = current_actor(), clock.now(), asked.pop("sort_by", "")
    found = list_own_event_items(actor, MyEventFilters(**asked), sort_by=sort_by, **wanted_page(), now=now)
    summary = summary_shape(summarize_my_events(actor, now))
    return found.map(partial(my_event_shape, now=now)), {"summary": summary}


@blueprint.route("/events/my-events/<event_ref:ref>/", methods=["GET"])
@token_required
@blueprint.operation("Get one of your events", refuses={404: "You have no event at this address."})
@finds(_find_own, key="ref", name="event")
@blueprint.answers(200, MyEventDetailAnswer, example=DETAIL_EXAMPLE)
def get_own_event(event: Event) -> Row:
    """One of your events with all of its fields, as the form that changes it shows them, and with its numbers."""
    now = clock.now()
    [mine] = load_my_events([event], now)
    return my_event_detail_shape(mine, find_profile_of(event), now)
