"""Postings to the ledger: each a balanced set of entries with a key that makes it happen once. Amounts are minor units.

Debit is positive, credit negative. An order's `clearing` account holds what was paid and not yet turned into tickets or
a refund; it is zero when the order is finished. Who posts about an order holds its lock: how a sum is split between
organizer and platform depends on what was taken before.
"""

from __future__ import annotations

from datetime import datetime

from easyticket.db import transactional
from easyticket.models import (
    Dispute,
    Order,
    Payment,
    PaymentProfile,
    PaymentState,
    Payout,
    PostingKind,
    Refund,
)
from easyticket.models import LedgerAccount as Account
from easyticket.models.ledger import key_of_check
from easyticket.rules.pricing import fee_within
from easyticket.services.postings import Side, amount_posted, credit_left, post_for_order, post_for_organizer

# The organizer's share of an order, whether it can be paid out or is frozen by a dispute.
_SHARE = (Account.ORGANIZER_PAYABLE, Account.ORGANIZER_DISPUTED)


@transactional
def post_capture(payment: Payment, now: datetime) -> None:
    """Money of a payment arrived: it is at the provider and waits in the order's clearing account."""
    amount = payment.captured_minor or 0
    sides = [Side(Account.PROVIDER_CASH, amount), Side(Account.CLEARING, -amount)]
    post_for_order(PostingKind.CAPTURE, payment.id, payment.order, sides, now)


@transactional
def post_provider_fee(payment: Payment, now: datetime) -> None:
    """The provider kept its fee of a payment (`provider_fee_minor`): the platform's cost, nobody else's."""
    fee = payment.provider_fee_minor or 0
    if fee:
        sides = [Side(Account.FEE_EXPENSE, fee), Side(Account.PROVIDER_CASH, -fee)]
        post_for_order(PostingKind.PROVIDER_FEE, payment.id, payment.order, sides, now)


@transactional
def post_fulfilment(order: Order, now: datetime) -> None:
    """Tickets were issued: what was paid becomes the organizer's share and the platform's fee."""
    share = order.total_minor - order.platform_fee_minor
    sides = [
        Side(Account.CLEARING, order.total_minor),
        Side(Account.ORGANIZER_PAYABLE, -share),
        Side(Account.FEE_REVENUE, -order.platform_fee_minor),
    ]
    post_for_order(PostingKind.FULFILMENT, order.id, order, sides, now)


@transactional
def post_refund_requested(refund: Refund, now: datetime, *, fulfilled: bool) -> None:
    """Money is owed to the buyer: out of organizer's share and fee in proportion, or out of clearing if never fulfilled."""
    amount = refund.amount_minor
    taken = _of_sale(refund.order, amount) if fulfilled else [Side(Account.CLEARING, amount)]
    sides = [*taken, Side(Account.REFUND_DUE, -amount)]
    post_for_order(PostingKind.REFUND_REQUESTED, refund.id, refund.order, sides, now)


@transactional
def post_refund_paid(refund: Refund, now: datetime) -> None:
    """The provider returned the money."""
    sides = [Side(Account.REFUND_DUE, refund.amount_minor), Side(Account.PROVIDER_CASH, -refund.amount_minor)]
    post_for_order(PostingKind.REFUND_PAID, refund.id, refund.order, sides, now)


@transactional
def post_refund_bounced(refund: Refund, now: datetime) -> None:
    """Returned money came back: it is at the provider again, and still owed until `post_refund_failed`."""
    sides = [Side(Account.PROVIDER_CASH, refund.amount_minor), Side(Account.REFUND_DUE, -refund.amount_minor)]
    post_for_order(PostingKind.REFUND_BOUNCED, refund.id, refund.order, sides, now)


@transactional
def post_refund_failed(refund: Refund, now: datetime) -> None:
    """A promise is taken back: the money is where it was before, split as if it had never been promised.

    What a lost dispute took of the same order is made good first: the payer has that money from their bank.
    """
    sides = [Side(Account.REFUND_DUE, refund.amount_minor), *_given_back(refund.payment, refund.amount_minor)]
    post_for_order(PostingKind.REFUND_FAILED, refund.id, refund.order, sides, now)


