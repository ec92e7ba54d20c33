"""What providers tell us by webhook: verified on the raw bytes, stored once, answered at once, and only ever a reason to ask
the provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, NotFound, Unavailable
from easyticket.core.secrecy import without_client_secrets
from easyticket.db import db, insert_if_new, transactional
from easyticket.integrations.paystack_events import SIGNATURE_HEADER as PAYSTACK_SIGNATURE
from easyticket.integrations.paystack_events import read_paystack_event
from easyticket.integrations.providers import NoticeTopic, WebhookNotice
from easyticket.integrations.stripe_events import SIGNATURE_HEADER as STRIPE_SIGNATURE
from easyticket.integrations.stripe_events import read_stripe_event
from easyticket.models import ChangeAction, Payment, ProviderEvent
from easyticket.queue import JobName, enqueue
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change
from easyticket.services.disputes import sync_disputes
from easyticket.services.payments import learn_fee, settle_payment
from easyticket.services.payout_transfers import sync_transfer
from easyticket.services.providers import get_provider
from easyticket.services.refund_sync import sync_refunds


def receive_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Verify a webhook, store it once and have it handled after the commit; False if this event was stored before.

    :raises NotFound: we know no such provider.
    :raises Unavailable: this site has nothing to verify it with (code `not_configured`).
    :raises Invalid: the signature is missing, wrong or too old (code `bad_signature`); signed, but no event.
    """
    try:
        notice = _read(provider, body, headers, now)
    except Forbidden as refusal:
        raise Invalid(refusal.message, code="bad_signature") from None
    return record_provider_event(
        provider=provider,
        event_key=notice.event_key,
        kind=notice.kind,
        topic=notice.topic,
        reference=notice.reference,
        body=without_client_secrets(body.decode()),
        now=now,
    )


@transactional
def record_provider_event(
    *,
    provider: str,
    event_key: str,
    kind: str,
    reference: str,
    body: str,
    topic: NoticeTopic = NoticeTopic.CHARGE,
    now: datetime,
) -> bool:
    """Store a verified webhook once and have it handled after the commit; False if this event was stored before."""
    row = {
        "provider": provider,
        "event_key": event_key,
        "kind": kind,
        "topic": topic,
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


@transactional
def replay_provider_event(*, actor: Actor, event_id: int, now: datetime) -> None:
    """Have a webhook handled once more, as if it came now: the provider is asked again about what it is about.

    :raises NotFound: there is none of this number.
    """
    require(actor, Permission.RUN_SITE)
    event = db.session.get(ProviderEvent, event_id)
    if event is None:
        raise NotFound("There is no such webhook.")
    enqueue(JobName.HANDLE_PROVIDER_EVENT, {"event_id": event_id, "again": True})
    subject = f"{event.provider} {event.kind} {event.payment_reference}".strip()
    record_change(
        actor, ChangeAction.WEBHOOK_REPLAYED, subject=subject, after={"provider_event": event_id}, now=now
    )


def handle_provider_event(event_id: int, *, again: bool = False) -> None:
    """Take a stored webhook as a reason to ask the provider (job). One about nothing of ours changes nothing, and one that
    was handled is only handled `again` where that is asked for.

    :raises NotFound, ProviderDown: nothing is known; the job comes again, and shows as failed if it never succeeds.
    """
    event = db.session.get_one(ProviderEvent, event_id)
    if event.handled_at is not None and not again:
        return
    topic, reference = event.topic, event.payment_reference
    if topic is NoticeTopic.TRANSFER and reference:
        sync_transfer(reference)
    elif topic in _OF_PAYMENTS and (payment := _find_payment(event.provider, reference)) is not None:
        _follow(payment, topic, clock.now())
    _note_handled(event_id)


_OF_PAYMENTS = (NoticeTopic.CHARGE, NoticeTopic.REFUND, NoticeTopic.DISPUTE)


def _follow(payment: Payment, topic: NoticeTopic, now: datetime) -> None:
    """Ask about what an event is about. Money first: what was not paid can be neither returned nor disputed."""
    payment_id, reference = payment.id, payment.reference
    settle_payment(reference, now)
    if topic is NoticeTopic.REFUND:
        sync_refunds(payment_id, now)
    elif topic is NoticeTopic.DISPUTE:
        sync_disputes(payment_id, now)
    else:
        learn_fee(reference, now)


def _read(provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> WebhookNotice:
    """Verify the raw bytes by what is configured; the secret is enough, nobody is asked."""
    settings: Settings = current_app.config["SETTINGS"]
    if provider == "stripe":
        secret = _configured(settings.stripe_webhook_secret, "Stripe")
        return read_stripe_event(body, headers.get(STRIPE_SIGNATURE, ""), secret, now)
    if provider == "paystack":
        secret = _configured(settings.paystack_secret_key, "Paystack")
        return read_paystack_event(body, headers.get(PAYSTACK_SIGNATURE, ""), secret)
    return get_provider(provider).read_webhook(body, headers)


def _configured(secret: str, name: str) -> str:
    if not secret:
        raise Unavailable(f"{name} webhooks are not set up on this site.", code="not_configured")
    return secret


def _find_payment(provider: str, reference: str) -> Payment | None:
    """Return the payment an event is about, whether it was named by our reference or by the provider's own."""
    if not reference:
        return None
    named = sa.or_(Payment.reference == reference, Payment.provider_ref == reference)
    return db.session.scalar(sa.select(Payment).where(Payment.provider == provider, named))


@transactional
def _note_handled(event_id: int) -> None:
    db.session.execute(
        sa.update(ProviderEvent).where(ProviderEvent.id == event_id).values(handled_at=clock.now())
    )
