"""Money out of the Paystack double: recipients, transfers and the balance they are taken from."""

from __future__ import annotations

import re

from werkzeug import Response

from tests.doubles.paystack_accounts import find_bank
from tests.doubles.paystack_answers import Ask, Refused, Route, is_listed, page_of, told
from tests.doubles.paystack_books import Books, Recipient, Transfer, new_code, now
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_papers import recipient_paper, transfer_paper

# What Ghana costs: GHS 1 to a phone, GHS 8 to a bank.
FEES = {"mobile_money": 100, "ghipss": 800}
CODE = "123456"
OUTCOMES = ("pending", "otp", "success", "failed", "reversed")


def create_recipient(ask: Ask) -> Response:
    """POST /transferrecipient; an account that is known already is told again as it was first written down."""
    ask.only("type", "name", "account_number", "bank_code", "currency", "description", "metadata")
    kind, name = ask.text("type", "Type"), ask.text("name", "Name")
    number, code = ask.text("account_number", "Account number"), ask.text("bank_code", "Bank code")
    if kind not in FEES:
        raise Refused("Recipient type is invalid for this integration", "invalid_recipient_type")
    bank = find_bank(code)
    if bank is None or bank[3] != kind:
        raise Refused("Bank code is invalid", "invalid_bank_code")
    if not re.fullmatch(r"[0-9]{6,20}", number):
        raise Refused("Account number is invalid", "invalid_account_number")
    currency = ask.currency()
    for known in ask.books.recipients.values():
        is_same_bank = known.bank_code == code or ask.desk.knobs.recipient_by_number_alone
        if known.account_number == number and is_same_bank:
            return told("Transfer recipient created successfully", recipient_paper(known), 201)
    recipient = Recipient(ask.books.domain, kind, name, number, code, bank[0], currency)
    ask.books.recipients[recipient.code] = recipient
    return told("Transfer recipient created successfully", recipient_paper(recipient), 201)


def create_transfer(ask: Ask) -> Response:
    """POST /transfer."""
    ask.only("source", "amount", "recipient", "reference", "reason", "currency")
    if ask.text("source", "Source") != "balance":
        raise Refused("Source must be balance")
    amount, currency = ask.amount(), ask.currency()
    recipient = ask.books.recipients.get(ask.text("recipient", "Recipient"))
    if recipient is None:
        raise Refused("Recipient specified is invalid", "invalid_transfer_recipient")
    if currency != recipient.currency:
        raise Refused("Currency of the transfer must be the recipient's", "invalid_currency")
    if amount < ask.desk.knobs.transfer_least:
        raise Refused("Amount is below the minimum transfer amount", "invalid_amount")
    reference = _new_reference(ask)
    fee = FEES[recipient.kind]
    if amount + fee > ask.books.balance.get(currency, 0):
        raise Refused(
            "Your balance is not enough to fulfill this request", "insufficient_balance", kind="api_error"
        )
    transfer = Transfer(recipient, reference, amount, currency, ask.text_or("reason", ""), fee)
    ask.books.transfers[reference] = transfer
    ask.books.put_in(currency, -amount - fee)
    return _begin(ask, transfer)


def finalize(ask: Ask) -> Response:
    """POST /transfer/finalize_transfer."""
    ask.only("transfer_code", "otp")
    code, otp = ask.text("transfer_code"), ask.text("otp", "OTP")
    transfer = next((each for each in ask.books.transfers.values() if each.code == code), None)
    if transfer is None:
        raise Refused("Transfer not found", "transfer_not_found", status=404)
    if transfer.status != "otp":
        raise Refused("Transfer is not currently awaiting OTP", "invalid_transfer_status")
    if otp != CODE:
        raise Refused("Transfer OTP is invalid", "invalid_otp")
    move(ask.desk, ask.books, transfer, "success")
    return told("Transfer has been queued", _short_paper(transfer))


