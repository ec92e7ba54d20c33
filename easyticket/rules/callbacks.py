"""Where a payer may be sent back to after paying: the places a client may name, and nothing a stranger could put there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from easyticket.core.errors import Invalid

# The app of the Cafa Tickets API opens itself at this address on a phone.
APP_LINK = "cafatickets://payment-result"
_APP_SCHEME = urlsplit(APP_LINK).scheme
_LONGEST = 2000
# No user's name before the host, and no sign that would end a source in a policy.
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
# Stands for the payment's reference until the payment has one.
REFERENCE = "{reference}"
# What providers call it: a front end written for one of them reads either.
_REFERENCE_NAMES = ("reference", "trxref")


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Where this site lets payers return to: our own address for the app, https `hosts`, and `origins` as they are written."""

    own: str
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def check_callback(address: str, allowed: Callbacks) -> str:
    """Return an address a client named, without surrounding space.

    :raises Invalid: payers may not be sent there (code `invalid_callback_url`).
    """
    address = address.strip()
    if not is_callback_allowed(address, allowed):
        sentence = "Payers cannot be sent back to this callback_url."
        code = "invalid_callback_url"
        # Clients of this surface look for the code where other refusals have their sentence.
        raise Invalid(sentence, code=code, fields={"callback_url": [sentence]}, context={"error": code})
    return address


def is_callback_allowed(address: str, allowed: Callbacks) -> bool:
    """Tell whether a payer may be sent to `address`; one that browsers could read in another way is not."""
    parts = _split(address)
    if parts is None:
        return False
    if parts.scheme == _APP_SCHEME:
        return _place(parts) == APP_LINK
    if _place(parts) == allowed.own.rstrip("/"):
        return True
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    if origin in {_origin_of(each) for each in allowed.origins}:
        return True
    return parts.scheme == "https" and parts.netloc.lower().removesuffix(":443") in allowed.hosts


def opens_app(address: str) -> bool:
    """Tell whether an allowed address opens the app itself, which only a phone with the app can follow."""
    parts = _split(address)
    return parts is not None and parts.scheme == _APP_SCHEME


def with_reference(address: str) -> str:
    """Return the address with the payment's reference as providers add it; `{reference}` stands for it until it is known."""
    parts = urlsplit(address)
    kept = [pair for pair in parts.query.split("&") if pair and pair.split("=")[0] not in _REFERENCE_NAMES]
    told = [f"{name}={REFERENCE}" for name in _REFERENCE_NAMES]
    return parts._replace(query="&".join([*kept, *told])).geturl()


def app_link(reference: str = "", **more: str) -> str:
    """Return the address that opens the app with what became of a payment."""
    told = {"reference": reference, **more} if reference else more
    return f"{APP_LINK}?{urlencode(told, quote_via=quote, safe='')}"


def form_targets(return_url: str, own_callback: str) -> tuple[str, ...]:
    """Return the sources a payment page's policy has to allow so that its form may lead back to `return_url`.

    Browsers hold the policy against every redirect on the way, and our own callback goes on to the app.
    """
    parts = _split(return_url)
    if parts is None:
        return ()
    if parts.scheme not in ("http", "https"):
        return (f"{parts.scheme}:",)
    origin = f"{parts.scheme}://{parts.netloc}"
    return (origin, f"{_APP_SCHEME}:") if _place(parts) == own_callback.rstrip("/") else (origin,)


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address that everybody reads in the same way, else None."""
    if not 0 < len(address) <= _LONGEST or not address.isascii() or not address.isprintable():
        return None
    if any(sign in address for sign in ' \\"<>^`|'):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    is_whole = bool(parts.scheme and parts.hostname) and _HOST.fullmatch(parts.netloc) is not None
    return parts if is_whole else None


def _place(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"
