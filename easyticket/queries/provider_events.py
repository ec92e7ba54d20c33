"""Webhooks that came, as administrators look at them: what each was about, and whether it was handled. Never its body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer

from easyticket.db import db
from easyticket.models import Order, Payment, ProviderEvent
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """A webhook, and the number of the order whose payment it is about; nothing where it is about none of ours."""

    event: ProviderEvent
    order_number: str


def list_provider_events(
    actor: Actor,
    wanted: str = "",
    *,
    provider: str = "",
    only_unhandled: bool = False,
    page: int = 1,
    per_page: int = 20,
) -> Page[ReceivedEvent]:
    """Return one page of the webhooks about the reference `wanted` (all where it is empty), the newest first, in three
    statements however many they are.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.RUN_SITE)
    conditions = []
    if text := "".join(each for each in wanted.strip() if each.isprintable()):
        conditions.append(sa.or_(ProviderEvent.payment_reference == text, ProviderEvent.event_key == text))
    if provider:
        conditions.append(ProviderEvent.provider == provider)
    if only_unhandled:
        conditions.append(ProviderEvent.handled_at.is_(None))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(ProviderEvent).where(*conditions)) or 0
    found = sa.select(ProviderEvent).options(defer(ProviderEvent.body, raiseload=True)).where(*conditions)

    def load(limit: int, offset: int) -> list[ReceivedEvent]:
        rows = db.session.scalars(found.order_by(ProviderEvent.id.desc()).limit(limit).offset(offset)).all()
        numbers = _load_numbers({row.payment_reference for row in rows if row.payment_reference})
        return [ReceivedEvent(row, numbers.get(row.payment_reference, "")) for row in rows]

    return page_of(load, count=count, page=page, per_page=per_page)


def list_last_received(actor: Actor) -> Sequence[tuple[str, datetime]]:
    """Return each provider that ever sent a webhook, with when the last one came (UTC), by name."""
    require(actor, Permission.RUN_SITE)
    last = sa.func.max(ProviderEvent.received_at)
    rows = db.session.execute(
        sa.select(ProviderEvent.provider, last)
        .group_by(ProviderEvent.provider)
        .order_by(ProviderEvent.provider)
    )
    return [(provider, received_at) for provider, received_at in rows]


def _load_numbers(references: set[str]) -> dict[str, str]:
    """Return the order's number by the reference of its payment, ours or the provider's own."""
    named = sa.or_(Payment.reference.in_(references), Payment.provider_ref.in_(references))
    rows = db.session.execute(
        sa.select(Payment.reference, Payment.provider_ref, Order.number).join(Payment.order).where(named)
    )
    return {key: number for ours, theirs, number in rows for key in (ours, theirs) if key}
