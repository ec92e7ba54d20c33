"""Who is asking on the JSON surfaces: JWTs that name a session row, in the Authorization header or in cookies.

A token is good as long as it has not expired and its session is open: revoking the row ends all tokens of it at once.
The cookie of the pages counts for nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import flask_jwt_extended as jwt
from flask import Flask, Response, current_app, g, request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from easyticket.core import clock
from easyticket.core.errors import Unauthenticated
from easyticket.core.signing import derived_key
from easyticket.models import User, UserSession
from easyticket.queries.users import find_session
from easyticket.services.sessions import BY_TOKENS

# How long tokens are good (the API contract).
ACCESS_LASTS = timedelta(minutes=5)
REFRESH_LASTS = BY_TOKENS
ACCESS_COOKIE = "access_token"
REFRESH_COOKIE = "refresh_token"
_SESSION = "session"


class BadToken(Unauthenticated):
    """A token was sent and is not good: front ends renew it when they see the code."""

    code = "token_not_valid"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What somebody who signed in gets: `access` proves who it is, `refresh` gets a new pair."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request: the session its token names, that session's own token, and whether a cookie brought it."""

    session: UserSession
    session_token: str
    by_cookie: bool


def init_tokens(app: Flask) -> None:
    """Set up how tokens are made and read."""
    settings = app.config["SETTINGS"]
    app.config.update(
        JWT_SECRET_KEY=derived_key(settings.secret_key, "api-tokens"),
        JWT_ALGORITHM="HS256",
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LASTS,
        JWT_REFRESH_TOKEN_EXPIRES=REFRESH_LASTS,
        JWT_ENCODE_ISSUER=settings.public_url,
        JWT_DECODE_ISSUER=settings.public_url,
    )
    jwt.JWTManager(app)


def make_tokens(
    user: User,
    session_token: str,
    *,
    access_lasts: timedelta = ACCESS_LASTS,
    refresh_lasts: timedelta = REFRESH_LASTS,
) -> TokenPair:
    """Return a new pair for the session that `session_token` stands for; none outlives the session itself."""
    claims = {_SESSION: session_token}
    identity = str(user.uuid)
    return TokenPair(
        access=jwt.create_access_token(identity, expires_delta=access_lasts, additional_claims=claims),
        refresh=jwt.create_refresh_token(identity, expires_delta=refresh_lasts, additional_claims=claims),
    )


def set_token_cookies(response: Response, pair: TokenPair) -> None:
    """Give the browser both tokens in cookies no script can read."""
    for name, value, lasts in (
        (ACCESS_COOKIE, pair.access, ACCESS_LASTS),
        (REFRESH_COOKIE, pair.refresh, REFRESH_LASTS),
    ):
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].is_secure,
        )


def clear_token_cookies(response: Response) -> None:
    """Take both cookies away."""
    for name in (ACCESS_COOKIE, REFRESH_COOKIE):
        response.set_cookie(
            name,
            "",
            max_age=0,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].is_secure,
        )


def find_caller() -> Caller | None:
    """Return who sent this request, or None if nobody says. The header decides where both it and a cookie are sent.

    :raises BadToken: the token is expired, not ours, of another kind, or its session has ended.
    """
    if "caller" not in g:
        g.caller = _read_caller()
    found: Caller | None = g.caller
    return found


def current_caller() -> Caller:
    """Return who sent this request, where the route asks for a token.

    :raises Unauthenticated: nobody says.
    """
    caller = find_caller()
    if caller is None:
        raise Unauthenticated("Authentication credentials were not provided.")
    return caller


def find_token(encoded: str, kind: str) -> tuple[UserSession, str] | None:
    """Return what `read_token` does, or None for a token that is not good."""
    try:
        return read_token(encoded, kind)
    except BadToken:
        return None


def read_token(encoded: str, kind: str) -> tuple[UserSession, str]:
    """Return the open session that a token of this kind (`access`, `refresh`) names, and that session's own token.

    :raises BadToken: as `find_caller`.
    """
    try:
        claims = jwt.decode_token(encoded)
    except (PyJWTError, JWTExtendedException, ValueError, KeyError, RecursionError):
        raise BadToken("Token is invalid") from None
    if claims.get("type") != kind:
        raise BadToken("Token has wrong type")
    session_token = str(claims.get(_SESSION, ""))
    session = find_session(session_token, clock.now())
    if session is None:
        raise BadToken("Token is blacklisted")
    return session, session_token


def bearer_token() -> str | None:
    """Return the token of the Authorization header, or None without one; other schemes are nobody's business here."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    return encoded.strip() if scheme.lower() == "bearer" else None


def _read_caller() -> Caller | None:
    encoded = bearer_token()
    by_cookie = encoded is None
    if encoded is None:
        encoded = request.cookies.get(ACCESS_COOKIE) or None
    if encoded is None:
        return None
    found = find_token(encoded, "access")
    if found is None:
        raise BadToken("Given token not valid for any token type")
    return Caller(*found, by_cookie)
