"""Accounts and their tokens as dictionaries with the API's keys."""

from __future__ import annotations

from typing import Any

from easyticket.http.tokens import TokenPair
from easyticket.models import User


def user_shape(user: User) -> dict[str, Any]:
    """Return an account as its owner sees it."""
    return {
        "id": user.uuid,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_type": user.user_type.value,
        "phone_number": user.phone_number or None,
        "is_email_verified": user.is_email_verified,
        "is_phone_verified": user.is_phone_verified,
        "date_joined": user.created_at,
        "last_login": user.last_login_at,
        "auth_provider": user.auth_provider,
    }


def signed_up_shape(user: User) -> dict[str, Any]:
    """Return what a new account is told: the same under `user` and at the top, because the clients read either."""
    told = {"email": user.email, "user_type": user.user_type.value}
    return {
        "message": "Registration successful. Please check your email to verify your account.",
        "user": {"id": user.uuid, **told},
        "user_id": user.uuid,
        **told,
    }


def verified_shape(user: User) -> dict[str, Any]:
    """Return what is told of an account whose address has been proved."""
    return {
        "message": "Email verified successfully. You can now login.",
        "user": {"id": user.uuid, "email": user.email},
    }


def signed_in_shape(user: User, pair: TokenPair) -> dict[str, Any]:
    """Return the account and its tokens, which stand under `tokens` and at the top, because the clients read either."""
    return {
        "message": "Login successful",
        "tokens": pair_shape(pair),
        "user": user_shape(user),
        **pair_shape(pair),
    }


def pair_shape(pair: TokenPair) -> dict[str, str]:
    """Return both tokens."""
    return {"refresh": pair.refresh, "access": pair.access}
