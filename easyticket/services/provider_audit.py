"""I12: the books of the payment providers against ours, in both directions, for what was begun in the last days.

The providers are asked while no transaction is open. What is younger than an hour may be on its way between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from easyticket.db import db
from easyticket.integrations.providers import (
    ChargeSnapshot,
    ChargeState,
    DisputeState,
    PaymentProvider,
    RefundOutcome,
)
from easyticket.models import Dispute, Payment, PaymentState, Refund, RefundState
from easyticket.models.payment import BOOKED_STATES
from easyticket.queries.audit.finding import Finding, Violation
from easyticket.services.providers import configured_providers

CODE, TITLE = "I12", "The providers' books say what ours say"
# Younger rows may be settled at this moment.
IN_FLIGHT = timedelta(hours=1)
_KNOWN = (*BOOKED_STATES, PaymentState.QUARANTINED)


class _Payment(NamedTuple):
    """What is compared of a payment: plain values, which need no transaction."""

    reference: str
    provider_ref: str | None
    state: PaymentState
    captured_minor: int | None
    currency: str
    created_at: datetime


class _Refund(NamedTuple):
    """What is compared of a refund."""

    id: int
    provider_ref: str | None
    state: RefundState
    amount_minor: int
    updated_at: datetime


class _Dispute(NamedTuple):
    """What is compared of a dispute."""

    id: int
    provider_ref: str
    state: DisputeState
    updated_at: datetime


class _Moved(NamedTuple):
    """A payment with all that was, or may have been, taken from it again."""

    payment: _Payment
    refunds: list[_Refund]
    disputes: list[_Dispute]


def audit_providers(since: datetime, now: datetime) -> Finding:
    """Compare the charges made since then (UTC), and refunds and disputes of those, with all providers that are set up.

    Each charge is asked about by itself: that takes about a second for each.

    :raises ProviderDown: one does not answer, so nothing is known.
    """
    found = [violation for provider in configured_providers() for violation in _compare(provider, since, now)]
    return Finding(CODE, TITLE, tuple(found))


def _compare(provider: PaymentProvider, since: datetime, now: datetime) -> Iterator[Violation]:
    # First theirs, then ours: we write a row down before its charge is begun.
    charges = {charge.reference: charge for charge in provider.list_charges(since)}
    payments = _payments_of(provider, since - IN_FLIGHT)
    moved = _moved_since(provider, since)
    db.session.rollback()
    settled_before = now - IN_FLIGHT
    yield from _charges_without_row(charges, payments, settled_before)
    for payment in payments.values():
        yield from _differences(payment, charges.get(payment.reference), provider)
    for payment, refunds, disputes in moved:
        yield from _refund_differences(payment, refunds, provider, settled_before)
        yield from _dispute_differences(payment, disputes, provider, settled_before)


def _charges_without_row(
    charges: dict[str, ChargeSnapshot], payments: dict[str, _Payment], settled_before: datetime
) -> Iterator[Violation]:
    for reference, charge in charges.items():
        if charge.state is not ChargeState.PAID:
            continue
        payment = payments.get(reference)
        if payment is None:
            yield Violation("charge", reference, "a payment", "none")
        elif payment.state not in _KNOWN and payment.created_at < settled_before:
            yield Violation("payment", reference, "settled", payment.state.value)


def _differences(
    payment: _Payment, charge: ChargeSnapshot | None, provider: PaymentProvider
) -> Iterator[Violation]:
    if payment.state not in BOOKED_STATES:
        return
    # What is not on the list is asked for by name: it may have been begun there just before the first day.
    charge = charge or provider.fetch(payment.reference, payment.provider_ref or "")
    if charge.state is not ChargeState.PAID:
        yield Violation("payment", payment.reference, "paid at the provider", charge.state.value)
    elif (charge.amount_minor, charge.currency) != (payment.captured_minor, payment.currency):
        told = f"{charge.amount_minor} {charge.currency}"
        yield Violation("payment", payment.reference, told, f"{payment.captured_minor} {payment.currency}")


def _refund_differences(
    payment: _Payment, rows: Iterable[_Refund], provider: PaymentProvider, settled_before: datetime
) -> Iterator[Violation]:
    told = {
        each.provider_ref: each
        for each in provider.fetch_refunds(payment.reference, payment.provider_ref or "")
    }
    ours = {row.provider_ref: row for row in rows if row.provider_ref}
    for ref, snapshot in told.items():
        if snapshot.outcome is not RefundOutcome.FAILED and ref not in ours:
            yield Violation("refund at the provider", ref, "a refund of ours", "none")
    for ref, row in ours.items():
        there = told.get(ref)
        if row.state is not RefundState.SUCCEEDED or row.updated_at >= settled_before:
            continue
        if there is None or there.outcome is not RefundOutcome.SUCCEEDED:
            yield Violation(
                "refund", str(row.id), "succeeded", there.outcome.value if there else "none there"
            )
        elif there.amount_minor and there.amount_minor != row.amount_minor:
            yield Violation("refund", str(row.id), str(there.amount_minor), str(row.amount_minor))


def _dispute_differences(
    payment: _Payment, rows: Iterable[_Dispute], provider: PaymentProvider, settled_before: datetime
) -> Iterator[Violation]:
    told = {
        each.provider_ref: each
        for each in provider.fetch_disputes(payment.reference, payment.provider_ref or "")
    }
    ours = {row.provider_ref: row for row in rows}
    for ref in sorted(told.keys() - ours.keys()):
        yield Violation("dispute at the provider", ref, "a dispute of ours", "none")
    for ref, row in ours.items():
        said = told[ref].state.value if ref in told else "none there"
        if said != row.state.value and row.updated_at < settled_before:
            yield Violation("dispute", str(row.id), said, row.state.value)


def _payments_of(provider: PaymentProvider, since: datetime) -> dict[str, _Payment]:
    query = sa.select(Payment).where(Payment.provider == provider.name, Payment.created_at >= since)
    return {payment.reference: _plain(payment) for payment in db.session.scalars(query)}


def _moved_since(provider: PaymentProvider, since: datetime) -> list[_Moved]:
    """Return the payments that were booked since then, or of which something was returned or disputed since then, each
    with all its refunds and disputes. A key for tests is not asked about real payments, nor the other way round."""
    is_touched = sa.or_(
        sa.and_(Payment.created_at >= since, Payment.state.in_(BOOKED_STATES)),
        Payment.id.in_(sa.select(Refund.payment_id).where(Refund.created_at >= since)),
        Payment.id.in_(sa.select(Dispute.payment_id).where(Dispute.created_at >= since)),
    )
    theirs = (Payment.provider == provider.name, Payment.is_live.is_(provider.is_live), is_touched)
    found = {
        payment.id: _Moved(_plain(payment), [], [])
        for payment in db.session.scalars(sa.select(Payment).where(*theirs))
    }
    for refund in db.session.scalars(sa.select(Refund).join(Refund.payment).where(*theirs)):
        row = _Refund(refund.id, refund.provider_ref, refund.state, refund.amount_minor, refund.updated_at)
        found[refund.payment_id].refunds.append(row)
    for dispute in db.session.scalars(sa.select(Dispute).join(Dispute.payment).where(*theirs)):
        kept = _Dispute(dispute.id, dispute.provider_ref, dispute.state, dispute.updated_at)
        found[dispute.payment_id].disputes.append(kept)
    return list(found.values())


def _plain(payment: Payment) -> _Payment:
    return _Payment(
        payment.reference,
        payment.provider_ref,
        payment.state,
        payment.captured_minor,
        payment.currency,
        payment.created_at,
    )
