"""What the rooms of tiers, day passes and day-and-tier prices share: each is one kind of offer under its own schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from easyticket.core import clock
from easyticket.http.auth import current_actor
from easyticket.http.openapi import finds
from easyticket.http.paging import wanted_page
from easyticket.models import Offer, OfferKind
from easyticket.queries.offer_faces import (
    OfferFilters,
    get_offer,
    get_offer_stock,
    get_type_to_price,
    list_offer_stocks,
)
from easyticket.queries.pages import Page
from easyticket.queries.ticket_stock import OfferStock
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.offers import OfferDraft, create_offer, delete_offer, update_offer

View = TypeVar("View", bound=Callable[..., Any])

FORBIDDEN = {403: "You do not have permission to perform this action."}
IN_USE = {400: "It has been ordered, so it cannot be deleted. Switch it off instead."}


def for_offer(kind: OfferKind) -> Callable[[View], View]:
    """Replace the path's `id` by the `offer` of this kind, for those who may change it."""

    def find(actor: Actor, uuid: UUID) -> Offer:
        found = get_offer(actor, kind, uuid)
        require(actor, Permission.EDIT_OFFERS, found.ticket_type.event)
        return found

    return finds(find, key="id", name="offer")


def list_asked(kind: OfferKind, query: dict[str, Any]) -> Page[OfferStock]:
    """Return the page of offers that the address asks for."""
    ordering = query.pop("ordering", "")
    filters = OfferFilters(**query)
    return list_offer_stocks(
        current_actor(), kind, filters, ordering=ordering, **wanted_page(), now=clock.now()
    )


def show(kind: OfferKind, uuid: UUID) -> OfferStock:
    """Return one offer with what is left of it."""
    return get_offer_stock(current_actor(), kind, uuid, clock.now())


def make(kind: OfferKind, body: dict[str, Any]) -> OfferStock:
    """Make an offer of this kind under the ticket type that the body names."""
    ticket_type = get_type_to_price(current_actor(), body.pop("ticket_type"))
    draft = OfferDraft(kind=kind, **body)
    offer = create_offer(actor=current_actor(), ticket_type=ticket_type, draft=draft, now=clock.now())
    return show(kind, offer.uuid)


def change(offer: Offer, changes: dict[str, Any]) -> OfferStock:
    """Change an offer."""
    changed = update_offer(actor=current_actor(), offer=offer, changes=changes, now=clock.now())
    return show(changed.kind, changed.uuid)


def remove(offer: Offer) -> None:
    """Delete an offer."""
    delete_offer(actor=current_actor(), offer=offer, now=clock.now())
