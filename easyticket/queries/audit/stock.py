"""I1 and I7: counters count what is held and sold, and neither places nor promo codes are used more often than there are."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from easyticket.models import Hold, HoldLine, HoldState, OfferQuota, Quota, QuotaKind, Ticket, TicketStatus
from easyticket.queries.audit.finding import Expression, Rows, Scope, amount_of, rows_of, words

_NAME = words(Quota.kind, Quota.owner_id)


def ask_stock(scope: Scope) -> Iterator[Rows]:
    """Counters of offers, ticket types and events: held and sold are what holds and tickets say, and fit the capacity."""
    yield from _counters(scope, Quota.kind != QuotaKind.PROMO)
    valid = (
        sa.select(OfferQuota.quota_id, sa.func.count().label("count"))
        .join(Ticket, Ticket.offer_id == OfferQuota.offer_id)
        .where(Ticket.status != TicketStatus.CANCELLED, scope.has(Ticket.event_id))
        .group_by(OfferQuota.quota_id)
        .subquery()
    )
    yield (
        rows_of("valid tickets of", _NAME, Quota.capacity, valid.c.count)
        .join(valid, valid.c.quota_id == Quota.id)
        .where(valid.c.count > Quota.capacity)
    )


def ask_promo_codes(scope: Scope) -> Iterator[Rows]:
    """Counters of promo codes: what live holds and sales used, and not more than may be."""
    yield from _counters(scope, Quota.kind == QuotaKind.PROMO)


def _counters(scope: Scope, kinds: Expression) -> Iterator[Rows]:
    looked_at = sa.and_(kinds, scope.has(Quota.event_id))
    units, released = _units(scope), _released(scope)
    held = amount_of(units.c.held)
    sold = amount_of(units.c.sold) - amount_of(released.c.count)
    for name, counted, added_up in (("held of", Quota.held, held), ("sold of", Quota.sold, sold)):
        yield (
            rows_of(name, _NAME, added_up, counted)
            .select_from(Quota)
            .outerjoin(units, units.c.quota_id == Quota.id)
            .outerjoin(released, released.c.quota_id == Quota.id)
            .where(looked_at, counted != added_up)
        )
    taken = Quota.held + Quota.sold
    yield rows_of("held and sold of", _NAME, Quota.capacity, taken).where(looked_at, taken > Quota.capacity)


def _units(scope: Scope) -> sa.Subquery:
    units = sa.func.sum(HoldLine.quantity)
    return (
        sa.select(
            HoldLine.quota_id,
            units.filter(Hold.state == HoldState.HELD).label("held"),
            units.filter(Hold.state == HoldState.CONVERTED).label("sold"),
        )
        .join(Hold, Hold.id == HoldLine.hold_id)
        .where(scope.has(Hold.event_id), Hold.state != HoldState.RELEASED)
        .group_by(HoldLine.quota_id)
        .subquery()
    )


def _released(scope: Scope) -> sa.Subquery:
    """Places of cancelled tickets that went back on sale."""
    return (
        sa.select(OfferQuota.quota_id, sa.func.count().label("count"))
        .join(Ticket, Ticket.offer_id == OfferQuota.offer_id)
        .where(Ticket.released_at.is_not(None), scope.has(Ticket.event_id))
        .group_by(OfferQuota.quota_id)
        .subquery()
    )
