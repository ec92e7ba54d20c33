"""When there is not enough: what is missing, how much is left, and when held places may come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db
from easyticket.models import Hold, HoldLine, HoldState, Order, Quota, QuotaKind
from easyticket.services.inventory import QuotaFull


class SoldOut(Invalid):
    """Not enough is left of `name`, which is written as pages quote it. `retry_after` (seconds) is set when places are only
    held and may come back by then."""

    code = "sold_out"

    def __init__(self, message: str, *, left: int, retry_after: int | None = None, name: str = "") -> None:
        super().__init__(message, code="all_held" if retry_after is not None else "sold_out")
        self.name = name
        self.left = left
        self.retry_after = retry_after


def shortage_of(full: QuotaFull, order: Order, now: datetime) -> SoldOut:
    """Say what is missing: which name, how many are left, and when held ones may come back."""
    quota = db.session.get_one(Quota, full.quota_id, populate_existing=True)
    if quota.kind is QuotaKind.PROMO:
        raise invalid_field("promo_code", "This code has been used up.")
    quota = _narrowest(quota, order)
    left = max(quota.left or 0, 0)
    # The API contract's sentence, with its straight quotes.
    message = f"Only {left} tickets available for {_limited_name(quota, order, _straight)}"
    all_held = left == 0 and quota.held > 0
    retry_after = _seconds_until_release(quota, now) if all_held else None
    return SoldOut(message, left=left, retry_after=retry_after, name=_limited_name(quota, order, _curly))


def in_words(refusal: SoldOut) -> SoldOut:
    """Say it as a page does; the sentences of the APIs are part of their contract."""
    name = refusal.name
    if refusal.retry_after is not None:
        minutes = max(-(-refusal.retry_after // 60), 1)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        text = f"Other buyers hold all that is left of {name}. Some may come back in {wait}: look again then."
    elif refusal.left == 0:
        text = f"{name[:1].upper()}{name[1:]} is sold out."
    else:
        text = f"Only {refusal.left} {'is' if refusal.left == 1 else 'are'} left of {name}. Choose fewer."
    return SoldOut(text, left=refusal.left, retry_after=refusal.retry_after, name=name)


def _narrowest(quota: Quota, order: Order) -> Quota:
    """Return the counter of a single offer that is short too, if there is one: "tier 'Gold'" says more than its type.

    Counters are taken in ascending order, so those behind the full one do not count this order yet.
    """
    quantities = {line.offer_id: line.quantity for line in order.lines}
    behind = sa.select(Quota).where(
        Quota.kind == QuotaKind.OFFER, Quota.owner_id.in_(quantities), Quota.id > quota.id
    )
    for own in db.session.scalars(behind.order_by(Quota.id).execution_options(populate_existing=True)):
        if own.left is not None and own.left < quantities[own.owner_id] and own.left <= (quota.left or 0):
            return own
    return quota


def _limited_name(quota: Quota, order: Order, quoted: Callable[[str], str]) -> str:
    for line in order.lines:
        if quota.kind is QuotaKind.OFFER and line.offer_id == quota.owner_id:
            if line.tier_name and line.day_name:
                return f"{quoted(line.tier_name)} on {quoted(line.day_name)}"
            if line.tier_name:
                return f"tier {quoted(line.tier_name)}"
            return quoted(line.day_name or line.ticket_name)
        if quota.kind is QuotaKind.TICKET_TYPE and line.offer.ticket_type_id == quota.owner_id:
            return quoted(line.ticket_name)
    return quoted(order.event.title)


def _straight(name: str) -> str:
    return f"'{name}'"


def _curly(name: str) -> str:
    return f"“{name}”"


def _seconds_until_release(quota: Quota, now: datetime) -> int:
    first = db.session.scalar(
        sa.select(sa.func.min(Hold.expires_at))
        .join(HoldLine, HoldLine.hold_id == Hold.id)
        .where(HoldLine.quota_id == quota.id, Hold.state == HoldState.HELD)
    )
    return max(int((first - now).total_seconds()), 0) if first is not None else 60