@transactional
def post_dispute_opened(dispute: Dispute, now: datetime) -> None:
    """A payer's bank took the money from us until it decides; the organizer's part of it cannot be paid out meanwhile."""
    order, amount = dispute.order, dispute.amount_minor
    frozen = 0
    if _bought_something(dispute.payment):
        _, share = refund_split(order, min(amount, _left(order)))
        frozen = max(0, min(share, credit_left(order, Account.ORGANIZER_PAYABLE)))
    sides = [
        Side(Account.DISPUTE_HOLD, amount),
        Side(Account.PROVIDER_CASH, -amount),
        Side(Account.ORGANIZER_PAYABLE, frozen),
        Side(Account.ORGANIZER_DISPUTED, -frozen),
    ]
    post_for_order(PostingKind.DISPUTE_OPENED, dispute.id, order, sides, now)


@transactional
def post_dispute_won(dispute: Dispute, now: datetime) -> None:
    """The bank gave the money of a dispute back, be it open or lost: all is as if it had never been taken."""
    held, frozen = _of_dispute(dispute)
    if amount_posted(PostingKind.DISPUTE_LOST, dispute.id, Account.DISPUTE_HOLD):
        sides = _given_back(dispute.payment, held)
    else:
        sides = [
            Side(Account.DISPUTE_HOLD, -held),
            Side(Account.ORGANIZER_DISPUTED, frozen),
            Side(Account.ORGANIZER_PAYABLE, -frozen),
        ]
    sides = [Side(Account.PROVIDER_CASH, held), *sides]
    post_for_order(PostingKind.DISPUTE_WON, dispute.id, dispute.order, sides, now)


@transactional
def post_dispute_lost(dispute: Dispute, now: datetime) -> None:
    """The payer keeps the money of an opened dispute: out of share and fee as a refund, the rest is the platform's loss.

    Money that bought nothing is taken from clearing, as far as it was not promised back there.
    """
    order = dispute.order
    held, frozen = _of_dispute(dispute)
    if _bought_something(dispute.payment):
        taken = min(held, _left(order))
        sides = _of_sale(order, taken)
    else:
        taken = min(held, max(credit_left(order, Account.CLEARING), 0))
        sides = [Side(Account.CLEARING, taken)]
    thawed = [Side(Account.ORGANIZER_DISPUTED, frozen), Side(Account.ORGANIZER_PAYABLE, -frozen)]
    sides = [*thawed, *sides, Side(Account.DISPUTE_LOSS, held - taken), Side(Account.DISPUTE_HOLD, -held)]
    post_for_order(PostingKind.DISPUTE_LOST, dispute.id, order, sides, now)


@transactional
def post_verification_fee(profile: PaymentProfile, amount_minor: int, currency: str, now: datetime) -> None:
    """An account is checked once more at the organizer's cost; what they are owed may fall below zero by it."""
    sides = [Side(Account.ORGANIZER_PAYABLE, amount_minor), Side(Account.FEE_REVENUE, -amount_minor)]
    key = key_of_check(profile.id, profile.verification_attempts)
    post_for_organizer(PostingKind.VERIFICATION, key, profile.user_id, currency, sides, now)


@transactional
def post_payout_requested(payout: Payout, now: datetime) -> None:
    """An organizer asked for money: it leaves what they are owed and is on its way."""
    _post_payout(PostingKind.PAYOUT_REQUESTED, payout, Account.ORGANIZER_PAYABLE, Account.PAYOUT_TRANSIT, now)


@transactional
def post_payout_cancelled(payout: Payout, now: datetime) -> None:
    """What was on its way is owed to the organizer again."""
    _post_payout(PostingKind.PAYOUT_CANCELLED, payout, Account.PAYOUT_TRANSIT, Account.ORGANIZER_PAYABLE, now)


