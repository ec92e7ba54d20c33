"""Rate limits of the JSON surfaces: per account or address and hour, said in three headers of every answer.

Counted in Redis where there is one, so that all processes count together; while it does not answer, in this process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from easyticket.core import clock
from easyticket.core.errors import Invalid, TooMany, Unauthenticated
from easyticket.core.signing import digest
from easyticket.http.addresses import client_network, network_of
from easyticket.http.auth import Access, declared_access
from easyticket.http.tokens import find_caller
from easyticket.models import User
from easyticket.queries.users import find_user_by_login, list_known_addresses
from easyticket.rules.people import normal_email

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "easyticket_rate"
_EXTENSION = "easyticket-api-limits"
PREFIX = "/api/"
_V1 = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so much time (`5 per hour`), counted together in one scope."""

    text: str
    scope: str
    by_address: bool = False

    @property
    def item(self) -> RateLimitItem:
        """The rate as the library counts it."""
        return parse(self.text)


# The numbers are the API contract's.
SIGNED_IN = Rate("1000 per hour", "api")
ANONYMOUS = Rate("100 per hour", "api")
# The pages of a front end may be made by its server, which then asks for all of its visitors from one address (the API
# contract: "one client's server may stand for many people").
ANONYMOUS_V1 = Rate("3000 per hour", "api-v1")
SIGN_IN = Rate("5 per hour", "sign-in", by_address=True)
# Clients of the second surface sign people in from their server: one address stands for many of them.
SIGN_IN_V1 = Rate("1000 per hour", "sign-in-v1", by_address=True)
PAYMENT = Rate("10 per hour", "payment")
# One account may stand for every phone at a large door: this many scans are more than people can walk through.
GATE = Rate("20000 per hour", "gate")
# A password is tried this often for one account from wherever nobody has signed in to it, and as often from each network
# where somebody has: strangers do not lock its owner out.
PER_ACCOUNT = Rate("50 per hour", "account")
# Requests that bring pictures, by account: each takes a processor for a second and more.
PICTURES = Rate("60 per hour", "pictures")
OLD_PASSWORD = Rate("20 per hour", "old-password")
NEW_ACCOUNT = Rate("20 per hour", "new-account")
# So many mails with a link does one address get, whoever asks for them.
MAILS = Rate("5 per hour", "mails")
# Messages with one e-mail address; and all that come from one network address, which may be a front end's server.
CONTACT = Rate("5 per hour", "contact")
FORMS = Rate("300 per hour", "forms", by_address=True)


class _Counter:
    """Counts in the shared store, and in this process while that is away."""

    def __init__(self, address: str) -> None:
        self._shared = FixedWindowRateLimiter(storage_from_string(address, wrap_exceptions=True))
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def hit(self, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        """Count one request; return whether it is within the limit, how many are left, and when it begins anew (epoch)."""
        try:
            return self._hit(self._shared, item, *key)
        except StorageError:
            return self._hit(self._own, item, *key)

    @staticmethod
    def _hit(strategy: FixedWindowRateLimiter, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        is_within = strategy.hit(item, *key)
        window = strategy.get_window_stats(item, *key)
        return is_within, window.remaining, int(window.reset_time)


def limited(rate: Rate) -> Callable[[View], View]:
    """Count the requests to a view by its own rate instead of the general one."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, rate)
        return view

    return declare


def init_api_limits(app: Flask) -> None:
    """Count every request to a JSON surface before anything else looks at it, and say in the answer what is left."""
    settings = app.config["SETTINGS"]
    if not settings.ratelimit_enabled:
        return
    app.extensions[_EXTENSION] = _Counter(settings.redis_url or "memory://")
    app.before_request(_count_request)
    app.after_request(_add_headers)


def count_for_account(name: str, rate: Rate) -> None:
    """Count what `rate` limits for one account, of this name.

    :raises TooMany: too many in this hour.
    """
    _count(rate, _named(name))


def count_sign_in(login: str) -> None:
    """Count a try to sign in to an account, by whichever of its names; where there is none, by the name.

    What is left is not said: one of two names would show that the other was tried, so that both are of one account.

    :raises TooMany: too many in this hour.
    """
    user = find_user_by_login(login)
    _count(PER_ACCOUNT, _named(login) if user is None else _place_at(user), is_told=False)


def count_mail_to(email: str) -> None:
    """Count a mail with a link to an address, however it is written.

    :raises TooMany: too many in this hour.
    """
    with contextlib.suppress(Invalid):  # nothing is mailed to what is none: it is counted as it was typed
        email = normal_email(email)
    count_for_account(email, MAILS)


def _place_at(user: User) -> str:
    network = client_network()
    is_known = network in map(network_of, list_known_addresses(user))
    return f"user:{user.id}:{network}" if is_known else f"user:{user.id}"


def count_pictures(uploads: Iterable[object]) -> None:
    """Count this request of its caller if any picture came with it.

    :raises TooMany: too many in this hour.
    """
    if any(uploads):
        _count(PICTURES, _key())


def _count_request() -> None:
    if not request.path.startswith(PREFIX) or request.method == "OPTIONS":
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and declared_access(view) is Access.SIGNATURE:
        return
    key = _key()
    anonymous = ANONYMOUS_V1 if request.path.startswith(_V1) else ANONYMOUS
    rate: Rate = getattr(view, _ATTRIBUTE, SIGNED_IN if key.startswith("user:") else anonymous)
    _count(rate, _address() if rate.by_address else key)


def _count(rate: Rate, key: str, *, is_told: bool = True) -> None:
    counter: _Counter | None = current_app.extensions.get(_EXTENSION)
    if counter is None:
        return
    is_within, remaining, reset_at = counter.hit(rate.item, rate.scope, key)
    told = g.get("rate")
    if (is_told or not is_within) and (told is None or remaining < told[1]):
        g.rate = (rate.item.amount, remaining, reset_at)
    if not is_within:
        seconds = max(reset_at - int(clock.now().timestamp()), 1)
        message = f"Request was throttled. Expected available in {seconds} seconds."
        raise TooMany(message, retry_after=seconds)


def _named(name: str) -> str:
    return f"account:{digest(name.strip().lower()[:254])}"


def _key() -> str:
    try:
        caller = find_caller()
    except Unauthenticated:
        caller = None
    return f"user:{caller.session.user_id}" if caller else _address()


def _address() -> str:
    return f"address:{client_network()}"


def _add_headers(response: Response) -> Response:
    if "rate" in g:
        amount, remaining, reset_at = g.rate
        response.headers["X-RateLimit-Limit"] = str(amount)
        response.headers["X-RateLimit-Remaining"] = str(remaining)
        response.headers["X-RateLimit-Reset"] = str(reset_at)
    return response
