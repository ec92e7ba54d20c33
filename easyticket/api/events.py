"""Events: anybody finds what is published, organizers make, change, publish and call off their own."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from easyticket.api.schemas.events import (
    EVENT_BODY_EXAMPLE,
    EVENT_DETAIL_EXAMPLE,
    EVENT_EXAMPLE,
    EventAnswer,
    EventBody,
    EventChanges,
    EventDetailAnswer,
    EventQuery,
    EventStepAnswer,
)
from easyticket.api.shapes.events import event_detail_shape, event_shape
from easyticket.core import clock
from easyticket.http.api_limits import count_pictures
from easyticket.http.auth import current_actor, token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, finds, needs
from easyticket.http.paging import wanted_page, wanted_rows
from easyticket.http.visits import count_look
from easyticket.models import Event
from easyticket.queries.event_details import load_event_detail
from easyticket.queries.event_lists import (
    filters_for,
    list_events_by,
    list_featured_events,
    list_my_events,
    list_upcoming_events,
)
from easyticket.queries.events import get_event as find_by_slug
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Actor, Permission
from easyticket.services.event_pictures import create_event_with_pictures, update_event_with_pictures
from easyticket.services.event_steps import cancel_event, delete_event, publish_event
from easyticket.services.events import EventDraft

blueprint = ApiBlueprint(
    "api_events",
    __name__,
    url_prefix="/api/events",
    tag="Events",
    description="What is on, where and when.",
)
Row = dict[str, Any]


class _EventSlug(BaseConverter):
    """Any address of an event; words that routes use are none (rules/slugs.py), so a wrong method there is a 405, not a 404."""

    regex = r"(?!(?:categories|my_events|upcoming|featured|search)$)[^/]+"
    part_isolating = True


def _know_slugs(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["event_slug"] = _EventSlug


blueprint.record_once(_know_slugs)

_NOT_FOUND = {404: "No Event matches the given query."}
_NO_ORGANIZER = {403: "Only organizers can perform this action"}
_NOT_YOURS = {403: "You can only modify your own events"}
_STEP_EXAMPLE = {"message": "Event published successfully", **EVENT_DETAIL_EXAMPLE}
_CANCELLED_EXAMPLE = {
    **EVENT_DETAIL_EXAMPLE,
    "message": "Event cancelled successfully",
    "status": "cancelled",
}


def _find(actor: Actor, slug: str) -> Event:
    return find_by_slug(actor, slug)


_to_see = finds(_find, key="slug", name="event")
_to_edit = finds(_find, key="slug", name="event", permission=Permission.EDIT_EVENT)
_to_delete = finds(_find, key="slug", name="event", permission=Permission.DELETE_EVENT)
_to_publish = finds(_find, key="slug", name="event", permission=Permission.PUBLISH_EVENT)
_to_cancel = finds(_find, key="slug", name="event", permission=Permission.CANCEL_EVENT)


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all events")
@blueprint.asks(EventQuery)
@blueprint.answers_page(EventAnswer, example=EVENT_EXAMPLE)
def list_events(asked: Row) -> Page[Row]:
    """Published events that are not over, the last to begin first, unless the parameters say otherwise."""
    return _listed(asked, wanted_page())


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new event", refuses=_NO_ORGANIZER)
@needs(Permission.CREATE_OWN_EVENT)
@blueprint.takes(EventBody, example=EVENT_BODY_EXAMPLE, multipart=True)
@blueprint.answers(201, EventDetailAnswer, example=EVENT_DETAIL_EXAMPLE)
def make_event(body: Row) -> Row:
    """For organizers. It is a draft unless `status` publishes it; `pricing_type` decides what its tickets look like."""
    uploads = body.pop("uploads")
    count_pictures(uploads)
    now = clock.now()
    event = create_event_with_pictures(
        actor=current_actor(), draft=EventDraft(**body), uploads=uploads, now=now
    )
    return _detail(event)


@blueprint.route("/my_events/", methods=["GET"])
@token_required
@blueprint.operation("Get organizer's events", refuses={403: "Only organizers can access this endpoint."})
@blueprint.answers_list(EventAnswer, example=EVENT_EXAMPLE)
def list_own_events() -> Page[Row]:
    """For organizers: their own events in every status, the last to begin first."""
    now = clock.now()
    return list_my_events(current_actor(), **wanted_rows(), now=now).map(partial(event_shape, now=now))


@blueprint.route("/upcoming/", methods=["GET"])
@token_optional
@blueprint.operation("Get upcoming events")
@blueprint.answers_list(EventAnswer, example=EVENT_EXAMPLE)
def list_coming_events() -> Page[Row]:
    """Published events that have not begun, the soonest first."""
    now = clock.now()
    return list_upcoming_events(current_actor(), **wanted_rows(), now=now).map(partial(event_shape, now=now))


@blueprint.route("/featured/", methods=["GET"])
@token_optional
@blueprint.operation("Get featured events")
@blueprint.answers_list(EventAnswer, example=EVENT_EXAMPLE)
def list_recommended_events() -> Page[Row]:
    """Featured events that are published and not over, the newest first."""
    now = clock.now()
    return list_featured_events(current_actor(), **wanted_rows(), now=now).map(partial(event_shape, now=now))


@blueprint.route("/search/", methods=["GET"])
@token_optional
@blueprint.operation("Search events")
@blueprint.asks(EventQuery)
@blueprint.answers_list(EventAnswer, example=EVENT_EXAMPLE)
def search_events(asked: Row) -> Page[Row]:
    """The same parameters as the list, as a plain array."""
    return _listed(asked, wanted_rows())


@blueprint.route("/<event_slug:slug>/", methods=["GET"])
@token_optional
@blueprint.operation("Get event details", refuses=_NOT_FOUND)
@_to_see
@blueprint.answers(200, EventDetailAnswer, example=EVENT_DETAIL_EXAMPLE)
def get_event(event: Event) -> Row:
    """One event with its category, what it sells and what is left. A draft is its organizer's."""
    count_look(event)
    return _detail(event)


