"""Offers of one kind, as the APIs know them: tiers, day passes and day-and-tier prices, with what is left of each.

Those of a draft are its owner's and the site's people's only; for everybody else there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import NotFound, invalid_field
from easyticket.db import db
from easyticket.models import Offer, OfferKind, TicketType
from easyticket.queries.ordering import sorted_by
from easyticket.queries.pages import Page, page_of
from easyticket.queries.ticket_stock import OfferStock, load_stocks, select_ticket_types
from easyticket.queries.ticket_types import NO_SUCH_CHOICE, is_under_visible_event, is_visible_to
from easyticket.rules.permissions import Actor, Permission, may


@dataclass(frozen=True, slots=True)
class OfferFilters:
    """What a list of offers is narrowed to; the defaults narrow nothing."""

    ticket_type_uuid: UUID | None = None
    day_number: int | None = None
    tier_number: int | None = None
    is_all_days: bool | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class PriceGrid:
    """The active day-and-tier prices of a ticket type: its days and tiers by number, and the cells by both."""

    days: list[tuple[int, str]]
    tiers: list[tuple[int, str]]
    cells: dict[int, dict[int, OfferStock]]


_NAMES = {OfferKind.TIER: "TicketTier", OfferKind.DAY_PASS: "DayPass", OfferKind.DAY_TIER: "DayTierPrice"}
_COLUMNS = {
    "tier_number": Offer.tier_number,
    "day_number": Offer.day_number,
    "price": Offer.price_minor,
    "date": Offer.day_on,
}
_ORDERINGS = {
    OfferKind.TIER: ("tier_number", "price"),
    OfferKind.DAY_PASS: ("day_number", "price", "date"),
    OfferKind.DAY_TIER: ("day_number", "tier_number", "price", "date"),
}
_DEFAULT = {
    OfferKind.TIER: "tier_number",
    OfferKind.DAY_PASS: "day_number",
    OfferKind.DAY_TIER: "day_number,tier_number",
}
# Only passes for all days have neither.
_EMPTY_LAST = {OfferKind.DAY_PASS: ("day_number", "date")}


def get_offer(actor: Actor, kind: OfferKind, uuid: UUID) -> Offer:
    """Return the offer of this kind with its ticket type, event and siblings.

    :raises NotFound: there is none, or its event is a draft of somebody else.
    """
    ticket_type = db.session.scalar(
        select_ticket_types().where(TicketType.offers.any(sa.and_(Offer.uuid == uuid, Offer.kind == kind)))
    )
    if ticket_type is None or not may(actor, Permission.SEE_EVENT, ticket_type.event):
        raise NotFound(f"No {_NAMES[kind]} matches the given query.")
    return next(offer for offer in ticket_type.offers if offer.uuid == uuid)


def get_type_to_price(actor: Actor, ticket_type_uuid: UUID) -> TicketType:
    """Return the ticket type that somebody wants to add an offer to; whether they may is for the service to say.

    :raises Invalid: there is none, or its event is a draft of somebody else.
    """
    found = _find_type(actor, ticket_type_uuid)
    if found is None:
        raise invalid_field("ticket_type", f'Invalid pk "{ticket_type_uuid}" - object does not exist.')
    return found


def get_offer_stock(actor: Actor, kind: OfferKind, uuid: UUID, now: datetime) -> OfferStock:
    """Return the offer of this kind with what is left of it.

    :raises NotFound: there is none, or its event is a draft of somebody else.
    """
    return stock_of(get_offer(actor, kind, uuid), now)


def stock_of(offer: Offer, now: datetime) -> OfferStock:
    """Return what is left of one offer."""
    return _stocks_of([offer], now)[0]


def list_offer_stocks(
    actor: Actor,
    kind: OfferKind,
    filters: OfferFilters,
    *,
    ordering: str = "",
    page: int = 1,
    per_page: int = 20,
    now: datetime,
) -> Page[OfferStock]:
    """Return one page of the offers of a kind the actor may see, in five statements however many they are.

    `ordering` names `day_number`, `tier_number`, `price` or `date`, as far as the kind has them, several with commas, `-`
    for the largest first.

    :raises Invalid: there is no such ticket type.
    :raises NotFound: there is no such page.
    """
    visible = is_under_visible_event(actor, Offer.event_id)
    conditions = [Offer.kind == kind, visible, *_conditions_of(actor, filters)]
    order = sorted_by(
        ordering,
        {name: _COLUMNS[name] for name in _ORDERINGS[kind]},
        default=_DEFAULT[kind],
        model=Offer,
        empty_last=_EMPTY_LAST.get(kind, ()),
    )
    ids = sa.select(Offer.id).where(*conditions)
    count = db.session.scalar(ids.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0

    def load(limit: int, offset: int) -> list[OfferStock]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        wanted = Offer.id.in_(ids.order_by(*order).limit(limit).offset(offset))
        return _stocks_of(db.session.scalars(sa.select(Offer).where(wanted).order_by(*order)).all(), now)

    return page_of(load, count=count, page=page, per_page=per_page)


def load_price_grid(actor: Actor, ticket_type_uuid: UUID, now: datetime) -> PriceGrid:
    """Return the active day-and-tier prices of a ticket type; an empty grid for one the actor cannot see."""
    ticket_type = _find_type(actor, ticket_type_uuid)
    stocks = load_stocks([ticket_type], now)[0].offers_of(OfferKind.DAY_TIER) if ticket_type else []
    days: dict[int, str] = {}
    tiers: dict[int, str] = {}
    cells: dict[int, dict[int, OfferStock]] = {}
    for stock in stocks:
        day, tier = stock.offer.day_number, stock.offer.tier_number
        if not stock.offer.is_active or day is None or tier is None:
            continue
        days.setdefault(day, stock.offer.day_name)
        tiers.setdefault(tier, stock.offer.tier_name)
        cells.setdefault(day, {})[tier] = stock
    return PriceGrid(sorted(days.items()), sorted(tiers.items()), cells)


def _conditions_of(actor: Actor, filters: OfferFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.ticket_type_uuid is not None:
        found.append(Offer.ticket_type_id == _visible_type_id(actor, filters.ticket_type_uuid))
    for column, value in (
        (Offer.day_number, filters.day_number),
        (Offer.tier_number, filters.tier_number),
        (Offer.is_all_days, filters.is_all_days),
        (Offer.is_active, filters.is_active),
    ):
        if value is not None:
            found.append(column == value)
    return found


def _find_type(actor: Actor, ticket_type_uuid: UUID) -> TicketType | None:
    return db.session.scalar(
        select_ticket_types().where(TicketType.uuid == ticket_type_uuid, is_visible_to(actor))
    )


def _visible_type_id(actor: Actor, ticket_type_uuid: UUID) -> int:
    visible = sa.select(TicketType.id).join(TicketType.event)
    found = db.session.scalar(visible.where(TicketType.uuid == ticket_type_uuid, is_visible_to(actor)))
    if found is None:
        raise invalid_field("ticket_type", NO_SUCH_CHOICE)
    return found


def _stocks_of(offers: Sequence[Offer], now: datetime) -> list[OfferStock]:
    """Return the stocks of these offers in their order; all of a type count where its least purchase may be mixed."""
    if not offers:
        return []
    type_ids = {offer.ticket_type_id for offer in offers}
    types = db.session.scalars(select_ticket_types().where(TicketType.id.in_(type_ids))).all()
    stocks = {each.offer.id: each for stock in load_stocks(types, now) for each in stock.offers}
    return [stocks[offer.id] for offer in offers]