def verify(ask: Ask, reference: str) -> Response:
    """GET /transfer/verify/:reference."""
    transfer = ask.books.transfers.get(reference)
    if transfer is None:
        raise Refused("Transfer not found", "transfer_not_found", status=404)
    return told("Transfer retrieved", transfer_paper(transfer))


def fetch(ask: Ask, name: str) -> Response:
    """GET /transfer/:id_or_code."""
    for transfer in ask.books.transfers.values():
        if name in (transfer.code, str(transfer.id)):
            return told("Transfer retrieved", transfer_paper(transfer))
    raise Refused("Transfer not found", "transfer_not_found", status=404)


def list_transfers(ask: Ask) -> Response:
    """GET /transfer."""
    chosen = [each for each in ask.books.transfers.values() if is_listed(ask, each.created_at)]
    return page_of(ask, [transfer_paper(each) for each in chosen], "Transfers retrieved")


def show_balance(ask: Ask) -> Response:
    """GET /balance."""
    balances = [{"currency": code, "balance": amount} for code, amount in ask.books.balance.items()]
    return told("Balances retrieved", balances)


ROUTES: list[Route] = [
    ("POST", r"/transferrecipient", create_recipient),
    ("POST", r"/transfer", create_transfer),
    ("POST", r"/transfer/finalize_transfer", finalize),
    ("GET", r"/transfer", list_transfers),
    ("GET", r"/transfer/verify/([^/]+)", verify),
    ("GET", r"/transfer/([^/]+)", fetch),
    ("GET", r"/balance", show_balance),
]


def move(desk: Desk, books: Books, transfer: Transfer, status: str, reason: str = "") -> None:
    """Put a transfer into a state, and tell of its end; the money of one that failed or came back is in the balance again.

    :raises LookupError: there is no such state.
    """
    if status not in OUTCOMES:
        raise LookupError(f"No transfer is {status!r}; there are {', '.join(OUTCOMES)}")
    came_back = transfer.status in ("failed", "reversed")
    if (status in ("failed", "reversed")) != came_back:
        sum_of_it = transfer.amount + transfer.fee
        books.put_in(transfer.currency, -sum_of_it if came_back else sum_of_it)
    transfer.status, transfer.updated_at = status, now()
    transfer.transferred_at = now() if status == "success" else transfer.transferred_at
    transfer.failures = {"reason": reason or "Could not process"} if status == "failed" else None
    if status in ("success", "failed", "reversed"):
        desk.tell(books, f"transfer.{status}", transfer_paper(transfer))


def _begin(ask: Ask, transfer: Transfer) -> Response:
    outcome = ask.desk.knobs.transfer_outcome
    if outcome == "otp":
        transfer.status = "otp"
        return told("Transfer requires OTP to continue", _short_paper(transfer))
    # Only success may be told at once; failing and coming back are heard of later.
    if outcome == "success":
        move(ask.desk, ask.books, transfer, outcome)
    paper = _short_paper(transfer)
    if outcome in ("failed", "reversed"):
        move(ask.desk, ask.books, transfer, outcome)
    return told("Transfer has been queued", paper)


def _short_paper(transfer: Transfer) -> dict[str, object]:
    """Return a transfer as it is answered to whoever makes it: the recipient is its number only, the fee not told."""
    paper = transfer_paper(transfer) | {"recipient": transfer.recipient.id}
    paper.pop("fee_charged")
    return paper


def _new_reference(ask: Ask) -> str:
    reference = ask.text_or("reference", new_code("trf-").ljust(16, "0"))
    if not re.fullmatch(r"[a-z0-9_-]{16,50}", reference):
        raise Refused(
            "Transfer reference must be 16 to 50 of lowercase letters, digits, dash and underscore",
            "invalid_transfer_reference",
        )
    if reference in ask.books.transfers:
        raise Refused(
            "Please provide a unique reference. Reference already exists on a transfer",
            "duplicate_transfer_reference",
        )
    return reference
