"""Accounts, passwords and tokens as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from easyticket.core.errors import Invalid
from easyticket.http.fields import Answer, Body, Flag, Identifier, Moment, Nested, Text
from easyticket.rules.people import NAME_LENGTH, normal_email

_ID = "0b0f6c1e-5a7d-4c3b-9e21-7f4d8a90b6c2"
_TOKENS = {"refresh": "eyJhbGciOiJIUzI1NiJ9.refresh…", "access": "eyJhbGciOiJIUzI1NiJ9.access…"}
_WHO = {"email": "ama@example.org", "user_type": "consumer"}

SIGNUP_BODY_EXAMPLE = {
    "email": "ama@example.org",
    "password": "kente-cloth-market",
    "password_confirm": "kente-cloth-market",
    "user_type": "consumer",
    "first_name": "Ama",
    "last_name": "Boateng",
    "phone_number": "+233241234567",
}
SIGNUP_EXAMPLE: dict[str, Any] = {
    "message": "Registration successful. Please check your email to verify your account.",
    "user": {"id": _ID, **_WHO},
    "user_id": _ID,
    **_WHO,
}
VERIFY_BODY_EXAMPLE = {"token": "5f1d0c7a9e3b48d2a6c4f0e1b2d3c4a5968778695a4b3c2d1e0f9a8b7c6d5e4f"}
VERIFY_EXAMPLE: dict[str, Any] = {
    "message": "Email verified successfully. You can now login.",
    "user": {"id": _ID, "email": "ama@example.org"},
}
EMAIL_BODY_EXAMPLE = {"email": "ama@example.org"}
# An account of the demo, so that it can be tried out as it stands.
LOGIN_BODY_EXAMPLE = {"email": "attendee@easyticket.example", "password": "Demo-password-1"}
USER_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "email": "ama@example.org",
    "first_name": "Ama",
    "last_name": "Boateng",
    "user_type": "consumer",
    "phone_number": "+233241234567",
    "is_email_verified": True,
    "is_phone_verified": False,
    "date_joined": "2026-01-05T09:00:00.120000Z",
    "last_login": "2026-02-01T18:30:00Z",
    "auth_provider": "email",
}
LOGIN_EXAMPLE: dict[str, Any] = {
    "message": "Login successful",
    "tokens": _TOKENS,
    "user": USER_EXAMPLE,
    **_TOKENS,
}
REFRESH_BODY_EXAMPLE = {"refresh": _TOKENS["refresh"]}
REFRESH_EXAMPLE = _TOKENS
PROFILE_BODY_EXAMPLE = {"first_name": "Ama", "last_name": "Boateng", "phone_number": "+233241234567"}
PASSWORD_BODY_EXAMPLE = {
    "old_password": "kente-cloth-market",
    "new_password": "harmattan-in-january",
    "new_password_confirm": "harmattan-in-january",
}


PASSWORD_EXAMPLE = {"message": "Password changed successfully", **_TOKENS}


class Email(Text):
    """An e-mail address in the form it is kept and compared in: lower case."""

    default_error_messages = {"invalid": "Enter a valid email address."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normal_email(super()._deserialize(value, attr, data, **kwargs))
        except Invalid:
            raise self.make_error("invalid") from None


def _password() -> Text:
    return Text(required=True, blank=False, metadata={"format": "password"})


def _name(**options: Any) -> Text:
    return Text(metadata={"maxLength": NAME_LENGTH}, **options)


def _phone() -> Text:
    return Text(
        allow_none=True,
        metadata={"description": "5 to 15 digits, with or without +. Empty and null mean none. Not unique."},
    )


class SignupBody(Body):
    """A new account."""

    email = Text(required=True, blank=False, metadata={"format": "email"})
    password = _password()
    password_confirm = _password()
    user_type = Text(metadata={"enum": ["consumer", "organizer"], "default": "consumer"})
    first_name = _name()
    last_name = _name()
    phone_number = _phone()


class VerifyBody(Body):
    """The token of a mail."""

    token = Text(required=True, blank=False, metadata={"description": "Good once, for 24 hours."})


class EmailBody(Body):
    """An address."""

    email = Email(required=True, blank=False, metadata={"format": "email"})


class LoginBody(Body):
    """An address and the password of its account."""

    email = Text(required=True, blank=False, metadata={"format": "email"})
    password = _password()


class RefreshBody(Body):
    """The refresh token, unless its cookie is sent."""

    refresh = Text(
        allow_none=True,
        metadata={"description": "May be left out where its cookie is sent; else it decides."},
    )


class ProfileBody(Body):
    """What people may change about themselves; what is left out stays as it is."""

    first_name = _name()
    last_name = _name()
    phone_number = _phone()


class PasswordBody(Body):
    """The password an account has, and the one it shall have."""

    old_password = _password()
    new_password = _password()
    new_password_confirm = _password()


class MessageAnswer(Answer):
    """A sentence that says what happened."""

    message = Text(required=True)


class NewUserAnswer(Answer):
    """A new account in short."""

    id = Identifier(required=True)
    email = Text(required=True)
    user_type = Text(required=True)


class SignupAnswer(MessageAnswer):
    """A new account, under `user` and at the top."""

    user = Nested(NewUserAnswer, required=True)
    user_id = Identifier(required=True)
    email = Text(required=True)
    user_type = Text(required=True)


class VerifiedUserAnswer(Answer):
    """The account of an address."""

    id = Identifier(required=True)
    email = Text(required=True)


class VerifyAnswer(MessageAnswer):
    """The account whose address is verified now."""

    user = Nested(VerifiedUserAnswer, required=True)


class UserAnswer(Answer):
    """An account as its owner sees it."""

    id = Identifier(required=True)
    email = Text(required=True)
    first_name = Text(required=True)
    last_name = Text(required=True)
    user_type = Text(required=True, metadata={"enum": ["consumer", "organizer", "admin"]})
    phone_number = Text(required=True, allow_none=True)
    is_email_verified = Flag(required=True)
    is_phone_verified = Flag(required=True)
    date_joined = Moment(required=True)
    last_login = Moment(required=True, allow_none=True)
    auth_provider = Text(required=True, metadata={"enum": ["email", "google", "facebook"]})


class TokensAnswer(Answer):
    """Both tokens; they are set as cookies too."""

    refresh = Text(required=True, metadata={"description": "Good for 7 days; gets a new pair."})
    access = Text(required=True, metadata={"description": "Good for 5 minutes; proves who is asking."})


class PasswordAnswer(MessageAnswer, TokensAnswer):
    """That it was changed, and tokens to go on with."""


class LoginAnswer(MessageAnswer, TokensAnswer):
    """Who signed in, and the tokens: under `tokens` and at the top."""

    tokens = Nested(TokensAnswer, required=True)
    user = Nested(UserAnswer, required=True)
