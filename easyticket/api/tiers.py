"""Ticket tiers: anybody reads them, an event's organizer and administrators change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from easyticket.api.offers import FORBIDDEN, IN_USE, change, for_offer, list_asked, make, remove, show
from easyticket.api.schemas.offers import (
    TIER_BODY_EXAMPLE,
    TIER_EXAMPLE,
    TierAnswer,
    TierBody,
    TierFields,
    TierQuery,
)
from easyticket.api.shapes.offers import tier_shape
from easyticket.http.auth import token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, needs
from easyticket.models import Offer, OfferKind
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Permission

blueprint = ApiBlueprint(
    "api_tiers",
    __name__,
    url_prefix="/api/tickets/tiers",
    tag="Ticket Tiers",
    description="Prices by class, for ticket types of tiered pricing.",
)
_NOT_FOUND = {404: "No TicketTier matches the given query."}
_for_tier = for_offer(OfferKind.TIER)


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all ticket tiers")
@blueprint.asks(TierQuery)
@blueprint.answers_page(TierAnswer, example=TIER_EXAMPLE)
def list_tiers(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """By number unless ordered otherwise."""
    return list_asked(OfferKind.TIER, query).map(tier_shape)


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_optional
@blueprint.operation("Get tier details", refuses=_NOT_FOUND)
@blueprint.answers(200, TierAnswer, example=TIER_EXAMPLE)
def get_tier(id: UUID) -> dict[str, Any]:
    """One tier with what is left of it."""
    return tier_shape(show(OfferKind.TIER, id))


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new tier", refuses=FORBIDDEN)
@needs(Permission.ADD_OFFERS)
@blueprint.takes(TierBody, example=TIER_BODY_EXAMPLE)
@blueprint.answers(201, TierAnswer, example=TIER_EXAMPLE)
def make_tier(body: dict[str, Any]) -> dict[str, Any]:
    """For the event's organizer, under a ticket type of tiered pricing. Number and name are there once in it."""
    return tier_shape(make(OfferKind.TIER, body))


@blueprint.route("/<uuid:id>/", methods=["PUT"])
@token_required
@blueprint.operation("Update tier", refuses=FORBIDDEN | _NOT_FOUND)
@_for_tier
@blueprint.takes(TierFields, example={"tier_number": 1, "name": "Front", "price": "35.00", "quantity": 50})
@blueprint.answers(200, TierAnswer, example=TIER_EXAMPLE)
def replace_tier(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. What is left out stays as it is; the ticket type stays the same."""
    return tier_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update tier", refuses=FORBIDDEN | _NOT_FOUND)
@_for_tier
@blueprint.takes(TierFields(partial=True), example={"price": "35.00"})
@blueprint.answers(200, TierAnswer, example=TIER_EXAMPLE)
def change_tier(body: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """For the event's organizer. Only what is sent changes; the quantity cannot fall below what is sold and reserved."""
    return tier_shape(change(offer, body))


@blueprint.route("/<uuid:id>/", methods=["DELETE"])
@token_required
@blueprint.operation("Delete tier", refuses=FORBIDDEN | _NOT_FOUND | IN_USE)
@_for_tier
@blueprint.answers(204)
def remove_tier(offer: Offer) -> None:
    """For the event's organizer, while nobody has ordered it; afterwards it can be made inactive."""
    remove(offer)
