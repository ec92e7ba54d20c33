"""Who is asking. Every route declares its authentication with one of the decorators here; a route without one does not start.

`current_actor()` is the only way a surface learns about the person: by the session cookie on the pages, by a token on
the JSON surfaces. What that person may do is decided by rules/permissions.py inside services and queries.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from easyticket.core.errors import Forbidden, Unauthenticated
from easyticket.http.origins import refuse_foreign_origin
from easyticket.http.tokens import bearer_token, find_caller
from easyticket.models import User
from easyticket.rules.permissions import ANONYMOUS, Actor

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "easyticket_access"

login_manager = LoginManager()


class Access(enum.StrEnum):
    """What a route asks of the person before its view runs."""

    PUBLIC = "public"
    ORDER_SECRET = "order_secret"  # noqa: S105 (the 128-bit secret is in the path and is checked by the query)
    TICKET_SECRET = "ticket_secret"  # noqa: S105 (the same of one ticket that was sent on)
    SIGNED_IN = "signed_in"
    ORGANIZER = "organizer"
    STAFF = "staff"
    SIGNATURE = "signature"
    DEVELOPMENT = "development"
    # The JSON surfaces: a token is needed; one is read if it is there; whatever is sent is left alone.
    TOKEN = "token"  # noqa: S105 (a kind of access)
    TOKEN_OPTIONAL = "token_optional"  # noqa: S105
    TOKEN_IGNORED = "token_ignored"  # noqa: S105


_BY_TOKEN = (Access.TOKEN, Access.TOKEN_OPTIONAL)


def access(kind: Access) -> Callable[[View], View]:
    """Declare the authentication of a route (put it under the route decorator)."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, kind)
        return view

    return declare


public = access(Access.PUBLIC)
by_order_secret = access(Access.ORDER_SECRET)
by_ticket_secret = access(Access.TICKET_SECRET)
signed_in = access(Access.SIGNED_IN)
organizer_only = access(Access.ORGANIZER)
staff_only = access(Access.STAFF)
by_signature = access(Access.SIGNATURE)
development_only = access(Access.DEVELOPMENT)
token_required = access(Access.TOKEN)
token_optional = access(Access.TOKEN_OPTIONAL)
token_ignored = access(Access.TOKEN_IGNORED)


def declared_access(view: Callable[..., Any]) -> Access | None:
    """Return what a view declared, or None for one that forgot to."""
    return getattr(view, _ATTRIBUTE, None)


def current_actor() -> Actor:
    """Return who is asking, with the rights that rules/permissions.py decides by."""
    if "actor" not in g:
        g.actor = _actor_by_session()
    actor: Actor = g.actor
    return actor


def forget_actor() -> None:
    """Drop the remembered actor after somebody signed in or out within this request."""
    g.pop("actor", None)


def _actor_by_session() -> Actor:
    if not current_user.is_authenticated:
        return ANONYMOUS
    staff = current_user.acting_staff
    return replace(_actor_of(current_user), staff_id=staff.id if staff else None)


def _actor_by_token(*, is_needed: bool) -> Actor:
    """Return who the request's token names. A cookie that is no longer good is nobody's where nobody is needed.

    :raises Unauthenticated: nobody, where somebody is needed; or a header with a token that is not good.
    :raises Forbidden: another site's page used the cookie.
    """
    try:
        caller = find_caller()
    except Unauthenticated:
        if is_needed or bearer_token() is not None:
            raise
        caller = None
    if caller is None:
        if is_needed:
            raise Unauthenticated("Authentication credentials were not provided.")
        return ANONYMOUS
    if caller.by_cookie:
        refuse_foreign_origin()
    return _actor_of(caller.session.user)


def _actor_of(user: User) -> Actor:
    return Actor(
        user_id=user.id,
        email=user.email,
        is_staff=user.is_staff,
        is_organizer=user.is_organizer,
        is_email_verified=user.is_email_verified,
    )


def init_auth(app: Flask) -> None:
    """Check before each view what its route declared; `/static/` is the only route of the framework and public."""
    login_manager.init_app(app)
    # After every request it looks into the session for its remember-me cookie, which we have none of. Every answer would
    # vary by cookie for that, pictures and style sheets that anybody may keep among them.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    app.before_request(_check_access)


def _check_access() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    kind = declared_access(current_app.view_functions[request.endpoint])
    if kind is None:
        raise RuntimeError(f"route {request.endpoint} declares no authentication")
    if kind in _BY_TOKEN or kind is Access.TOKEN_IGNORED:
        _check_token(kind)
        return None
    actor = current_actor() if kind in (Access.SIGNED_IN, Access.ORGANIZER, Access.STAFF) else ANONYMOUS
    if kind in (Access.SIGNED_IN, Access.ORGANIZER, Access.STAFF) and actor.user_id is None:
        return ask_to_sign_in()
    if kind is Access.ORGANIZER and not actor.is_organizer:
        raise Forbidden("Only organizers can access this page. You can become one in your profile.")
    if kind is Access.STAFF and not actor.is_staff:
        raise Forbidden("Only the people who run this site can see this page.")
    if kind is Access.DEVELOPMENT and current_app.config["SETTINGS"].is_production:
        raise Forbidden("This page exists in development only.")
    return None


def _check_token(kind: Access) -> None:
    if kind in _BY_TOKEN and request.method != "OPTIONS":
        g.actor = _actor_by_token(is_needed=kind is Access.TOKEN)
    else:
        g.actor = ANONYMOUS


def ask_to_sign_in() -> ResponseReturnValue:
    """Send the person to the sign-in page and, after a GET, back to where they were."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("account.sign_in", next=back)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": target}
    return redirect(target)
