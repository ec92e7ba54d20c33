"""Events as everybody finds them: what is on, what is over, and the page of one."""

from __future__ import annotations

from functools import partial
from typing import Any

import marshmallow as ma

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.event_pages import PAGE_EXAMPLE, EventPageAnswer
from easyticket.api_v1.schemas.events import (
    EXAMPLE,
    FILTERS_EXAMPLE,
    BrowseQuery,
    EventItemAnswer,
    FiltersApplied,
    PastQuery,
)
from easyticket.api_v1.shapes.event_pages import event_page_shape
from easyticket.api_v1.shapes.events import event_item_shape, filters_shape
from easyticket.api_v1.targets import NO_SUCH_EVENT, for_event
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_optional
from easyticket.http.fields import Nested
from easyticket.http.paging import wanted_page
from easyticket.http.visits import count_look
from easyticket.models import Event
from easyticket.queries.event_browse import BrowseFilters, browse_events
from easyticket.queries.event_filters import When
from easyticket.queries.event_pages import load_event_page
from easyticket.queries.pages import Page

blueprint = V1Blueprint("events", __name__, tag="Events", description="What is on, where and when.")
Row = dict[str, Any]
_applied: tuple[ma.fields.Field[Any], Any] = (Nested(FiltersApplied, required=True), FILTERS_EXAMPLE)
_answers_events = blueprint.answers_page(EventItemAnswer, example=EXAMPLE, filters_applied=_applied)


@blueprint.route("/events/", methods=["GET"])
@token_optional
@blueprint.operation("Browse events")
@blueprint.asks(BrowseQuery)
@_answers_events
def list_events(asked: Row) -> tuple[Page[Row], Row]:
    """Published events that have not begun, the last to begin first, unless the parameters say otherwise."""
    return _listed(asked)


@blueprint.route("/events/past/", methods=["GET"])
@token_optional
@blueprint.operation("Browse past events")
@blueprint.asks(PastQuery)
@_answers_events
def list_past_events(asked: Row) -> tuple[Page[Row], Row]:
    """Published events that are over, the last to end first, unless `ordering` says otherwise."""
    return _listed({**asked, "when": When.PAST})


@blueprint.route("/events/<event_ref:ref>/", methods=["GET"])
@token_optional
@blueprint.operation("Get event details", refuses=NO_SUCH_EVENT)
@for_event()
@blueprint.answers(200, EventPageAnswer, example=PAGE_EXAMPLE)
def get_event(event: Event) -> Row:
    """One event by its slug or number, with what it sells and what is left. A draft is its organizer's."""
    now = clock.now()
    count_look(event)
    return event_page_shape(load_event_page(event, now), now)


def _listed(asked: Row) -> tuple[Page[Row], Row]:
    now = clock.now()
    ordering = asked.pop("ordering", "")
    filters = BrowseFilters(**asked)
    found = browse_events(current_actor(), filters, ordering=ordering, **wanted_page(), now=now)
    return found.map(partial(event_item_shape, now=now)), {"filters_applied": filters_shape(filters)}
