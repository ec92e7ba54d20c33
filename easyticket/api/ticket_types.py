"""Ticket types: anybody reads them, an event's organizer and administrators change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from easyticket.api.schemas.ticket_types import (
    BODY_EXAMPLE,
    CHANGES_EXAMPLE,
    DETAIL_EXAMPLE,
    ROW_EXAMPLE,
    EventQuery,
    TicketTypeBody,
    TicketTypeDetail,
    TicketTypeFields,
    TicketTypeQuery,
    TicketTypeRow,
)
from easyticket.api.shapes.ticket_types import ticket_type_row, ticket_type_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, finds, needs
from easyticket.http.paging import wanted_page, wanted_rows
from easyticket.models import OfferKind, TicketType
from easyticket.queries.pages import Page
from easyticket.queries.ticket_types import (
    TypeFilters,
    get_event_to_sell,
    get_type_stock,
    list_available_stocks,
    list_stocks_of_event,
    list_type_stocks,
)
from easyticket.queries.ticket_types import get_ticket_type as find_by_uuid
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.offers import OfferDraft
from easyticket.services.ticket_types import (
    TicketTypeDraft,
    create_ticket_type,
    delete_ticket_type,
    update_ticket_type,
)

blueprint = ApiBlueprint(
    "api_ticket_types",
    __name__,
    url_prefix="/api/tickets/types",
    tag="Tickets",
    description="What an event sells: ticket types with their price, or with tiers and days under them.",
)
_FORBIDDEN = {403: "Only the event organizer can manage tickets"}
_NOT_FOUND = {404: "No TicketType matches the given query."}
_KIND_OF_LIST = {
    "tiers": OfferKind.TIER,
    "day_passes": OfferKind.DAY_PASS,
    "day_tier_prices": OfferKind.DAY_TIER,
}


def _find_to_edit(actor: Actor, uuid: UUID) -> TicketType:
    found = find_by_uuid(actor, uuid)
    require(actor, Permission.EDIT_TICKET_TYPES, found.event)
    return found


_for_ticket_type = finds(_find_to_edit, key="id", name="ticket_type")


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all ticket types")
@blueprint.asks(TicketTypeQuery)
@blueprint.answers_page(TicketTypeRow, example=ROW_EXAMPLE)
def list_ticket_types(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """By creation unless ordered otherwise. Those of drafts are shown to their organizer and administrators only."""
    ordering = query.pop("ordering", "")
    filters = TypeFilters(**query)
    page = list_type_stocks(current_actor(), filters, ordering=ordering, **wanted_page(), now=clock.now())
    return page.map(ticket_type_row)


@blueprint.route("/by_event/", methods=["GET"])
@token_optional
@blueprint.operation("Get tickets for an event")
@blueprint.asks(EventQuery)
@blueprint.answers_list(TicketTypeRow, example=ROW_EXAMPLE)
def list_ticket_types_of_event(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """The active ticket types of one event in the organizer's order; none for an event that is not there."""
    page = list_stocks_of_event(current_actor(), query["event_id"], **wanted_rows(), now=clock.now())
    return page.map(ticket_type_row)


@blueprint.route("/available/", methods=["GET"])
@token_optional
@blueprint.operation("Get available tickets")
@blueprint.answers_list(TicketTypeRow, example=ROW_EXAMPLE)
def list_available_ticket_types() -> Page[dict[str, Any]]:
    """On sale now and not sold out, at published events; those of the soonest event first."""
    return list_available_stocks(**wanted_rows(), now=clock.now()).map(ticket_type_row)


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new ticket type", refuses={403: "Only organizers can perform this action"})
@needs(Permission.ADD_TICKET_TYPES)
@blueprint.takes(TicketTypeBody, example=BODY_EXAMPLE)
@blueprint.answers(201, TicketTypeDetail, example=DETAIL_EXAMPLE)
def make_ticket_type(body: dict[str, Any]) -> dict[str, Any]:
    """For the event's organizer. With `tiers`, `day_passes` or `day_tier_prices`, as the event's pricing type asks for,
    everything is made together or nothing is. The pricing type may be left out. Times without an offset are those of the
    event's time zone."""
    now = clock.now()
    event = get_event_to_sell(current_actor(), body.pop("event"))
    offers = [
        OfferDraft(kind=kind, **values)
        for name, kind in _KIND_OF_LIST.items()
        for values in body.pop(name, ())
    ]
    draft = TicketTypeDraft(**body, offers=offers)
    return _shown(create_ticket_type(actor=current_actor(), event=event, draft=draft, now=now).uuid)


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_optional
@blueprint.operation("Get ticket type details", refuses=_NOT_FOUND)
@blueprint.answers(200, TicketTypeDetail, example=DETAIL_EXAMPLE)
def get_ticket_type(id: UUID) -> dict[str, Any]:
    """One ticket type with its tiers, day passes and day+tier prices."""
    return _shown(id)


@blueprint.route("/<uuid:id>/", methods=["PUT"])
@token_required
@blueprint.operation("Update ticket type", refuses=_FORBIDDEN | _NOT_FOUND)
@_for_ticket_type
@blueprint.takes(TicketTypeFields, example=CHANGES_EXAMPLE)
@blueprint.answers(200, TicketTypeDetail, example=DETAIL_EXAMPLE)
def replace_ticket_type(body: dict[str, Any], ticket_type: TicketType) -> dict[str, Any]:
    """For the event's organizer. What is left out stays as it is; its event stays the same, and what is under it is
    changed by its own resource, so `event`, `tiers`, `day_passes` and `day_tier_prices` are ignored here."""
    return _changed(ticket_type, body)


@blueprint.route("/<uuid:id>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update ticket type", refuses=_FORBIDDEN | _NOT_FOUND)
@_for_ticket_type
@blueprint.takes(TicketTypeFields(partial=True), example={"total_quantity": 150})
@blueprint.answers(200, TicketTypeDetail, example=DETAIL_EXAMPLE)
def change_ticket_type(body: dict[str, Any], ticket_type: TicketType) -> dict[str, Any]:
    """For the event's organizer. Only what is sent changes; the quantity cannot fall below what is sold and reserved."""
    return _changed(ticket_type, body)


@blueprint.route("/<uuid:id>/", methods=["DELETE"])
@token_required
@blueprint.operation(
    "Delete ticket type",
    refuses=_FORBIDDEN
    | _NOT_FOUND
    | {400: "It has been ordered, so it cannot be deleted. Switch it off instead."},
)
@_for_ticket_type
@blueprint.answers(204)
def remove_ticket_type(ticket_type: TicketType) -> None:
    """For the event's organizer, while nobody has ordered it; afterwards it can be made inactive."""
    delete_ticket_type(actor=current_actor(), ticket_type=ticket_type, now=clock.now())


def _changed(ticket_type: TicketType, changes: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    return _shown(
        update_ticket_type(actor=current_actor(), ticket_type=ticket_type, changes=changes, now=now).uuid
    )


def _shown(uuid: UUID) -> dict[str, Any]:
    return ticket_type_shape(get_type_stock(current_actor(), uuid, clock.now()))
