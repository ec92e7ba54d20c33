"""Day passes: anybody reads them, an event's organizer and administrators change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from easyticket.api.offers import FORBIDDEN, IN_USE, change, for_offer, list_asked, make, remove, show
from easyticket.api.schemas.offers import (
    DAY_PASS_BODY_EXAMPLE,
    DAY_PASS_EXAMPLE,
    DayPassAnswer,
    DayPassBody,
    DayPassFields,
    DayPassQuery,
)
from easyticket.api.shapes.offers import day_pass_shape
from easyticket.http.auth import token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, needs
from easyticket.models import Offer, OfferKind
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Permission

blueprint = ApiBlueprint(
    "api_day_passes",
    __name__,
    url_prefix="/api/tickets/day-passes",
    tag="Day Passes",
    description="Prices by day, for ticket types of day-based pricing.",
)
_NOT_FOUND = {404: "No DayPass matches the given query."}
_for_day_pass = for_offer(OfferKind.DAY_PASS)


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all day passes")
@blueprint.asks(DayPassQuery)
@blueprint.answers_page(DayPassAnswer, example=DAY_PASS_EXAMPLE)
def list_day_passes(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """By day unless ordered otherwise; passes for all days come last."""
    return list_asked(OfferKind.DAY_PASS, query).map(day_pass_shape)


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_optional
@blueprint.operation("Get day pass details", refuses=_NOT_FOUND)
@blueprint.answers(200, DayPassAnswer, example=DAY_PASS_EXAMPLE)
def get_day_pass(id: UUID) -> dict[str, Any]:
    """One day pass with what is left of it."""
    return day_pass_shape(show(OfferKind.DAY_PASS, id))


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new day pass", refuses=FORBIDDEN)
@needs(Permission.ADD_OFFERS)
@blueprint.takes(DayPassBody, example=DAY_PASS_BODY_EXAMPLE)
@blueprint.answers(201, DayPassAnswer, example=DAY_PASS_EXAMPLE)
def make_day_pass(body: dict[str, Any]) -> dict[str, Any]:
    """For the event's organizer, under a ticket type of day-based pricing. A pass for one day has a `day_number`; one for all
    days has neither number nor date."""
    return day_pass_shape(make(OfferKind.DAY_PASS, body))


@blueprint.route("/<uuid:id>/", methods=["PUT"])
@token_required
@blueprint.operation("Update day pass", refuses=FORBIDDEN | _NOT_FOUND)
@_for_day_pass
@blueprint.takes(DayPassFields, example={"day_number": 1, "name": "Friday", "price": "35.00", "quantity": 50})
@blueprint.answers(200, DayPassAnswer, example=DAY_PASS_EXAMPLE)
def replace_day_pass(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. What is left out stays as it is; the ticket type stays the same."""
    return day_pass_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update day pass", refuses=FORBIDDEN | _NOT_FOUND)
@_for_day_pass
@blueprint.takes(DayPassFields(partial=True), example={"price": "35.00"})
@blueprint.answers(200, DayPassAnswer, example=DAY_PASS_EXAMPLE)
def change_day_pass(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. Only what is sent changes; the quantity cannot fall below what is sold and reserved."""
    return day_pass_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["DELETE"])
@token_required
@blueprint.operation("Delete day pass", refuses=FORBIDDEN | _NOT_FOUND | IN_USE)
@_for_day_pass
@blueprint.answers(204)
def remove_day_pass(offer: Offer) -> None:
    """For the event's organizer, while nobody has ordered it; afterwards it can be made inactive."""
    remove(offer)
