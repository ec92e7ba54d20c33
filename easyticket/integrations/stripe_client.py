"""The client of Stripe's API: its version, its patience, and which of its errors leave the outcome open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

import stripe

from easyticket.core.errors import ProviderDown

log = logging.getLogger(__name__)
Read = TypeVar("Read")

# What our reading of answers was written for. The library sends its own; a test holds that the two are the same.
API_VERSION = "2026-10-28.endive"
# The release of Stripe's script for browsers that goes with it. It is loaded from there only, as Stripe demands.
SCRIPT = f"https://js.stripe.com/{API_VERSION.partition('.')[2]}/stripe.js"
# Seconds one try may take, and how many more there are after a lost connection, a conflict or a fault of Stripe.
TIMEOUT = 15.0
RETRIES = 2
# Answers that say for certain that nothing was done. What they mean depends on what was asked.
REFUSALS = (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)


class KeyRefused(ProviderDown):
    """Stripe answers and does not take our key: until somebody mends the settings, nothing can be known."""


class StoredFault(ProviderDown):
    """Stripe failed at the first request with this idempotency key and will say so again for a day; that one is over."""


@lru_cache(maxsize=8)
def stripe_client(secret_key: str, api_url: str = "", timeout: float = TIMEOUT) -> stripe.StripeClient:
    """Return the client for a key, shared so that connections stay open; `api_url` is another address than Stripe's."""
    _keep_quiet()
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_url} if api_url else {},
        http_client=stripe.RequestsClient(timeout=timeout),
        max_network_retries=RETRIES,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Ask Stripe inside. Its refusals (`REFUSALS`) come through as they are; everything else means "not known".

    :raises ProviderDown: no answer, a broken one, or a fault on its side.
    """
    # Nothing is chained: these errors carry whole answers, with client secrets in them.
    try:
        yield
    except REFUSALS:
        raise
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("Stripe does not take STRIPE_SECRET_KEY for this (status %s)", error.http_status)
        raise KeyRefused("The payment provider cannot be asked at the moment.") from None
    except stripe.StripeError as error:
        log.warning("Stripe: %s, status %s", type(error).__name__, error.http_status)
        is_stored = (error.http_status or 0) >= 500 and was_replayed(error)
        raise (StoredFault if is_stored else ProviderDown)(_NO_ANSWER) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.error("Stripe's answer cannot be read: %s", type(error).__name__)
        raise ProviderDown(_NO_ANSWER) from None


def read_all(
    first_page: Callable[[], stripe.ListObject[Any]], read: Callable[[dict[str, Any]], Read]
) -> tuple[Read, ...]:
    """Return everything on all pages of a list; nothing where Stripe does not know what the list is of."""
    try:
        with asking():
            return tuple(read(thing.to_dict()) for thing in first_page().auto_paging_iter())
    except REFUSALS as error:
        if error.code == "resource_missing":
            return ()
        raise unexpected(error) from None


def unexpected(error: stripe.StripeError) -> ProviderDown:
    """Return what to raise for a refusal that is no answer to what was asked; the log has its code."""
    log.error("Stripe refuses: %s, status %s", error.code, error.http_status)
    return ProviderDown(_NO_ANSWER)


def was_replayed(error: stripe.StripeError) -> bool:
    """Tell whether an error is the answer to an earlier request with the same idempotency key."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return headers.get("idempotent-replayed") == "true"


_NO_ANSWER = "The payment provider does not answer at the moment. Try again shortly."


def _keep_quiet() -> None:
    """Let the library tell nobody about this machine, and log no bodies: they hold client secrets."""
    stripe.enable_telemetry = False
    stripe.log = None
    stripe._util.STRIPE_LOG = None
    logging.getLogger("stripe").setLevel(logging.WARNING)
