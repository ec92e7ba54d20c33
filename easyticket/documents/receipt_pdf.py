"""Receipts and credit notes on paper, drawn again from their rows whenever they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from easyticket.core.money import Money
from easyticket.documents.pdf import render_pdf
from easyticket.documents.ticket_paper import printable
from easyticket.documents.ticket_pdf import MARK, picture
from easyticket.models import Receipt
from easyticket.rules.receipts import is_void, number_text
from easyticket.rules.wording import method_text, moment_text, percent_text, period_text, place_text, sum_text


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One row of what was sold, or of what went back; `quantity` and `price` are empty where they say nothing."""

    name: str
    amount: str
    quantity: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A receipt or credit note, written out. `refers_to` is the receipt that a note is about, `void` since when it is void."""

    title: str
    number: str
    issued: str
    order_number: str
    paid: str
    paid_by: str
    seller: Sequence[str]
    tax_number: str
    buyer: Sequence[str]
    event_title: str
    event_when: str
    event_where: str
    items: Sequence[PaperItem]
    sums: Sequence[PaperItem]
    total: PaperItem
    tax: str
    refers_to: str
    reason: str
    void: str


def receipt_paper(receipt: Receipt, original: Receipt | None = None) -> ReceiptPaper:
    """Return what is printed for a receipt, or for the credit note of `original`."""
    order, event = receipt.order, receipt.order.event
    is_note = original is not None
    return ReceiptPaper(
        title="Credit note" if is_note else "Receipt",
        number=number_text(receipt),
        issued=moment_text(receipt.issued_at, event.time_zone),
        order_number=order.number,
        paid=moment_text(order.confirmed_at, event.time_zone) if order.confirmed_at else "",
        paid_by=method_text(order.payment_method),
        seller=_lines(receipt.seller_name, receipt.seller_address),
        tax_number=printable(receipt.tax_number),
        buyer=_lines(order.buyer_name, order.buyer_email),
        event_title=printable(event.title),
        event_when=period_text(event),
        event_where=printable(place_text(event)),
        items=_returned(receipt) if is_note else _sold(receipt),
        sums=[] if is_note else _between(receipt),
        total=PaperItem("Returned" if is_note else "Total", _text(receipt, receipt.amount_minor)),
        tax=_tax(receipt),
        refers_to=_refers_to(original, event.time_zone) if original else "",
        reason=printable(receipt.refund.reason) if receipt.refund else "",
        void=_void(receipt, event.time_zone),
    )


def render_receipt_pdf(paper: ReceiptPaper) -> bytes:
    """Return the receipt or credit note as a PDF of one A4 page, or more where the order is long.

    :raises Unavailable: this machine lacks Pango.
    """
    mark = picture(MARK.read_text())
    return render_pdf(render_template("documents/receipt.html", paper=paper, mark=mark))


def _sold(receipt: Receipt) -> list[PaperItem]:
    return [
        PaperItem(
            name=printable(line.full_name),
            quantity=f"{line.quantity:,}",
            price=_text(receipt, line.unit_price_minor),
            amount=_text(receipt, line.subtotal_minor),
        )
        for line in receipt.order.lines
    ]


def _between(receipt: Receipt) -> list[PaperItem]:
    """Return what stands between the lines and the total: the discount and the service fee, where there are any."""
    order, sums = receipt.order, []
    if order.discount_minor:
        name = f"Discount ({printable(order.promo_code)})" if order.promo_code else "Discount"
        sums.append(PaperItem(name, _text(receipt, -order.discount_minor)))
    if order.fee_minor:
        sums.append(PaperItem("Service fee of EasyTicket", _text(receipt, order.fee_minor)))
    return sums


def _returned(note: Receipt) -> list[PaperItem]:
    fee = note.amount_minor - note.net_of_fee_minor
    parts = [("Price of tickets", note.net_of_fee_minor), ("Service fee of EasyTicket", fee)]
    return [PaperItem(name, _text(note, minor)) for name, minor in parts if minor]


def _tax(receipt: Receipt) -> str:
    if not receipt.tax_basis_points:
        return ""
    rate = percent_text(receipt.tax_basis_points)
    within = (
        ""
        if receipt.net_of_fee_minor == receipt.amount_minor
        else f" in {_text(receipt, receipt.net_of_fee_minor)}"
    )
    return f"Included {printable(receipt.tax_name)} {rate}{within}: {_text(receipt, receipt.tax_minor)}"


def _refers_to(original: Receipt, zone: str) -> str:
    return f"Receipt {number_text(original)} of {moment_text(original.issued_at, zone)}"


def _void(receipt: Receipt, zone: str) -> str:
    if not is_void(receipt) or receipt.refund is None or receipt.refund.failed_at is None:
        return ""
    return moment_text(receipt.refund.failed_at, zone)


def _text(receipt: Receipt, minor: int) -> str:
    return sum_text(Money(minor, receipt.currency))


def _lines(first: str, rest: str) -> list[str]:
    return [line for line in map(printable, (first, *rest.splitlines())) if line]
