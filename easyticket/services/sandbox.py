"""What a payer decides on the sandbox's page, and the signed webhooks the sandbox sends about it, to ourselves over HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import Conflict, ProviderDown
from easyticket.db import db, transactional
from easyticket.integrations import sandbox
from easyticket.integrations.sandbox import SIGNATURE_HEADER, SandboxCharge, SandboxProvider
from easyticket.models import Order, Payment
from easyticket.queue import JobName, enqueue

get_charge = sandbox.get_charge
# How long after the hold's end a late approval comes.
LATE = timedelta(seconds=20)


@transactional
def approve(reference: str) -> None:
    """The payer pays: the charge succeeds and one webhook goes out."""
    _decide(reference, "succeeded", "")
    _announce(reference, "charge.success")


@transactional
def approve_twice(reference: str) -> None:
    """The payer pays and the provider says so three times, twice with the same event, as providers do."""
    approve(reference)
    key = _announce(reference, "charge.success")
    _announce(reference, "charge.success", key=key)


@transactional
def decline(reference: str) -> None:
    """The bank says no."""
    _decide(reference, "failed", "The card was declined.")
    _announce(reference, "charge.failed")


@transactional
def cancel(reference: str) -> None:
    """The payer gives up on the payment page."""
    _decide(reference, "canceled", "The payment was cancelled.")
    _announce(reference, "charge.canceled")


@transactional
def approve_later(reference: str) -> datetime:
    """The payer will pay after the hold has run out; return when (UTC). Until then the charge cannot be closed."""
    charge = get_charge(reference, lock=True)
    if charge.state != "open":
        raise Conflict("This payment is decided already.")
    ends_at = db.session.scalar(
        sa.select(Order.expires_at)
        .join(Payment, Payment.order_id == Order.id)
        .where(Payment.reference == reference)
    )
    run_at = (ends_at or clock.now()) + LATE
    if charge.is_late:
        return run_at
    charge.is_late = True
    enqueue(
        JobName.SANDBOX_APPROVE_LATE, {"reference": reference}, run_at=run_at, key=f"sandbox-late:{reference}"
    )
    return run_at


def approve_late(reference: str) -> None:
    """Carry out a late approval (job); a charge that was decided otherwise stays so."""
    if get_charge(reference).state == "open":
        approve(reference)


def deliver_webhook(event: str, reference: str, key: str) -> None:
    """Send one signed webhook to our own door (job).

    :raises ProviderDown: the door did not answer 2xx; the job comes again, as a provider would.
    """
    settings = current_app.config["SETTINGS"]
    body = json.dumps({"id": key, "event": event, "reference": reference}).encode()
    signature = SandboxProvider(settings.secret_key, settings.public_url).sign(body, clock.now())
    db.session.rollback()
    try:
        answer = httpx.post(
            f"{settings.public_url}/webhooks/sandbox/",
            content=body,
            headers={SIGNATURE_HEADER: signature, "Content-Type": "application/json"},
            timeout=10,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise ProviderDown(f"The webhook was not taken: {type(error).__name__}") from error


def _decide(reference: str, state: str, message: str) -> SandboxCharge:
    charge = get_charge(reference, lock=True)
    if charge.state != "open":
        raise Conflict("This payment is decided already.", code="decided")
    charge.state, charge.message, charge.decided_at = state, message, clock.now()
    return charge


def _announce(reference: str, event: str, *, key: str | None = None) -> str:
    key = key or f"evt_{uuid4().hex}"
    enqueue(JobName.SANDBOX_WEBHOOK, {"event": event, "reference": reference, "key": key})
    return key
