"""Accounts and tokens: signing up, proving an address, logging in and out, forgotten passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, request

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import repeats_fields
from easyticket.api_v1.own_account import show_account
from easyticket.api_v1.schemas.accounts import (
    ACTIVATION_BODY_EXAMPLE,
    EMAIL_BODY_EXAMPLE,
    LOGIN_BODY_EXAMPLE,
    LOGIN_EXAMPLE,
    REFRESH_BODY_EXAMPLE,
    REFRESH_EXAMPLE,
    REGISTER_BODY_EXAMPLE,
    REGISTER_EXAMPLE,
    RESET_BODY_EXAMPLE,
    ActivationBody,
    EmailBody,
    LoginAnswer,
    LoginBody,
    LogoutBody,
    RefreshAnswer,
    RefreshBody,
    RegisterAnswer,
    RegisterBody,
    ResetBody,
)
from easyticket.api_v1.shapes.users import new_user_shape
from easyticket.core import clock
from easyticket.http.api_limits import (
    NEW_ACCOUNT,
    SIGN_IN_V1,
    count_for_account,
    count_mail_to,
    count_sign_in,
    limited,
)
from easyticket.http.auth import token_ignored
from easyticket.http.tokens import bearer_token, find_token, make_tokens, read_token
from easyticket.links import FrontEnd
from easyticket.models import UserType
from easyticket.services import accounts, email_changes, password_changes
from easyticket.services.sessions import extend_session, sign_in, sign_out

ACCESS_LASTS = timedelta(hours=2)
# The refresh token is never replaced, so a session ends with it however much it is used.
REFRESH_LASTS = timedelta(days=30)

blueprint = V1Blueprint(
    "accounts",
    __name__,
    tag="Authentication",
    description="Accounts, and the tokens that prove who is asking.",
)


@blueprint.route("/auth/users/", methods=["POST"])
@token_ignored
@limited(SIGN_IN_V1)
@blueprint.operation("Register", refuses={400: "User with this email already exists."})
@blueprint.takes(RegisterBody, example=REGISTER_BODY_EXAMPLE)
@blueprint.answers(201, RegisterAnswer, example=REGISTER_EXAMPLE)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Makes an account that can buy and organize, and mails a link that proves its address. The password may be sent once
    more, as `re_password` or `password_confirm`; then both must be the same."""
    count_for_account(body["email"], NEW_ACCOUNT)
    user = accounts.register_account(
        **body, mixed_password=True, user_type=UserType.ORGANIZER, front_end=FrontEnd.CAFA, now=clock.now()
    )
    return new_user_shape(user)


@blueprint.route("/auth/login/", methods=["POST"])
@token_ignored
@limited(SIGN_IN_V1)
@blueprint.operation(
    "Login",
    refuses={
        401: "Invalid email or password.",
        403: "Please verify your email before logging in.",
    },
)
@blueprint.takes(LoginBody, example=LOGIN_BODY_EXAMPLE)
@blueprint.answers(200, LoginAnswer, example=LOGIN_EXAMPLE)
def log_in(body: dict[str, Any]) -> dict[str, Any]:
    """Gives an access token (2 hours) and a refresh token (30 days). `email` also takes the username. The 403 is only there
    where the site lets nobody in whose address is not verified."""
    count_sign_in(body["email"])
    signed_in = sign_in(
        login=body["email"],
        password=body["password"],
        surface="api_v1",
        address=request.remote_addr or "",
        device=request.user_agent.string,
        lasts=REFRESH_LASTS,
        needs_verified=current_app.config["SETTINGS"].v1_login_needs_verified_email,
        now=clock.now(),
    )
    pair = make_tokens(
        signed_in.user, signed_in.token, access_lasts=ACCESS_LASTS, refresh_lasts=REFRESH_LASTS
    )
    tokens = {"access": pair.access, "refresh": pair.refresh}
    return {"message": "Login successful", "user": show_account(signed_in.user), "tokens": tokens}


