"""What providers tell us by webhook: stored once, answered at once, and only ever a reason to ask the provider."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Unavailable
from easyticket.db import db, insert_if_new, transactional
from easyticket.integrations.paystack_events import read_paystack_event
from easyticket.integrations.stripe_events import read_stripe_event
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


def receive_stripe_event(*, body: bytes, signature: str, now: datetime) -> bool:
    """Verify a webhook of Stripe and store it once; False if this event was stored before.

    :raises Unavailable: this site has no secret to verify it with.
    :raises Invalid: as `read_stripe_event`.
    """
    secret: str = current_app.config["SETTINGS"].stripe_webhook_secret
    if not secret:
        raise Unavailable("Stripe webhooks are not set up on this site.", code="not_configured")
    notice = read_stripe_event(body, signature, secret, now)
    return record_provider_event(
        provider="stripe",
        event_key=notice.event_key,
        kind=notice.kind,
        reference=notice.reference,
        body=body.decode(),
        now=now,
    )


def receive_paystack_event(*, body: bytes, signature: str, now: datetime) -> bool:
    """Verify a webhook of Paystack and store it once; False if this event was stored before.

    :raises Forbidden: this site has no key to verify it with, or as `read_paystack_event`.
    :raises Invalid: signed, but no event.
    """
    secret: str = current_app.config["SETTINGS"].paystack_secret_key
    if not secret:
        raise Forbidden("Paystack webhooks are not set up on this site.", code="not_configured")
    notice = read_paystack_event(body, signature, secret)
    return record_provider_event(
        provider="paystack",
        event_key=notice.event_key,
        kind=notice.kind,
        reference=notice.reference,
        body=body.decode(),
        now=now,
    )


def handle_provider_event(event_id: int) -> None:
    """Take a stored webhook as a reason to ask the provider (job). One about a charge that is not ours changes nothing."""
    event = db.session.get_one(ProviderEvent, event_id)
    if event.handled_at is not None:
        return
    reference = _our_reference(event)
    if reference is not None:
        settle_payment(reference)
    _note_handled(event_id)


def _our_reference(event: ProviderEvent) -> str | None:
    """Return our reference of the payment an event is about, whether it was named by ours or by the provider's own."""
    if not event.payment_reference:
        return None
    named = sa.or_(
        Payment.reference == event.payment_reference, Payment.provider_ref == event.payment_reference
    )
    return db.session.scalar(sa.select(Payment.reference).where(Payment.provider == event.provider, named))


@transactional
def _note_handled(event_id: int) -> None:
    db.session.execute(
        sa.update(ProviderEvent).where(ProviderEvent.id == event_id).values(handled_at=clock.now())
    )
