"""What waits for administrators, written out: one task per row, with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from easyticket.core.money import Money
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Order,
    OutboxJob,
    Payment,
    PaymentProfile,
    Payout,
    PayoutState,
    Refund,
    RefundState,
)
from easyticket.queries.withdrawals import WaitingPayout
from easyticket.rules.payouts import is_sent_by_provider
from easyticket.rules.wording import moment_text, sum_text
from easyticket.web.views.order_parts import Pill

_TRANSFERS = {
    PayoutState.PENDING: Pill("Somebody has to confirm it", "warn"),
    PayoutState.UNKNOWN: Pill("Nobody knows yet", "warn"),
    PayoutState.FAILED: Pill("Failed", "stop"),
    PayoutState.REVERSED: Pill("Came back", "stop"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: `lines` say about it, `secret` is shown only when asked for. Empty addresses offer no button."""

    title: str
    pill: Pill
    lines: Sequence[str]
    amount: str = ""
    secret: str = ""
    obstacle: str = ""
    attempt: int = 0
    do_url: str = ""
    leave_url: str = ""


def payment_task(payment: Payment) -> Task:
    """Return quarantined money. What our books cannot hold is returned at the provider."""
    received = payment.captured_minor
    amount = sum_text(Money(received, payment.currency)) if received else "Unknown sum"
    return Task(
        title=payment.order.event.title,
        amount=amount,
        pill=Pill("Set aside", "warn"),
        lines=[
            payment.last_error,
            _order_line(payment.order),
            f"At {payment.provider.capitalize()}: {payment.provider_ref or payment.reference}",
        ],
        do_url=url_for("admin.return_payment", uuid=payment.uuid) if received else "",
        leave_url=url_for("admin.leave_payment", uuid=payment.uuid),
    )


def dispute_task(dispute: Dispute, now: datetime) -> Task:
    """Return a dispute that is not decided; it is answered at the provider."""
    is_question = dispute.state is DisputeState.WARNING
    due = (
        f"To be answered by {_moment(dispute.due_at)}" if dispute.due_at else "No date to answer by is known"
    )
    is_late = dispute.due_at is not None and dispute.due_at <= now
    return Task(
        title=dispute.order.event.title,
        amount=sum_text(Money(dispute.amount_minor, dispute.currency)),
        pill=Pill("The bank asks", "warn") if is_question else Pill("The bank has the money", "stop"),
        lines=[
            dispute.reason.replace("_", " ").capitalize() or "No reason was told",
            "The time to answer is over" if is_late else due,
            f"{_order_line(dispute.order)}. At {dispute.payment.provider.capitalize()}: {dispute.provider_ref}",
        ],
    )


def refund_task(refund: Refund) -> Task:
    """Return a refund that failed, or waits for money at the provider: that one is sent by itself once there is some."""
    has_failed = refund.state is RefundState.FAILED
    return Task(
        title=refund.order.event.title,
        amount=sum_text(Money(refund.amount_minor, refund.currency)),
        pill=Pill("Failed", "stop") if has_failed else Pill("Waits for money", "warn"),
        lines=[
            refund.last_error or "The provider gave no reason",
            f"{_order_line(refund.order)}, to {refund.order.buyer_email or 'the payer'}",
            "Asked for on " + _moment(refund.created_at)
            if has_failed
            else f"Put money into the account at {refund.payment.provider.capitalize()}: it is sent by itself then",
        ],
        do_url=url_for("admin.refund_again", uuid=refund.uuid) if has_failed else "",
    )


def payout_task(waiting: WaitingPayout) -> Task:
    """Return a payout that waits to be paid, with the account behind a button; people leave to a provider what it sends."""
    payout, profile = waiting.payout, waiting.payout.payment_profile
    if is_sent_by_provider(payout) and not (waiting.obstacle or payout.last_error):
        return Task(
            title=payout.organizer.display_name,
            amount=sum_text(Money(payout.amount_minor, payout.currency)),
            pill=Pill("Being sent", "quiet"),
            lines=[
                f"Asked for on {_moment(payout.created_at)}, sent by a provider",
                f"Reference {payout.reference}",
            ],
        )
    return Task(
        title=payout.organizer.display_name,
        amount=sum_text(Money(payout.amount_minor, payout.currency)),
        pill=Pill("Must wait", "stop") if waiting.obstacle else Pill("To be paid", "warn"),
        lines=[
            f"Asked for on {_moment(payout.created_at)}",
            f"Reference {payout.reference}",
            *filter(None, [payout.last_error]),
        ],
        secret=_account(profile) if profile else "",
        obstacle=waiting.obstacle or "",
        do_url="" if waiting.obstacle else url_for("admin.payout_paid", reference=payout.reference),
    )


def transfer_task(payout: Payout) -> Task:
    """Return a transfer that did not arrive, or of which nothing is known; what came back can be paid by hand."""
    came_back = payout.state in (PayoutState.FAILED, PayoutState.REVERSED)
    return Task(
        title=payout.organizer.display_name,
        amount=sum_text(Money(payout.amount_minor, payout.currency)),
        pill=_TRANSFERS[payout.state],
        lines=[payout.last_error or "The provider gave no reason", f"Reference {payout.reference}"],
        secret=_account(payout.payment_profile) if payout.payment_profile else "",
        do_url=url_for("admin.payout_paid", reference=payout.reference) if came_back else "",
    )


def account_task(profile: PaymentProfile) -> Task:
    """Return an account that waits to be checked."""
    began = profile.verification_started_at
    return Task(
        title=profile.user.display_name,
        pill=Pill("To be checked", "warn"),
        lines=[profile.user.email, f"Waits since {_moment(began)}" if began else "Never checked"],
        secret=_account(profile),
        attempt=profile.verification_attempts,
        do_url=url_for("admin.accept", uuid=profile.uuid),
        leave_url=url_for("admin.reject", uuid=profile.uuid),
    )


def job_task(job: OutboxJob) -> Task:
    """Return a job that was given up."""
    about = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in job.payload.items())
    return Task(
        title=job.name.replace("_", " ").capitalize(),
        pill=Pill(f"{job.attempts} tries", "stop"),
        lines=[about, f"Given up on {_moment(job.failed_at)}" if job.failed_at else "", job.error[:300]],
        do_url=url_for("admin.job_again", uuid=job.uuid),
        leave_url=url_for("admin.dismiss", uuid=job.uuid),
    )


def _order_line(order: Order) -> str:
    return f"Order {order.number}"


def _account(profile: PaymentProfile) -> str:
    where = profile.network.upper() or " ".join(
        filter(None, (profile.bank_name, profile.branch, profile.bank_code))
    )
    return f"{where}, {profile.account_number}, {profile.account_name}"


def _moment(moment: datetime) -> str:
    return moment_text(moment, current_app.config["SETTINGS"].default_time_zone)
