"""The sandbox provider: an outside party that we play ourselves, with its own books, behind the protocol of the real ones.

Its payment page (web/sandbox.py) lets the payer decide by a button. Like the real ones it tells the truth only when
asked, signs its webhooks, refuses to return more than it took, and cannot be talked out of a payment under way.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, NotFound
from easyticket.core.signing import derived_key
from easyticket.db import Base, db, insert_if_new, transaction
from easyticket.integrations.providers import (
    ChargeRequest,
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    RefundOutcome,
    RefundRequest,
    RefundSnapshot,
    StartedCharge,
    WebhookNotice,
)

SIGNATURE_HEADER = "Sandbox-Signature"
# Seconds a webhook's time may differ from ours, in either direction.
TOLERANCE = 300


class SandboxCharge(Base):
    """The sandbox's own record of a charge. `is_late` leaves it open when the merchant wants to close it."""

    __tablename__ = "sandbox_charge"

    reference: Mapped[str] = mapped_column(sa.String(64), unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    description: Mapped[str]
    return_url: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(20), default="open")
    is_late: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class SandboxRefund(Base):
    """The sandbox's own record of a refund; `key` makes it happen once."""

    __tablename__ = "sandbox_refund"

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    reference: Mapped[str] = mapped_column(sa.String(64), index=True)
    amount_minor: Mapped[int]
    created_at: Mapped[datetime]


