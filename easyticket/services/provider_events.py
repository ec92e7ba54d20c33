"""What providers tell us by webhook: stored once, answered at once, and only ever a reason to ask the provider."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import Payment, ProviderEvent
from easyticket.queue import JobName, enqueue
from easyticket.services.payments import settle_payment


@transactional
def record_provider_event(
    *, provider: str, event_key: str, kind: str, reference: str, body: str, now: datetime
) -> bool:
    """Store a verified webhook once and have it handled after the commit; False if this event was stored before."""
    row = {
        "provider": provider,
        "event_key": event_key,
        "kind": kind,
        "payment_reference": reference,
        "body": body,
        "received_at": now,
    }
    if not insert_if_new(ProviderEvent, row):
        return False
    event_id = db.session.scalar(
        sa.select(ProviderEvent.id).filter_by(provider=provider, event_key=event_key)
    )
    enqueue(JobName.HANDLE_PROVIDER_EVENT, {"event_id": event_id}, key=f"provider-event:{event_id}")
    return True


def handle_provider_event(event_id: int) -> None:
    """Take a stored webhook as a reason to ask the provider (job). One about a charge that is not ours changes nothing."""
    event = db.session.get_one(ProviderEvent, event_id)
    if event.handled_at is not None:
        return
    known = db.session.scalar(sa.select(Payment.id).where(Payment.reference == event.payment_reference))
    if known is not None:
        settle_payment(event.payment_reference)
    _note_handled(event_id)


@transactional
def _note_handled(event_id: int) -> None:
    db.session.execute(
        sa.update(ProviderEvent).where(ProviderEvent.id == event_id).values(handled_at=clock.now())
    )
