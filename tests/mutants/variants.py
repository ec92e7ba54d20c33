"""The broken variants: each one fault that systems in the field have had, the place to put it, and the tests that must fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """One fault: `before` stands exactly once in `file` and becomes `after`; at least one of `tests` must then fail."""

    name: str
    fault: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def broken(self, sound: str) -> str:
        """Return the text of the file with the fault in it.

        :raises ValueError: the place is not there once, so the variant has to be written anew.
        """
        if sound.count(self.before) != 1:
            raise ValueError(
                f"{self.name}: the place in {self.file} is there {sound.count(self.before)} times"
            )
        return sound.replace(self.before, self.after)


_SETTLING = "easyticket/services/settlement.py"
_STOCK = "easyticket/services/inventory.py"
_CASES = "tests/money/test_cases_"

VARIANTS: tuple[Variant, ...] = (
    Variant(
        "settle-twice",
        "settling does not look whether the money was dealt with already",
        _SETTLING,
        "    if payment.state in SETTLED:\n        _note_fee(payment, snapshot, now)\n    elif snapshot.state",
        "    if snapshot.state",
        ("tests/concurrency/test_stock.py",),
    ),
    Variant(
        "late-failure-wins",
        "a failure that is told late takes a payment back",
        _SETTLING,
        "    if payment.state in SETTLED:\n        _note_fee(payment, snapshot, now)\n"
        "    elif snapshot.state is ChargeState.PAID:\n"
        "        _settle(payment, order, snapshot, now)\n    elif payment.state in OPEN_STATES:",
        "    if snapshot.state is ChargeState.PAID and payment.state not in SETTLED:\n"
        "        _settle(payment, order, snapshot, now)\n    else:",
        (f"{_CASES}01_04.py", "tests/services/test_payments.py"),
    ),
    Variant(
        "believe-any-amount",
        "the amount that came is not compared with what was asked for",
        "easyticket/rules/settling.py",
        "    if snapshot.amount_minor != payment.amount_minor:",
        "    if snapshot.amount_minor < 0:",
        (f"{_CASES}09_12.py",),
    ),
    Variant(
        "believe-test-money",
        "whether it is real money or a test is not compared",
        "easyticket/rules/settling.py",
        "    if snapshot.is_live != payment.is_live:",
        "    if snapshot.is_live is None:",
        (f"{_CASES}09_12.py",),
    ),
    Variant(
        "convert-without-swap",
        "a hold becomes a sale whatever became of it meanwhile",
        _STOCK,
        "    if not _leave(hold.id, HoldState.HELD, HoldState.CONVERTED, ended_at=now):\n        return False\n",
        "    hold.state = HoldState.CONVERTED\n",
        ("tests/services/test_inventory.py",),
    ),
    Variant(
        "release-without-swap",
        "a hold is released whatever became of it meanwhile",
        _STOCK,
        "    if not _leave(hold.id, HoldState.HELD, HoldState.RELEASED, ended_at=now):\n        return False\n",
        "    hold.state = HoldState.RELEASED\n",
        ("tests/services/test_inventory.py",),
    ),
    Variant(
        "sell-what-is-gone",
        "late money gets its tickets without asking whether any are left",
        _STOCK,
        '            _take(units, column="sold")\n    except',
        "            for quota_id, quantity in sorted(units.items()):\n"
        "                _must(quota_id, capacity=None, sold=Quota.sold + quantity)\n    except",
        (f"{_CASES}05_08.py",),
    ),
    Variant(
        "release-before-asking",
        "an order ends without its provider being asked to close the payment",
        "easyticket/services/expiry.py",
        "    if not is_closed and not is_overdue:\n        return False\n"
        "    return _end_expired(row.order_id, now, closed_id=row.payment_id if is_closed else None)",
        "    return _end_expired(row.order_id, now, closed_id=row.payment_id)",
        ("tests/services/test_expiry.py",),
    ),
    Variant(
        "time-out-means-failed",
        "a refund that got no answer counts as failed, so that it is promised again",
        "easyticket/services/refund_sending.py",
        ".values(state=RefundState.UNKNOWN,",
        ".values(state=RefundState.FAILED,",
        (f"{_CASES}09_12.py",),
    ),
    Variant(
        "forget-pending-refunds",
        "only refunds that arrived count against what is left",
        "easyticket/rules/refund_amounts.py",
        "        if refund.payment_id == payment.id and refund.state is not RefundState.FAILED\n",
        "        if refund.payment_id == payment.id and refund.state is RefundState.SUCCEEDED\n",
        (f"{_CASES}13_16.py", "tests/services/test_refunds.py"),
    ),
    Variant(
        "refund-from-two-processes",
        "nobody claims a refund before a provider without keys is asked for it",
        "easyticket/services/refund_sending.py",
        "    if refund.sending_until is not None and refund.sending_until > now:\n",
        "    if False:\n",
        ("tests/services/test_refund_moves.py",),
    ),
    Variant(
        "surplus-ends-tickets",
        "returning the second payment of an order ends its tickets",
        _SETTLING,
        '    refunds.return_unused_payment(payment, "surplus_payment" if already_paid else "late_payment", now)',
        '    refunds.return_unused_payment(payment, "surplus_payment" if already_paid else "late_payment", now)\n'
        "    tickets.cancel_tickets(order.tickets, now, restock=True)",
        (f"{_CASES}01_04.py",),
    ),
    Variant(
        "admit-after-reading",
        "the gate reads whether somebody is in and writes it afterwards",
        "easyticket/services/gate.py",
        "    query = sa.select(Ticket).where(named).with_for_update().execution_options(populate_existing=True)",
        "    query = sa.select(Ticket).where(named).execution_options(populate_existing=True)",
        (f"{_CASES}13_16.py", "tests/concurrency/test_gate.py", "tests/concurrency/test_refunds.py"),
    ),
    Variant(
        "fee-rounded-by-line",
        "the fee is rounded for each line and not once for the order",
        "easyticket/rules/pricing.py",
        "    platform_fee = service_fee(subtotal - taken_off, fee_basis_points, step)\n",
        "    platform_fee = sum(service_fee(weight, fee_basis_points, step) for weight in weights)\n",
        ("tests/rules/test_pricing.py",),
    ),
    Variant(
        "webhooks-of-anybody",
        "the signature of a webhook is not looked at",
        "easyticket/integrations/paystack_events.py",
        "    _verify(body, signature, secret)\n",
        "",
        ("tests/integrations", "tests/services/test_provider_events.py"),
    ),
)
