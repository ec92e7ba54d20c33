"""The only code that changes how much is held and sold.

Every change is one conditional UPDATE per counter, taken in ascending id order (any other order deadlocks on
PostgreSQL) and as late in the transaction as possible. A hold leaves `held` by compare-and-set on its own row, so it
becomes a sale or a release exactly once, whoever comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import AppError, Invalid
from easyticket.db import db, transactional
from easyticket.models import Hold, HoldLine, HoldState, Offer, OfferQuota, Order, Quota, QuotaKind, Ticket

MAX_CAPACITY = 10_000_000


class QuotaFull(AppError):
    """A counter has not enough left; `quota_id` says which. The running transaction or savepoint must be rolled back."""

    code = "quota_full"

    def __init__(self, quota_id: int) -> None:
        super().__init__("Not enough is left.")
        self.quota_id = quota_id


@transactional
def open_quota(kind: QuotaKind, owner_id: int, event_id: int, capacity: int | None) -> Quota:
    """Return a new counter for one offer, ticket type, event or promo code; `capacity` None counts without a limit."""
    _check_capacity(capacity)
    quota = Quota(kind=kind, owner_id=owner_id, event_id=event_id, capacity=capacity, held=0, sold=0)
    db.session.add(quota)
    db.session.flush()
    return quota


@transactional
def resize_quota(kind: QuotaKind, owner_id: int, capacity: int | None) -> None:
    """Change a limit.

    :raises Invalid: below what is sold and held; the message says how much that is.
    """
    _check_capacity(capacity)
    fits = sa.true() if capacity is None else Quota.held + Quota.sold <= capacity
    change = (
        sa.update(Quota).where(Quota.kind == kind, Quota.owner_id == owner_id, fits).values(capacity=capacity)
    )
    if _changed(change) == 1:
        return
    taken = db.session.scalar(
        sa.select(Quota.held + Quota.sold).where(Quota.kind == kind, Quota.owner_id == owner_id)
    )
    raise Invalid(
        f"{taken} are sold or held already, so the quantity cannot be below {taken}.", code="below_sold"
    )


@transactional
def close_quota(kind: QuotaKind, owner_id: int) -> None:
    """Remove the counter of something that was never sold, with the links to it.

    :raises Invalid: something is sold or held.
    """
    quota_id = db.session.scalar(sa.select(Quota.id).where(Quota.kind == kind, Quota.owner_id == owner_id))
    unused = sa.delete(Quota).where(Quota.id == quota_id, Quota.held == 0, Quota.sold == 0)
    if quota_id is not None and _changed(unused) == 0:
        raise Invalid("Tickets of it are sold or held, so it cannot be deleted.", code="in_use")
    db.session.execute(sa.delete(OfferQuota).where(OfferQuota.quota_id == quota_id))


@transactional
def link_offer(offer: Offer, quotas: Iterable[Quota]) -> None:
    """Say which counters one unit of the offer takes from."""
    for quota in quotas:
        db.session.add(OfferQuota(offer_id=offer.id, quota_id=quota.id))
    db.session.flush()


def needed_units(quantities: Mapping[int, int], *, promo_quota_id: int | None = None) -> Counter[int]:
    """Return how many units of which quota (by id) the offers (by id) need together."""
    links = db.session.execute(
        sa.select(OfferQuota.offer_id, OfferQuota.quota_id).where(OfferQuota.offer_id.in_(quantities))
    )
    units: Counter[int] = Counter()
    for offer_id, quota_id in links:
        units[quota_id] += quantities[offer_id]
    if promo_quota_id is not None:
        units[promo_quota_id] += 1
    return units


@transactional
def hold_units(
    order: Order,
    units: Mapping[int, int],
    *,
    expires_at: datetime,
    now: datetime,
    asked: sa.ScalarSelect[int] | None = None,
) -> int | None:
    """Hold units for a new order until `expires_at`, and return what is `asked` besides.

    That is answered with the last counter, when those before it are locked: it sees whatever others took of them. A
    statement of its own would have everybody else who wants the event's counter wait longer.

    :raises QuotaFull: one counter has too little left; nothing stays held once the caller's transaction rolls back.
    """
    hold = Hold(
        order_id=order.id,
        event_id=order.event_id,
        state=HoldState.HELD,
        expires_at=expires_at,
        created_at=now,
    )
    hold.lines = [
        HoldLine(quota_id=quota_id, quantity=quantity) for quota_id, quantity in sorted(units.items())
    ]
    db.session.add(hold)
    db.session.flush()
    return _take(units, column="held", asked=asked)


@transactional
def hold_units_again(hold: Hold, units: Mapping[int, int], *, expires_at: datetime, now: datetime) -> bool:
    """Turn a released hold back into a held one with these units; False if it is not released (any more).

    :raises QuotaFull: one counter has too little left.
    """
    if not _leave(hold.id, HoldState.RELEASED, HoldState.HELD, expires_at=expires_at, ended_at=None):
        return False
    db.session.execute(sa.delete(HoldLine).where(HoldLine.hold_id == hold.id))
    db.session.add_all(
        HoldLine(hold_id=hold.id, quota_id=quota_id, quantity=quantity)
        for quota_id, quantity in sorted(units.items())
    )
    db.session.flush()
    _take(units, column="held")
    db.session.expire(hold)
    return True


@transactional
def extend_hold(hold: Hold, expires_at: datetime) -> bool:
    """Give a hold that is still held more time; False if it is not held any more."""
    return _leave(hold.id, HoldState.HELD, HoldState.HELD, expires_at=expires_at)


@transactional
def convert_hold(hold: Hold, now: datetime) -> bool:
    """Turn held units into sold ones; False if the hold was converted or released before."""
    units = _units_of(hold)
    if not _leave(hold.id, HoldState.HELD, HoldState.CONVERTED, ended_at=now):
        return False
    for quota_id, quantity in sorted(units.items()):
        _must(quota_id, held=Quota.held - quantity, sold=Quota.sold + quantity)
    return True


@transactional
def release_hold(hold: Hold, now: datetime) -> bool:
    """Put held units back on sale; False if the hold was converted or released before."""
    units = _units_of(hold)
    if not _leave(hold.id, HoldState.HELD, HoldState.RELEASED, ended_at=now):
        return False
    for quota_id, quantity in sorted(units.items()):
        _must(quota_id, held=Quota.held - quantity)
    return True


@transactional
def sell_released_hold(hold: Hold, now: datetime) -> bool:
    """Sell the units of a hold that ran out, for money that came late; False if they are gone or the hold is not released.

    All or nothing: the units are taken inside a savepoint, so a failure leaves the running transaction as it was.
    """
    units = _units_of(hold)
    try:
        with db.session.begin_nested():
            if not _leave(hold.id, HoldState.RELEASED, HoldState.CONVERTED, ended_at=now):
                return False
            _take(units, column="sold")
    except QuotaFull:
        return False
    return True


@transactional
def return_tickets(tickets: Iterable[Ticket], now: datetime) -> int:
    """Put the places of cancelled tickets back on sale, each once; return how many were."""
    quantities: Counter[int] = Counter()
    for ticket in tickets:
        once = (
            sa.update(Ticket)
            .where(Ticket.id == ticket.id, Ticket.released_at.is_(None))
            .values(released_at=now)
        )
        if _changed(once) == 1:
            quantities[ticket.offer_id] += 1
    for quota_id, quantity in sorted(needed_units(quantities).items()):
        _must(quota_id, sold=Quota.sold - quantity)
    return sum(quantities.values())


def _take(units: Mapping[int, int], *, column: str, asked: sa.ScalarSelect[int] | None = None) -> int | None:
    answer = None
    for quota_id, quantity in sorted(units.items()):
        fits = sa.or_(Quota.capacity.is_(None), Quota.held + Quota.sold + quantity <= Quota.capacity)
        grown = {column: getattr(Quota, column) + quantity}
        take = sa.update(Quota).where(Quota.id == quota_id, fits).values(**grown)
        if asked is None or quota_id != max(units):
            if _changed(take) != 1:
                raise QuotaFull(quota_id)
            continue
        answer = _answered(take, asked)
        if answer is None:
            raise QuotaFull(quota_id)
    return answer


def _leave(hold_id: int, before: HoldState, after: HoldState, **values: object) -> bool:
    swap = sa.update(Hold).where(Hold.id == hold_id, Hold.state == before).values(state=after, **values)
    return _changed(swap) == 1


def _units_of(hold: Hold) -> dict[int, int]:
    rows = db.session.execute(sa.select(HoldLine).where(HoldLine.hold_id == hold.id)).scalars()
    return {line.quota_id: line.quantity for line in rows}


def _must(quota_id: int, **values: object) -> None:
    if _changed(sa.update(Quota).where(Quota.id == quota_id).values(**values)) != 1:
        raise RuntimeError(f"quota {quota_id} is gone although units of it are counted")


def _changed(statement: sa.Update | sa.Delete) -> int:
    """Run a conditional write and return how many rows met the condition; loaded rows of that table are read anew."""
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    _expire_loaded(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]


def _answered(statement: sa.Update, asked: sa.ScalarSelect[int]) -> int | None:
    """Run a conditional write of one row and return the answer to a question, or None if it did not meet the condition."""
    told = statement.returning(asked)
    answer = db.session.scalar(told, execution_options={"synchronize_session": False})
    _expire_loaded(statement)
    return answer


def _expire_loaded(statement: sa.Update | sa.Delete) -> None:
    entity = statement.entity_description["entity"]
    for row in list(db.session.identity_map.values()):
        if isinstance(row, entity):
            db.session.expire(row)


def _check_capacity(capacity: int | None) -> None:
    if capacity is not None and not 0 < capacity <= MAX_CAPACITY:
        raise Invalid(f"The quantity must be a whole number from 1 to {MAX_CAPACITY}.", code="quantity")