@blueprint.route("/<event_slug:slug>/", methods=["PUT"])
@token_required
@blueprint.operation("Update event", refuses=_NOT_YOURS | _NOT_FOUND)
@_to_edit
@blueprint.takes(EventChanges, example=EVENT_BODY_EXAMPLE, multipart=True)
@blueprint.answers(200, EventDetailAnswer, example=EVENT_DETAIL_EXAMPLE)
def replace_event(body: Row, event: Event) -> Row:
    """For its organizer and administrators. What is left out of the optional fields stays; the slug never changes."""
    return _changed(event, body)


@blueprint.route("/<event_slug:slug>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update event", refuses=_NOT_YOURS | _NOT_FOUND)
@_to_edit
@blueprint.takes(EventChanges(partial=True), example={"title": "Night of Drums and Bells"}, multipart=True)
@blueprint.answers(200, EventDetailAnswer, example=EVENT_DETAIL_EXAMPLE)
def change_event(body: Row, event: Event) -> Row:
    """For its organizer and administrators. Only what is sent changes."""
    return _changed(event, body)


@blueprint.route("/<event_slug:slug>/", methods=["DELETE"])
@token_required
@blueprint.operation(
    "Delete event",
    refuses={400: "An event with orders cannot be deleted. Cancel it instead."} | _NOT_YOURS | _NOT_FOUND,
)
@_to_delete
@blueprint.answers(204)
def remove_event(event: Event) -> None:
    """For its organizer and administrators, while nobody has ordered."""
    delete_event(actor=current_actor(), event=event, now=clock.now())


@blueprint.route("/<event_slug:slug>/publish/", methods=["POST"])
@token_required
@blueprint.operation(
    "Publish event",
    refuses={
        400: "Event is already published",
        403: "You do not have permission to publish this event.",
    }
    | _NOT_FOUND,
)
@_to_publish
@blueprint.answers(200, EventStepAnswer, example=_STEP_EXAMPLE)
def put_event_on_sale(event: Event) -> Row:
    """For its organizer and administrators. Everybody sees it from now on, and what it sells is on sale."""
    published = publish_event(actor=current_actor(), event=event, now=clock.now())
    return _detail(published) | {"message": "Event published successfully"}


@blueprint.route("/<event_slug:slug>/cancel/", methods=["POST"])
@token_required
@blueprint.operation(
    "Cancel event",
    refuses={
        400: "Event is already cancelled",
        403: "You do not have permission to cancel this event.",
    }
    | _NOT_FOUND,
)
@_to_cancel
@blueprint.answers(200, EventStepAnswer, example=_CANCELLED_EXAMPLE)
def call_event_off(event: Event) -> Row:
    """For its organizer and administrators, for good. Sales stop, tickets end, and every paid order is refunded."""
    cancelled = cancel_event(actor=current_actor(), event=event, now=clock.now())
    return _detail(cancelled) | {"message": "Event cancelled successfully"}


def _listed(asked: Row, wanted: dict[str, int]) -> Page[Row]:
    now = clock.now()
    ordering = asked.pop("ordering", "")
    found = list_events_by(current_actor(), filters_for(**asked), ordering=ordering, **wanted, now=now)
    return found.map(partial(event_shape, now=now))


def _changed(event: Event, body: Row) -> Row:
    uploads = body.pop("uploads")
    count_pictures(uploads)
    changed = update_event_with_pictures(
        actor=current_actor(), event=event, changes=body, uploads=uploads, now=clock.now()
    )
    return _detail(changed)


def _detail(event: Event) -> Row:
    now = clock.now()
    return event_detail_shape(load_event_detail(event, now), now)
