"""Accounts to be paid to, as the operations take and give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma

from easyticket.http.fields import Answer, Body, Choice, Flag, Many, Moment, Nested, Text
from easyticket.models import ProfileMethod, ProfileStatus
from easyticket.rules.payment_accounts import LONGEST_DESCRIPTION, LONGEST_NAME, NETWORKS, SHORTEST_NAME

_METHODS = [method.value for method in ProfileMethod]
_STATUSES = {"enum": [status.value for status in ProfileStatus]}
_NAME = {"minLength": SHORTEST_NAME, "maxLength": LONGEST_NAME}
_DESCRIPTION = {"maxLength": LONGEST_DESCRIPTION, "nullable": True}

BODY_EXAMPLE: dict[str, Any] = {
    "method": "bank_transfer",
    "name": "Cal Bank",
    "description": "Secondary",
    "account_details": {
        "account_number": "1234567890",
        "account_name": "Ama Owusu",
        "bank_name": "CAL Bank",
        "bank_code": "140100",
    },
}
CHANGES_EXAMPLE: dict[str, Any] = {"name": "Cal Bank, Osu", "description": "For concerts"}
EXAMPLE: dict[str, Any] = {
    "id": "5b0c6f3e-0a3d-4f5c-9d77-1c2b3a4d5e6f",
    "method": "bank_transfer",
    "name": "Cal Bank",
    "description": "Secondary",
    "account_details": {
        "account_number": "******7890",
        "account_name": "Ama Owusu",
        "bank_name": "CAL Bank",
        "bank_code": "140100",
        "branch": "",
    },
    "currency": "GHS",
    "fee_percentage": "0.00",
    "status": "verified",
    "is_verified": True,
    "verified_at": "2026-02-01T09:01:10Z",
    "failure_reason": None,
    "frozen_until": None,
    "is_default": True,
    "created_at": "2026-02-01T09:00:00Z",
    "updated_at": "2026-02-01T09:01:10Z",
}
_PENDING = EXAMPLE | {"status": "pending_verification", "is_verified": False, "verified_at": None}
_CHECKING = "The account is being checked. This takes one to two minutes."
CREATED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": f"Payment profile created. {_CHECKING}",
    "data": {
        "payment_profile": _PENDING,
        "verification": {
            "status": "pending_verification",
            "attempts": 1,
            "resolved_name": None,
            "failure_reason": None,
        },
    },
}
LIST_EXAMPLE: dict[str, Any] = {"count": 1, "results": [EXAMPLE]}
UPDATED_EXAMPLE: dict[str, Any] = {
    "message": "Payment profile updated.",
    "payment_profile": EXAMPLE | CHANGES_EXAMPLE,
}
DEFAULT_EXAMPLE: dict[str, Any] = {
    "message": "This is now the default payment profile.",
    "payment_profile": EXAMPLE,
}
RETRIED_EXAMPLE: dict[str, Any] = {"message": _CHECKING, "payment_profile": _PENDING}
VERIFICATION_EXAMPLE: dict[str, Any] = {
    "status": "pending_verification",
    "is_verified": False,
    "verified_at": None,
    "verification_initiated_at": "2026-02-01T09:00:00Z",
    "attempts": 1,
    "resolved_name": None,
    "message": _CHECKING,
    "failure_reason": None,
    "can_retry": False,
}


class AccountDetailsBody(Body):
    """A bank account or a mobile money number, by the profile's method."""

    account_number = Text(
        allow_none=True, metadata={"description": "`bank_transfer`: 8 to 17 digits.", "nullable": True}
    )
    bank_name = Text(allow_none=True, metadata={"description": "`bank_transfer`.", "nullable": True})
    bank_code = Text(allow_none=True, metadata={"description": "`bank_transfer`.", "nullable": True})
    branch = Text(allow_none=True, metadata={"description": "`bank_transfer`, optional.", "nullable": True})
    currency = Text(
        allow_none=True,
        metadata={
            "description": "`bank_transfer`, optional: the only currency it can be paid in. Default V1_DEFAULT_CURRENCY.",
            "nullable": True,
        },
    )
    mobile_number = Text(
        allow_none=True,
        metadata={"description": "`mobile_money`: +233 and nine digits.", "nullable": True},
    )
    network = Text(
        allow_none=True,
        metadata={"description": f"`mobile_money`: {', '.join(NETWORKS)}.", "nullable": True},
    )
    account_name = Text(
        allow_none=True,
        metadata={"description": "The holder; by default your own full name.", "nullable": True},
    )