@blueprint.route("/auth/jwt/refresh/", methods=["POST"])
@token_ignored
@blueprint.operation("Refresh token", refuses={401: "Token is invalid"})
@blueprint.takes(RefreshBody, example=REFRESH_BODY_EXAMPLE)
@blueprint.answers(200, RefreshAnswer, example=REFRESH_EXAMPLE)
def refresh_token(body: dict[str, Any]) -> dict[str, str]:
    """Gives a new access token. The refresh token is not replaced: it is good for 30 days from the login, unless somebody
    logs out or changes the password."""
    session, token = read_token(body["refresh"], "refresh")
    now = clock.now()
    session = extend_session(token=token, lasts=session.expires_at - now, now=now)
    return {"access": make_tokens(session.user, token, access_lasts=ACCESS_LASTS).access}


@blueprint.route("/auth/logout/", methods=["POST"])
@token_ignored
@blueprint.operation("Logout")
@blueprint.takes(LogoutBody, example=REFRESH_BODY_EXAMPLE, required=False)
@blueprint.answers(204)
def log_out(body: dict[str, Any]) -> None:
    """Ends the session of the access token in the header, or of the refresh token in the body: all its tokens stop working
    at once. Without either there is nothing to end, and the answer is the same."""
    _, by_access = find_token(bearer_token() or "", "access") or (None, "")
    _, by_refresh = find_token(body.get("refresh") or "", "refresh") or (None, "")
    sign_out(token=by_access, and_token=by_refresh, now=clock.now())


@blueprint.route("/auth/users/activation/", methods=["POST"])
@token_ignored
@repeats_fields
@blueprint.operation("Verify the e-mail address", refuses={400: "Invalid verification token"})
@blueprint.takes(ActivationBody, example=ACTIVATION_BODY_EXAMPLE)
@blueprint.answers(204)
def activate(body: dict[str, Any]) -> None:
    """Proves the address that `uid` and `token` were mailed to: of a new account, or the new one of an account that changes
    it. They work once, for 24 hours."""
    email_changes.prove_address(**body, now=clock.now())


@blueprint.route("/auth/users/resend_activation/", methods=["POST"])
@token_ignored
@blueprint.operation("Mail the verification link again")
@blueprint.takes(EmailBody, example=EMAIL_BODY_EXAMPLE)
@blueprint.answers(204)
def resend_activation(body: dict[str, Any]) -> None:
    """Mails another link to an address that is not verified yet. The answer does not tell whether there is such an account."""
    count_mail_to(body["email"])
    accounts.request_verification(**body, front_end=FrontEnd.CAFA, now=clock.now())


@blueprint.route("/auth/users/reset_password/", also=("/auth/password/reset/",), methods=["POST"])
@token_ignored
@repeats_fields
@blueprint.operation("Mail a link for a new password")
@blueprint.takes(EmailBody, example=EMAIL_BODY_EXAMPLE)
@blueprint.answers(204)
def request_reset(body: dict[str, Any]) -> None:
    """Mails a link to choose a new password. The answer does not tell whether there is such an account."""
    count_mail_to(body["email"])
    password_changes.request_password_reset(**body, front_end=FrontEnd.CAFA, now=clock.now())


@blueprint.route(
    "/auth/users/reset_password_confirm/", also=("/auth/password/reset/confirm/",), methods=["POST"]
)
@token_ignored
@repeats_fields
@blueprint.operation("Set a new password by the mailed link", refuses={400: "Invalid password reset token"})
@blueprint.takes(ResetBody, example=RESET_BODY_EXAMPLE)
@blueprint.answers(204)
def confirm_reset(body: dict[str, Any]) -> None:
    """Sets a new password by what the mailed link holds, once and within an hour. Everybody is signed out."""
    password_changes.reset_password(**body, mixed=True, now=clock.now())
