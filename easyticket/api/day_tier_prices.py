"""Day-and-tier prices: anybody reads them, an event's organizer and administrators change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from easyticket.api.offers import FORBIDDEN, IN_USE, change, for_offer, list_asked, make, remove, show
from easyticket.api.schemas.offers import (
    DAY_TIER_BODY_EXAMPLE,
    DAY_TIER_EXAMPLE,
    MATRIX_EXAMPLE,
    DayTierAnswer,
    DayTierBody,
    DayTierFields,
    DayTierQuery,
    MatrixAnswer,
    MatrixQuery,
)
from easyticket.api.shapes.offers import day_tier_shape, matrix_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, needs
from easyticket.models import Offer, OfferKind
from easyticket.queries.offer_faces import load_price_grid
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Permission

blueprint = ApiBlueprint(
    "api_day_tier_prices",
    __name__,
    url_prefix="/api/tickets/day-tier-prices",
    tag="Day+Tier Prices",
    description="Prices by day and class, for ticket types of day-and-tier pricing.",
)
_NOT_FOUND = {404: "No DayTierPrice matches the given query."}
_for_day_tier_price = for_offer(OfferKind.DAY_TIER)


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all day+tier prices")
@blueprint.asks(DayTierQuery)
@blueprint.answers_page(DayTierAnswer, example=DAY_TIER_EXAMPLE)
def list_day_tier_prices(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """By day and tier unless ordered otherwise."""
    return list_asked(OfferKind.DAY_TIER, query).map(day_tier_shape)


@blueprint.route("/matrix/", methods=["GET"])
@token_optional
@blueprint.operation("Get pricing matrix")
@blueprint.asks(MatrixQuery)
@blueprint.answers(200, MatrixAnswer, example=MATRIX_EXAMPLE)
def get_matrix(query: dict[str, Any]) -> dict[str, Any]:
    """All active prices of one ticket type under the numbers of their days and tiers, both as text; empty for one that
    is not there."""
    uuid = query["ticket_type"]
    return matrix_shape(uuid, load_price_grid(current_actor(), uuid, clock.now()))


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_optional
@blueprint.operation("Get day+tier price details", refuses=_NOT_FOUND)
@blueprint.answers(200, DayTierAnswer, example=DAY_TIER_EXAMPLE)
def get_day_tier_price(id: UUID) -> dict[str, Any]:
    """The price of one tier on one day with what is left of it."""
    return day_tier_shape(show(OfferKind.DAY_TIER, id))


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new day+tier price", refuses=FORBIDDEN)
@needs(Permission.ADD_OFFERS)
@blueprint.takes(DayTierBody, example=DAY_TIER_BODY_EXAMPLE)
@blueprint.answers(201, DayTierAnswer, example=DAY_TIER_EXAMPLE)
def make_day_tier_price(body: dict[str, Any]) -> dict[str, Any]:
    """For the event's organizer, under a ticket type of day-and-tier pricing. Each tier is there once on each day."""
    return day_tier_shape(make(OfferKind.DAY_TIER, body))


@blueprint.route("/<uuid:id>/", methods=["PUT"])
@token_required
@blueprint.operation("Update day+tier price", refuses=FORBIDDEN | _NOT_FOUND)
@_for_day_tier_price
@blueprint.takes(
    DayTierFields,
    example={
        "day_number": 1,
        "day_name": "Friday",
        "tier_number": 1,
        "tier_name": "Gold",
        "price": "35.00",
        "quantity": 50,
    },
)
@blueprint.answers(200, DayTierAnswer, example=DAY_TIER_EXAMPLE)
def replace_day_tier_price(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. What is left out stays as it is; the ticket type stays the same."""
    return day_tier_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update day+tier price", refuses=FORBIDDEN | _NOT_FOUND)
@_for_day_tier_price
@blueprint.takes(DayTierFields(partial=True), example={"price": "35.00"})
@blueprint.answers(200, DayTierAnswer, example=DAY_TIER_EXAMPLE)
def change_day_tier_price(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. Only what is sent changes; the quantity cannot fall below what is sold and reserved."""
    return day_tier_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["DELETE"])
@token_required
@blueprint.operation("Delete day+tier price", refuses=FORBIDDEN | _NOT_FOUND | IN_USE)
@_for_day_tier_price
@blueprint.answers(204)
def remove_day_tier_price(offer: Offer) -> None:
    """For the event's organizer, while nobody has ordered it; afterwards it can be made inactive."""
    remove(offer)
