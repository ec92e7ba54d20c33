"""Accounts to be paid to, as this surface gives them: never with the whole of a number."""

from __future__ import annotations

from typing import Any

from easyticket.models import PaymentProfile, ProfileMethod, ProfileStatus
from easyticket.queries.payment_profiles import get_account_currency
from easyticket.rules.payment_accounts import masked_number, verification_sentence

# What is taken from money that is paid out to a profile.
_NO_FEE = "0.00"


def profile_shape(profile: PaymentProfile) -> dict[str, Any]:
    """Return a payment profile with its masked number."""
    return {
        "id": str(profile.uuid),
        "method": profile.method.value,
        "name": profile.name,
        "description": profile.description,
        "account_details": _details_shape(profile),
        "currency": get_account_currency(profile),
        "fee_percentage": _NO_FEE,
        "status": profile.status.value,
        "is_verified": profile.status is ProfileStatus.VERIFIED,
        "verified_at": profile.verified_at,
        "failure_reason": profile.failure_reason or None,
        "frozen_until": profile.frozen_until,
        "is_default": profile.is_default,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
    }


def profile_list_shape(profiles: list[dict[str, Any]]) -> dict[str, Any]:
    """Return profiles as the list that is not paged."""
    return {"count": len(profiles), "results": profiles}


def told_profile_shape(profile: PaymentProfile, message: str) -> dict[str, Any]:
    """Return a profile with what was done to it."""
    return {"message": message, "payment_profile": profile_shape(profile)}


def created_profile_shape(profile: PaymentProfile, *, by_people: bool) -> dict[str, Any]:
    """Return a new profile with where its check stands."""
    verification = {
        "status": profile.status.value,
        "attempts": profile.verification_attempts,
        "resolved_name": _resolved_name(profile),
        "failure_reason": profile.failure_reason or None,
    }
    return {
        "success": True,
        "message": f"Payment profile created. {_sentence(profile, by_people=by_people)}",
        "data": {"payment_profile": profile_shape(profile), "verification": verification},
    }


def verification_shape(profile: PaymentProfile, *, by_people: bool) -> dict[str, Any]:
    """Return where the check of an account stands."""
    return {
        "status": profile.status.value,
        "is_verified": profile.status is ProfileStatus.VERIFIED,
        "verified_at": profile.verified_at,
        "verification_initiated_at": profile.verification_started_at,
        "attempts": profile.verification_attempts,
        "resolved_name": _resolved_name(profile),
        "message": _sentence(profile, by_people=by_people),
        "failure_reason": profile.failure_reason or None,
        "can_retry": profile.status is ProfileStatus.FAILED,
    }


def account_shape(profile: PaymentProfile) -> dict[str, Any]:
    """Return the account that a withdrawal goes to; a network stands in place of a bank."""
    return {
        "id": str(profile.uuid),
        "name": profile.name,
        "method": profile.method.value,
        "account_number": masked_number(profile.method, profile.account_number),
        "account_name": profile.account_name,
        "bank_name": profile.bank_name or profile.network,
        "bank_code": profile.bank_code,
    }


def _details_shape(profile: PaymentProfile) -> dict[str, Any]:
    number = masked_number(profile.method, profile.account_number)
    if profile.method is ProfileMethod.MOBILE_MONEY:
        return {
            "mobile_number": number,
            "network": profile.network,
            "account_name": profile.account_name,
        }
    return {
        "account_number": number,
        "account_name": profile.account_name,
        "bank_name": profile.bank_name,
        "bank_code": profile.bank_code,
        "branch": profile.branch,
    }


def _resolved_name(profile: PaymentProfile) -> str | None:
    # What was found is kept only if it is the name that was given.
    return profile.account_name if profile.status is ProfileStatus.VERIFIED else None


def _sentence(profile: PaymentProfile, *, by_people: bool) -> str:
    return verification_sentence(profile.status, profile.failure_reason, by_people=by_people)
