"""What a receipt or credit note says and whether it still counts."""

from __future__ import annotations

from easyticket.models import Order, PaymentState, Receipt, ReceiptKind, Refund, RefundState

_LETTERS = {ReceiptKind.RECEIPT: "R", ReceiptKind.CREDIT_NOTE: "C"}


def number_text(receipt: Receipt) -> str:
    """Return a paper's number as it is written, for example "R-000123"; receipts and credit notes are counted together."""
    return f"{_LETTERS[receipt.kind]}-{receipt.number:06d}"


def is_void(receipt: Receipt) -> bool:
    """Tell whether a credit note counts no more, because its money came back to us and was not returned after all.

    It keeps its number, and its paper says so; another refund gets a note of its own.
    """
    return receipt.refund is not None and receipt.refund.state is RefundState.FAILED


def gets_receipt(order: Order) -> bool:
    """Tell whether somebody paid for what an order brought."""
    return order.total_minor > 0 and any(payment.state is PaymentState.PAID for payment in order.payments)


def gets_credit_note(refund: Refund) -> bool:
    """Tell whether a refund returned money that had bought something."""
    return refund.state is RefundState.SUCCEEDED and refund.payment.state is PaymentState.PAID