class AccountDetails(Nested):
    """The details of an account. What is wrong within them is told as one list of texts: clients show its first one."""

    def _load(self, value: Any, partial: Any = None) -> Any:
        try:
            return super()._load(value, partial)
        except ma.ValidationError as error:
            raise ma.ValidationError(list(_texts(error.messages))) from None


def _texts(messages: Any, path: str = "") -> Iterator[str]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            yield from _texts(below, str(name))
    elif isinstance(messages, list):
        for text in messages:
            yield f"{path}: {text}" if path and path != "_schema" else str(text)


class PaymentProfileBody(Body):
    """A new payment profile."""

    method = Choice(_METHODS, required=True)
    name = Text(required=True, metadata=_NAME)
    description = Text(allow_none=True, metadata=_DESCRIPTION)
    account_details = AccountDetails(AccountDetailsBody, required=True)


class PaymentProfileChanges(Body):
    """What is to be changed about a payment profile; what is left out stays."""

    name = Text(metadata=_NAME)
    description = Text(allow_none=True, metadata=_DESCRIPTION)
    is_default = Flag()
    account_details = AccountDetails(
        AccountDetailsBody,
        metadata={
            "description": "Another account is checked again and nothing is paid out to it for 24 hours."
        },
    )


class RetryBody(Body):
    """That another check may be paid for."""

    confirm = Flag(load_default=True, metadata={"description": "False refuses; left out means yes."})


class AccountDetailsAnswer(Answer):
    """An account with its number masked."""

    account_number = ma.fields.String(metadata={"description": "`bank_transfer`."})
    mobile_number = ma.fields.String(metadata={"description": "`mobile_money`."})
    network = ma.fields.String(metadata={"description": "`mobile_money`."})
    account_name = ma.fields.String(required=True)
    bank_name = ma.fields.String(metadata={"description": "`bank_transfer`."})
    bank_code = ma.fields.String(metadata={"description": "`bank_transfer`."})
    branch = ma.fields.String(metadata={"description": "`bank_transfer`."})


class PaymentProfileAnswer(Answer):
    """One payment profile."""

    id = ma.fields.String(required=True, metadata={"format": "uuid"})
    method = ma.fields.String(required=True, metadata={"enum": _METHODS})
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    account_details = ma.fields.Nested(AccountDetailsAnswer, required=True)
    currency = ma.fields.String(
        required=True, metadata={"description": "The only currency that can be paid out to it."}
    )
    fee_percentage = ma.fields.String(
        required=True, metadata={"description": "What is taken from money paid out to it."}
    )
    status = ma.fields.String(required=True, metadata=_STATUSES)
    is_verified = ma.fields.Boolean(required=True)
    verified_at = Moment(required=True, allow_none=True)
    failure_reason = ma.fields.String(required=True, allow_none=True)
    frozen_until = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "Nothing is paid out to it before: it is new or was changed."},
    )
    is_default = ma.fields.Boolean(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class PaymentProfileList(Answer):
    """All your payment profiles."""

    count = ma.fields.Integer(required=True)
    results = Many(PaymentProfileAnswer, required=True)


class ToldProfile(Answer):
    """A payment profile and what was done to it."""

    message = ma.fields.String(required=True)
    payment_profile = ma.fields.Nested(PaymentProfileAnswer, required=True)


class VerificationSummary(Answer):
    """Where the check of a new account stands."""

    status = ma.fields.String(required=True, metadata=_STATUSES)
    attempts = ma.fields.Integer(required=True)
    resolved_name = ma.fields.String(required=True, allow_none=True)
    failure_reason = ma.fields.String(required=True, allow_none=True)


class CreatedProfileParts(Answer):
    """A new payment profile and the check of its account."""

    payment_profile = ma.fields.Nested(PaymentProfileAnswer, required=True)
    verification = ma.fields.Nested(VerificationSummary, required=True)


class CreatedProfile(Answer):
    """That a payment profile was made."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    data = ma.fields.Nested(CreatedProfileParts, required=True)


class VerificationAnswer(VerificationSummary):
    """Where the check of an account stands, and what can be done."""

    is_verified = ma.fields.Boolean(required=True)
    verified_at = Moment(required=True, allow_none=True)
    verification_initiated_at = Moment(required=True, allow_none=True)
    message = ma.fields.String(required=True)
    can_retry = ma.fields.Boolean(required=True)
