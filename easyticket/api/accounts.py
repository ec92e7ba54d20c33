"""Accounts and tokens: signing up, proving an address, signing in and out, the profile and the password."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, request

from easyticket.api.schemas.accounts import (
    EMAIL_BODY_EXAMPLE,
    LOGIN_BODY_EXAMPLE,
    LOGIN_EXAMPLE,
    PASSWORD_BODY_EXAMPLE,
    PASSWORD_EXAMPLE,
    PROFILE_BODY_EXAMPLE,
    REFRESH_BODY_EXAMPLE,
    REFRESH_EXAMPLE,
    SIGNUP_BODY_EXAMPLE,
    SIGNUP_EXAMPLE,
    USER_EXAMPLE,
    VERIFY_BODY_EXAMPLE,
    VERIFY_EXAMPLE,
    EmailBody,
    LoginAnswer,
    LoginBody,
    MessageAnswer,
    PasswordAnswer,
    PasswordBody,
    ProfileBody,
    RefreshBody,
    SignupAnswer,
    SignupBody,
    TokensAnswer,
    UserAnswer,
    VerifyAnswer,
    VerifyBody,
)
from easyticket.api.shapes.accounts import (
    pair_shape,
    signed_in_shape,
    signed_up_shape,
    user_shape,
    verified_shape,
)
from easyticket.core import clock
from easyticket.core.errors import Invalid, invalid_field
from easyticket.http.api_limits import (
    NEW_ACCOUNT,
    OLD_PASSWORD,
    SIGN_IN,
    count_for_account,
    count_mail_to,
    count_sign_in,
    limited,
)
from easyticket.http.auth import current_actor, token_ignored, token_required
from easyticket.http.openapi import ApiBlueprint
from easyticket.http.origins import is_foreign_page, refuse_foreign_origin
from easyticket.http.tokens import (
    REFRESH_COOKIE,
    REFRESH_LASTS,
    TokenPair,
    clear_token_cookies,
    current_caller,
    find_token,
    make_tokens,
    read_token,
    set_token_cookies,
)
from easyticket.links import FrontEnd
from easyticket.models import User
from easyticket.queries.users import get_own_user
from easyticket.services import accounts, password_changes, profiles
from easyticket.services.sessions import extend_session, sign_in, sign_out

blueprint = ApiBlueprint(
    "api_accounts",
    __name__,
    url_prefix="/api/auth",
    tag="Authentication",
    description="Accounts, and the tokens that prove who is asking.",
)


@blueprint.route("/signup/", methods=["POST"])
@token_ignored
@limited(SIGN_IN)
@blueprint.operation("User registration", refuses={400: "User with this email already exists."})
@blueprint.takes(SignupBody, example=SIGNUP_BODY_EXAMPLE)
@blueprint.answers(201, SignupAnswer, example=SIGNUP_EXAMPLE)
def sign_up(body: dict[str, Any]) -> dict[str, Any]:
    """Makes an account and mails a link that proves its address. Sign in once it is verified.

    A `consumer` buys tickets; an `organizer` also makes events and scans tickets. Five requests an hour, together with login.
    """
    count_for_account(body["email"], NEW_ACCOUNT)
    user = accounts.register_account(**body, front_end=FrontEnd.EASYTICKET, now=clock.now())
    return signed_up_shape(user)


@blueprint.route("/verify-email/", methods=["POST"])
@token_ignored
@blueprint.operation("Verify email address", refuses={400: "Invalid verification token"})
@blueprint.takes(VerifyBody, example=VERIFY_BODY_EXAMPLE)
@blueprint.answers(200, VerifyAnswer, example=VERIFY_EXAMPLE)
def verify_email(body: dict[str, Any]) -> dict[str, Any]:
    """Verifies the address that the token was mailed to. A token works once, for 24 hours.

    Orders made with the address before there was an account do not join it here, because the token alone does not show
    who made the account: they join on the site, where the password is asked for too, or by a new password set by mail.
    """
    return verified_shape(accounts.verify_email_by_token_alone(**body, now=clock.now()))


@blueprint.route("/resend-verification/", methods=["POST"])
@token_ignored
@blueprint.operation("Resend verification email", refuses={400: "Enter a valid email address."})
@blueprint.takes(EmailBody, example=EMAIL_BODY_EXAMPLE)
@blueprint.answers(200, MessageAnswer, example={"message": "Verification email sent successfully"})
def resend_verification(body: dict[str, Any]) -> dict[str, str]:
    """Mails another link to an address that is not verified yet. The answer is the same whether there is such an account."""
    count_mail_to(body["email"])
    accounts.request_verification(**body, front_end=FrontEnd.EASYTICKET, now=clock.now())
    return {"message": "Verification email sent successfully"}


@blueprint.route("/login/", methods=["POST"])
@token_ignored
@limited(SIGN_IN)
@blueprint.operation("User login", refuses={400: "Invalid email or password."})
@blueprint.takes(LoginBody, example=LOGIN_BODY_EXAMPLE)
@blueprint.answers(200, LoginAnswer, example=LOGIN_EXAMPLE)
def log_in(body: dict[str, Any]) -> dict[str, Any]:
    """Gives an access token (5 minutes) and a refresh token (7 days), in the body and as the HttpOnly cookies
    `access_token` and `refresh_token`. The address must be verified. Five requests an hour, together with signup.
    """
    count_sign_in(body["email"])
    return signed_in_shape(*_open_session(body["email"], body["password"]))


@blueprint.route("/logout/", methods=["POST"])
@token_required
@blueprint.operation("User logout", refuses={400: "Refresh token is required"})
@blueprint.takes(RefreshBody, example=REFRESH_BODY_EXAMPLE, required=False)
@blueprint.answers(200, MessageAnswer, example={"message": "Logout successful"})
def log_out(body: dict[str, Any]) -> dict[str, str]:
    """Ends the session of the tokens that are sent: all its tokens, access ones too, stop working at once.

    Other devices stay signed in. Both cookies are taken away.
    """
    encoded = body.get("refresh") or request.cookies.get(REFRESH_COOKIE)
    if not encoded:
        raise Invalid("Refresh token is required", code="refresh_required")
    caller = current_caller()
    session, token = find_token(encoded, "refresh") or (None, "")
    if session is None or session.user_id != caller.session.user_id:
        raise Invalid("Invalid token or token already blacklisted", code="token_not_valid")
    sign_out(token=caller.session_token, and_token=token, now=clock.now())
    _take_cookies_away()
    return {"message": "Logout successful"}


@blueprint.route("/token/refresh/", methods=["POST"])
@token_ignored
@blueprint.operation(
    "Refresh JWT token",
    refuses={
        400: "This field is required.",
        401: "Token is invalid",
        403: "This page may not act for you here: its origin is not allowed.",
    },
)
@blueprint.takes(RefreshBody, example=REFRESH_BODY_EXAMPLE, required=False)
@blueprint.answers(200, TokensAnswer, example=REFRESH_EXAMPLE)
def refresh_tokens(body: dict[str, Any]) -> dict[str, str]:
    """Gives a new pair for a refresh token, which is read from the body or its cookie, and renews both cookies.

    The older refresh token stays good until it expires or its session ends, so a client may keep either.
    """
    encoded = body.get("refresh")
    if not encoded:
        refuse_foreign_origin()
        encoded = request.cookies.get(REFRESH_COOKIE)
    if not encoded:
        raise invalid_field("refresh", "This field is required.")
    _, token = read_token(encoded, "refresh")
    session = extend_session(token=token, lasts=REFRESH_LASTS, now=clock.now())
    pair = make_tokens(session.user, token)
    _give_cookies(pair)
    return pair_shape(pair)


@blueprint.route("/profile/", methods=["GET"])
@token_required
@blueprint.operation("Get current user profile")
@blueprint.answers(200, UserAnswer, example=USER_EXAMPLE)
def get_profile() -> dict[str, Any]:
    """The account that is asking."""
    return user_shape(get_own_user(current_actor()))


@blueprint.route("/profile/", methods=["PUT"])
@token_required
@blueprint.operation("Update user profile")
@blueprint.takes(ProfileBody, example=PROFILE_BODY_EXAMPLE, required=False)
@blueprint.answers(200, UserAnswer, example=USER_EXAMPLE)
def replace_profile(body: dict[str, Any]) -> dict[str, Any]:
    """Changes name and phone number. What is left out stays as it is; everything else in the body is ignored."""
    return user_shape(profiles.update_profile(actor=current_actor(), changes=body, now=clock.now()))


@blueprint.route("/profile/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update user profile")
@blueprint.takes(ProfileBody(partial=True), example={"phone_number": "+233241234567"}, required=False)
@blueprint.answers(200, UserAnswer, example=USER_EXAMPLE)
def change_profile(body: dict[str, Any]) -> dict[str, Any]:
    """Changes of name and phone number what is sent; everything else in the body is ignored."""
    return user_shape(profiles.update_profile(actor=current_actor(), changes=body, now=clock.now()))


@blueprint.route("/change-password/", methods=["POST"])
@token_required
@blueprint.operation("Change password", refuses={400: "Current password is incorrect"})
@blueprint.takes(PasswordBody, example=PASSWORD_BODY_EXAMPLE)
@blueprint.answers(200, PasswordAnswer, example=PASSWORD_EXAMPLE)
def change_password(body: dict[str, Any]) -> dict[str, str]:
    """Sets a new password. Every session of the account ends and all its tokens with it; the one that asks goes on with
    the new pair of tokens that this answers and sets as cookies.
    """
    actor = current_actor()
    count_for_account(actor.email, OLD_PASSWORD)
    password_changes.change_password(actor=actor, **body, now=clock.now())
    _, pair = _open_session(actor.email, body["new_password"], needs_verified=False)
    return {"message": "Password changed successfully", **pair_shape(pair)}


def _open_session(email: str, password: str, *, needs_verified: bool = True) -> tuple[User, TokenPair]:
    signed_in = sign_in(
        login=email,
        password=password,
        surface="api",
        address=request.remote_addr or "",
        device=request.user_agent.string,
        lasts=REFRESH_LASTS,
        needs_verified=needs_verified,
        now=clock.now(),
    )
    pair = make_tokens(signed_in.user, signed_in.token)
    _give_cookies(pair)
    return signed_in.user, pair


def _give_cookies(pair: TokenPair) -> None:
    if is_foreign_page():
        # A stranger's page could otherwise sign a browser in to the stranger's account.
        return

    @after_this_request
    def give(response: Response) -> Response:
        set_token_cookies(response, pair)
        return response


def _take_cookies_away() -> None:
    @after_this_request
    def take(response: Response) -> Response:
        clear_token_cookies(response)
        return response
