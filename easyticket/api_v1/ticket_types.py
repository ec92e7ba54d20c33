"""Ticket types of an event, one by one, for its organizer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import repeats_fields, says_sentence
from easyticket.api_v1.schemas.ticket_types import (
    BODY_EXAMPLE,
    DELETED_EXAMPLE,
    STEP_EXAMPLE,
    DoneAnswer,
    TicketTypeBody,
    TicketTypeChanges,
    TicketTypeStepAnswer,
)
from easyticket.api_v1.shapes.ticket_types import own_ticket_type_shape
from easyticket.api_v1.targets import for_event
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.models import Event, Offer
from easyticket.queries.my_events import load_my_offer
from easyticket.queries.offer_items import get_event_offer
from easyticket.rules.permissions import Permission
from easyticket.services.ticket_forms import add_ticket_type, change_ticket_type, remove_ticket_type

blueprint = V1Blueprint(
    "ticket_types", __name__, tag="Ticket Types", description="What an event sells, for its organizer."
)
View = TypeVar("View", bound=Callable[..., Any])
Row = dict[str, Any]
_NOT_YOURS = {403: "Only the event organizer can manage tickets"}
_NO_SUCH_EVENT = {404: "There is no such event."}
_NO_SUCH_TYPE = {404: "This event has no such ticket type."}
_CHANGED_EXAMPLE = {**STEP_EXAMPLE, "message": "Ticket type updated."}
_ONE = "/events/<event_ref:ref>/tickets/<int:ticket_type_id>/"


def _its_offer(view: View) -> View:
    """Replace the event and the path's `ticket_type_id` by the `offer` that they name, before the body is read."""

    @wraps(view)
    def found(*args: Any, event: Event, ticket_type_id: int, **kwargs: Any) -> Any:
        return view(*args, offer=get_event_offer(event, ticket_type_id), **kwargs)

    return found  # type: ignore[return-value]


@blueprint.route(
    "/events/<event_ref:ref>/tickets/", also=("/events/<event_ref:ref>/tickets/create/",), methods=["POST"]
)
@token_required
@says_sentence
@repeats_fields
@blueprint.operation("Add a ticket type", refuses=_NOT_YOURS | _NO_SUCH_EVENT)
@for_event(Permission.EDIT_TICKET_TYPES)
@blueprint.takes(TicketTypeBody, example=BODY_EXAMPLE)
@blueprint.answers(201, TicketTypeStepAnswer, example=STEP_EXAMPLE)
def add_event_ticket_type(body: Row, event: Event) -> Row:
    """For the event's organizer. All ticket types together have no more tickets than the event has room for people."""
    now = clock.now()
    return _done("added", add_ticket_type(actor=current_actor(), event=event, entry=body, now=now))


@blueprint.route(_ONE, also=(f"{_ONE}edit/",), methods=["PATCH"])
@token_required
@says_sentence
@repeats_fields
@blueprint.operation("Change a ticket type", refuses=_NOT_YOURS | _NO_SUCH_TYPE)
@for_event(Permission.EDIT_TICKET_TYPES)
@_its_offer
@blueprint.takes(TicketTypeChanges, example={"price": "60.00", "quantity": 120})
@blueprint.answers(200, TicketTypeStepAnswer, example=_CHANGED_EXAMPLE)
def change_event_ticket_type(body: Row, offer: Offer) -> Row:
    """For the event's organizer. Only what is sent changes. There cannot be fewer than are sold and held for buyers.

    Ticket types of events that sell tiers or days are changed on the site's own pages.
    """
    return _done(
        "updated", change_ticket_type(actor=current_actor(), offer=offer, changes=body, now=clock.now())
    )


@blueprint.route(f"{_ONE}delete/", methods=["DELETE"])
@token_required
@says_sentence
@blueprint.operation(
    "Delete a ticket type",
    refuses={400: "It has been ordered, so it cannot be deleted. Switch it off instead."}
    | _NOT_YOURS
    | _NO_SUCH_TYPE,
)
@for_event(Permission.EDIT_TICKET_TYPES)
@_its_offer
@blueprint.answers(200, DoneAnswer, example=DELETED_EXAMPLE)
def remove_event_ticket_type(offer: Offer) -> Row:
    """For the event's organizer, while nobody has ordered it. The last one of an event stays."""
    remove_ticket_type(actor=current_actor(), offer=offer, now=clock.now())
    return {"message": "Ticket type deleted."}


def _done(what: str, offer: Offer) -> Row:
    mine = load_my_offer(offer, clock.now())
    return {"message": f"Ticket type {what}.", "ticket_type": own_ticket_type_shape(mine)}