@transactional
def post_payout_paid(payout: Payout, now: datetime) -> None:
    """What was on its way has left our account at the provider."""
    _post_payout(PostingKind.PAYOUT_PAID, payout, Account.PAYOUT_TRANSIT, Account.PROVIDER_CASH, now)


@transactional
def post_payout_failed(payout: Payout, now: datetime) -> None:
    """What was on its way never left: it is owed to the organizer again."""
    _post_payout(PostingKind.PAYOUT_FAILED, payout, Account.PAYOUT_TRANSIT, Account.ORGANIZER_PAYABLE, now)


@transactional
def post_payout_reversed(payout: Payout, now: datetime) -> None:
    """Money that was posted as paid came back to our account: it is owed to the organizer again."""
    _post_payout(PostingKind.PAYOUT_REVERSED, payout, Account.PROVIDER_CASH, Account.ORGANIZER_PAYABLE, now)


@transactional
def post_payout_fee(payout: Payout, now: datetime) -> None:
    """The provider took its fee (`fee_minor`) for sending money: the platform's cost."""
    fee = payout.fee_minor
    if fee:
        sides = [Side(Account.FEE_EXPENSE, fee), Side(Account.PROVIDER_CASH, -fee)]
        kind = PostingKind.PAYOUT_FEE
        post_for_organizer(kind, kind.key_of(payout.id), payout.organizer_id, payout.currency, sides, now)


def refund_split(order: Order, amount_minor: int) -> tuple[int, int]:
    """Return how much of the next refund comes from the platform's fee and how much from the organizer's share.

    It brings the fee to its part of all that is left then, so roundings do not add up: however an order is returned,
    nothing stays in either account once all of it is. A negative amount tells how a promise is taken back.
    """
    fee_left = credit_left(order, Account.FEE_REVENUE)
    left_after = fee_left + credit_left(order, *_SHARE) - amount_minor
    returned = fee_within(order.total_minor - left_after, order.platform_fee_minor, order.total_minor)
    fee = fee_left - (order.platform_fee_minor - returned)
    return fee, amount_minor - fee


def _of_sale(order: Order, amount_minor: int) -> list[Side]:
    """Return the sides that take an amount from (or give it back to) organizer and platform."""
    fee, share = refund_split(order, amount_minor)
    return [Side(Account.ORGANIZER_PAYABLE, share), Side(Account.FEE_REVENUE, fee)]


def _given_back(payment: Payment, amount_minor: int) -> list[Side]:
    """Return the sides that put money back where it was taken from: what disputes cost beyond the sale is made good first."""
    order = payment.order
    lost = min(amount_minor, -credit_left(order, Account.DISPUTE_LOSS))
    rest = amount_minor - lost
    back = _of_sale(order, -rest) if _bought_something(payment) else [Side(Account.CLEARING, -rest)]
    return [Side(Account.DISPUTE_LOSS, -lost), *back]


def _left(order: Order) -> int:
    """Return what organizer and platform still have of an order, in minor units."""
    return max(0, credit_left(order, Account.FEE_REVENUE, *_SHARE))


def _bought_something(payment: Payment) -> bool:
    return payment.state is PaymentState.PAID


def _of_dispute(dispute: Dispute) -> tuple[int, int]:
    """Return what the bank holds of an opened dispute and what of the organizer's share was frozen for it."""
    kind = PostingKind.DISPUTE_OPENED
    held = amount_posted(kind, dispute.id, Account.DISPUTE_HOLD)
    return held, -amount_posted(kind, dispute.id, Account.ORGANIZER_DISPUTED)


def _post_payout(kind: PostingKind, payout: Payout, debit: Account, credit: Account, now: datetime) -> None:
    sides = [Side(debit, payout.amount_minor), Side(credit, -payout.amount_minor)]
    post_for_organizer(kind, kind.key_of(payout.id), payout.organizer_id, payout.currency, sides, now)
