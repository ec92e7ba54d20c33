"""Money to be paid out, as the operations take and give it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.shapes.withdrawals import STATUSES
from easyticket.core.money import CURRENCIES
from easyticket.http.fields import Amount, Answer, Body, Identifier, Moment, Price, Text

REQUESTED = "Your withdrawal is requested. You can cancel it until it is paid."
CANCELLED = "The withdrawal is cancelled. The money is in your balance again."

BODY_EXAMPLE: dict[str, Any] = {"amount": 150, "payment_profile_id": "5b0c6f3e-0a3d-4f5c-9d77-1c2b3a4d5e6f"}
EXAMPLE: dict[str, Any] = {
    "withdrawal_id": "9f2d1c3b-4a5e-4f60-8b7a-6c5d4e3f2a1b",
    "reference": "wd-5q0w8j2n4r6t1y3v7x9z0b2d4f",
    "requested_amount": "150.00",
    "transfer_fee": "0.00",
    "final_amount": "150.00",
    "currency": "GHS",
    "status": "pending",
    "can_cancel": True,
    "bank_account": {
        "id": "5b0c6f3e-0a3d-4f5c-9d77-1c2b3a4d5e6f",
        "name": "Cal Bank",
        "method": "bank_transfer",
        "account_number": "******7890",
        "account_name": "Ama Owusu",
        "bank_name": "CAL Bank",
        "bank_code": "140100",
    },
    "created_at": "2026-02-01T09:00:00Z",
    "completed_at": None,
}
REQUESTED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": REQUESTED,
    "data": EXAMPLE,
}
CANCELLED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": CANCELLED,
    "data": EXAMPLE | {"status": "cancelled", "can_cancel": False},
}
READ_EXAMPLE: dict[str, Any] = {"success": True, "data": EXAMPLE}


class WithdrawalBody(Body):
    """What is to be paid out, and where to."""

    blank_is_null = ("payment_profile_id",)

    amount = Price(required=True)
    currency = Text(
        allow_none=True,
        metadata={"enum": list(CURRENCIES), "description": "Default GHS."},
    )
    payment_profile_id = Identifier(
        allow_none=True, metadata={"description": "By default your default profile.", "nullable": True}
    )


class WithdrawalAccount(Answer):
    """The account money goes to, its number masked."""

    id = ma.fields.String(required=True, metadata={"format": "uuid"})
    name = ma.fields.String(required=True)
    method = ma.fields.String(required=True)
    account_number = ma.fields.String(required=True)
    account_name = ma.fields.String(required=True)
    bank_name = ma.fields.String(required=True, metadata={"description": "The bank, or the network."})
    bank_code = ma.fields.String(required=True)


class WithdrawalAnswer(Answer):
    """One withdrawal."""

    withdrawal_id = ma.fields.String(required=True, metadata={"format": "uuid"})
    reference = ma.fields.String(required=True)
    requested_amount = Amount(required=True)
    transfer_fee = Amount(required=True)
    final_amount = Amount(required=True)
    currency = ma.fields.String(required=True)
    status = ma.fields.String(required=True, metadata={"enum": list(STATUSES)})
    can_cancel = ma.fields.Boolean(required=True)
    bank_account = ma.fields.Nested(WithdrawalAccount, required=True, allow_none=True)
    created_at = Moment(required=True)
    completed_at = Moment(required=True, allow_none=True)


class ReadWithdrawal(Answer):
    """A withdrawal that was asked for by its id."""

    success = ma.fields.Boolean(required=True)
    data = ma.fields.Nested(WithdrawalAnswer, required=True)


class ToldWithdrawal(ReadWithdrawal):
    """A withdrawal and what was done to it."""

    message = ma.fields.String(required=True)