class SandboxProvider:
    """Keeps its books in two tables of our database and signs with a key derived from ours."""

    name = "sandbox"
    is_live = False
    least_seconds = 0
    refund_doubt_seconds = 0

    def __init__(self, secret_key: str, public_url: str) -> None:
        self._key = derived_key(secret_key, "sandbox-webhook")
        self._public_url = public_url

    def collects(self, currency: str) -> bool:
        """Take every currency: it is play money."""
        return True

    def least_minor(self, currency: str) -> int:
        """Take any amount."""
        return 1

    def probe(self) -> None:
        """Answer: its books are in our database."""

    def start(self, request: ChargeRequest) -> StartedCharge:
        """Write the charge down, or find the one this reference already has."""
        row = {
            "reference": request.reference,
            "amount_minor": request.amount_minor,
            "currency": request.currency,
            "description": request.description,
            "return_url": request.return_url,
            "created_at": clock.now(),
        }
        with transaction():
            insert_if_new(SandboxCharge, row)
        return StartedCharge(
            provider_ref=f"sbx_{request.reference}",
            pay_url=f"{self._public_url}/sandbox/{request.reference}/",
            client_secret=f"sbx_{request.reference}_secret_{self._mac(0, request.reference.encode())[:24]}",
        )

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Tell what the payer decided."""
        charge = _find_charge(reference)
        return self._snapshot(charge) if charge is not None else _no_charge(reference)

    def _snapshot(self, charge: SandboxCharge) -> ChargeSnapshot:
        state = ChargeState.PAID if charge.state == "succeeded" else ChargeState(charge.state)
        return ChargeSnapshot(
            reference=charge.reference,
            provider_ref=f"sbx_{charge.reference}",
            state=state,
            amount_minor=charge.amount_minor if state is ChargeState.PAID else 0,
            currency=charge.currency,
            is_live=False,
            method="card",
            message=charge.message,
            fee_minor=0 if state is ChargeState.PAID else None,
        )

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Cancel an undecided charge; one that the payer will approve late stays open, as mobile money does."""
        undecided = (SandboxCharge.state == "open") & SandboxCharge.is_late.is_(False)
        with transaction() as session:
            session.execute(
                sa.update(SandboxCharge)
                .where(SandboxCharge.reference == reference, undecided)
                .values(state="canceled", message="The merchant closed the payment.", decided_at=clock.now())
            )
        return self.fetch(reference, provider_ref)

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Return money at once; a repeated key returns nothing more, and never more than was taken."""
        with transaction() as session:
            charge = get_charge(request.reference, lock=True)
            known = session.scalar(sa.select(SandboxRefund).where(SandboxRefund.key == request.key))
            if known is not None and known.amount_minor != request.amount_minor:
                raise Invalid("The refund key was used for another amount.")
            if known is None:
                taken = charge.amount_minor if charge.state == "succeeded" else 0
                returned = session.scalar(
                    sa.select(sa.func.coalesce(sa.func.sum(SandboxRefund.amount_minor), 0)).where(
                        SandboxRefund.reference == request.reference
                    )
                )
                if int(returned or 0) + request.amount_minor > taken:
                    return RefundSnapshot("", RefundOutcome.FAILED, "The refund is more than what was paid.")
                session.add(
                    SandboxRefund(
                        key=request.key,
                        reference=request.reference,
                        amount_minor=request.amount_minor,
                        created_at=clock.now(),
                    )
                )
        return RefundSnapshot(f"sbxre_{request.key}", RefundOutcome.SUCCEEDED, key=request.key)

    def fetch_refunds(self, reference: str, provider_ref: str) -> tuple[RefundSnapshot, ...]:
        """Tell what was returned."""
        charge = get_charge(reference)
        refunds = db.session.scalars(sa.select(SandboxRefund).where(SandboxRefund.reference == reference))
        return tuple(
            RefundSnapshot(
                f"sbxre_{refund.key}",
                RefundOutcome.SUCCEEDED,
                key=refund.key,
                amount_minor=refund.amount_minor,
                currency=charge.currency,
            )
            for refund in refunds
        )

    def fetch_disputes(self, reference: str, provider_ref: str) -> tuple[DisputeSnapshot, ...]:
        """Tell that there are none: nobody disputes play money."""
        return ()

    def list_charges(self, since: datetime) -> Iterator[ChargeSnapshot]:
        """Go through its books."""
        for charge in db.session.scalars(sa.select(SandboxCharge).where(SandboxCharge.created_at >= since)):
            yield self._snapshot(charge)

    def sign(self, body: bytes, at: datetime) -> str:
        """Return the signature header of a webhook: time and HMAC-SHA256 over `time.body`."""
        stamp = int(at.timestamp())
        return f"t={stamp},v1={self._mac(stamp, body)}"

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Verify time and signature of the raw bytes, then read them."""
        parts = dict(part.partition("=")[::2] for part in headers.get(SIGNATURE_HEADER, "").split(","))
        stamp = parts.get("t", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            raise Forbidden("The webhook is not signed.")
        if abs(clock.now().timestamp() - int(stamp)) > TOLERANCE:
            raise Forbidden("The webhook's time is too far from ours.")
        if not hmac.compare_digest(self._mac(int(stamp), body).encode(), parts.get("v1", "").encode()):
            raise Forbidden("The webhook's signature is wrong.")
        try:
            event = json.loads(body)
            return WebhookNotice(event_key=event["id"], kind=event["event"], reference=event["reference"])
        except (ValueError, KeyError, TypeError):
            raise Invalid("The body is not an event.", code="no_event") from None

    def _mac(self, stamp: int, body: bytes) -> str:
        return hmac.new(self._key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _no_charge(reference: str) -> ChargeSnapshot:
    return ChargeSnapshot(
        reference=reference,
        provider_ref="",
        state=ChargeState.CANCELED,
        amount_minor=0,
        currency="",
        is_live=False,
        message="The sandbox knows no such payment.",
    )


def get_charge(reference: str, *, lock: bool = False) -> SandboxCharge:
    """Return the sandbox's record of a charge.

    :raises NotFound: the sandbox knows no such reference.
    """
    charge = _find_charge(reference, lock=lock)
    if charge is None:
        raise NotFound("The sandbox knows no such payment.")
    return charge


def _find_charge(reference: str, *, lock: bool = False) -> SandboxCharge | None:
    query = sa.select(SandboxCharge).where(SandboxCharge.reference == reference)
    return db.session.scalar(query.with_for_update() if lock else query)
