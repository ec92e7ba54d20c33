"""Signing up, proving an address, tokens and forgotten passwords, as clients send and read them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.users import USER_EXAMPLE, UserAnswer
from easyticket.http.fields import Answer, Body, Nested, Text

_UID = "0b0f6c1e-5a7d-4c3b-9e21-7f4d8a90b6c2"
_TOKEN = "5f1d0c7a9e3b48d2a6c4f0e1b2d3c4a5968778695a4b3c2d1e0f9a8b7c6d5e4f"  # noqa: S105 (an example)
_TOKENS = {"access": "eyJhbGciOiJIUzI1NiJ9.access…", "refresh": "eyJhbGciOiJIUzI1NiJ9.refresh…"}

REGISTER_BODY_EXAMPLE = {
    "email": "ama@example.org",
    "username": "ama",
    "password": "Kente-cloth-1",
    "re_password": "Kente-cloth-1",
    "full_name": "Ama Boateng",
}
REGISTER_EXAMPLE = {"id": 7, "username": "ama", "email": "ama@example.org", "full_name": "Ama Boateng"}
# An account of the demo, so that it can be tried out as it stands.
LOGIN_BODY_EXAMPLE = {"email": "attendee@easyticket.example", "password": "Demo-password-1"}
LOGIN_EXAMPLE: dict[str, Any] = {"message": "Login successful", "user": USER_EXAMPLE, "tokens": _TOKENS}
REFRESH_BODY_EXAMPLE = {"refresh": _TOKENS["refresh"]}
REFRESH_EXAMPLE = {"access": _TOKENS["access"]}
ACTIVATION_BODY_EXAMPLE = {"uid": _UID, "token": _TOKEN}
EMAIL_BODY_EXAMPLE = {"email": "ama@example.org"}
RESET_BODY_EXAMPLE = {**ACTIVATION_BODY_EXAMPLE, "new_password": "Harmattan-wind-2"}


def password_field(description: str = "") -> Text:
    """Return the field of a password that has to be there."""
    said = {"description": description} if description else {}
    return Text(required=True, blank=False, metadata={"format": "password", **said})


class RegisterBody(Body):
    """A new account."""

    email = Text(required=True, blank=False, metadata={"format": "email"})
    username = Text(
        required=True,
        blank=False,
        metadata={"description": "3 to 20 letters, digits or underscores, unique."},
    )
    password = password_field()
    re_password = Text(
        allow_none=True, metadata={"format": "password", "description": "The same once more, if sent."}
    )
    password_confirm = Text(
        allow_none=True, metadata={"format": "password", "description": "Another name of `re_password`."}
    )
    full_name = Text(allow_none=True)


class RegisterAnswer(Answer):
    """The new account. There are no tokens yet."""

    id = ma.fields.Integer(required=True)
    username = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    full_name = ma.fields.String(required=True)


class LoginBody(Body):
    """An address or a username, and the password."""

    email = Text(required=True, blank=False, metadata={"description": "The address or the username."})
    password = password_field()


class TokenPairAnswer(Answer):
    """What proves who is asking."""

    access = ma.fields.String(required=True, metadata={"description": "A JWT, good for 2 hours."})
    refresh = ma.fields.String(required=True, metadata={"description": "A JWT, good for 30 days."})


class LoginAnswer(Answer):
    """Who logged in, and the tokens."""

    message = ma.fields.String(required=True)
    user = Nested(UserAnswer, required=True)
    tokens = Nested(TokenPairAnswer, required=True)


class RefreshBody(Body):
    """The refresh token."""

    refresh = Text(required=True, blank=False)


class RefreshAnswer(Answer):
    """A new access token. The refresh token stays as it is."""

    access = ma.fields.String(required=True)


class LogoutBody(Body):
    """The refresh token, if the client has it at hand."""

    refresh = Text(allow_none=True)


class ActivationBody(Body):
    """What the mailed link holds."""

    uid = Text(required=True, blank=False)
    token = Text(required=True, blank=False, metadata={"description": "Good once, for 24 hours."})


class EmailBody(Body):
    """An address. One that is none gets no mail, and the same answer."""

    email = Text(required=True, blank=False)


class ResetBody(Body):
    """What the mailed link holds, and the new password."""

    uid = Text(required=True, blank=False)
    token = Text(required=True, blank=False, metadata={"description": "Good once, for an hour."})
    password = Text(required=True, blank=False, data_key="new_password", metadata={"format": "password"})


class MessageAnswer(Answer):
    """What happened, in a sentence."""

    message = ma.fields.String(required=True)
