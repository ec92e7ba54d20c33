"""The one place that speaks HTTP with Paystack: it knows the envelope of every answer, and what an answer may not tell.

What is not known to have happened raises `ProviderDown`. Key, e-mail and account numbers never reach a log or a message.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from config import Settings
from easyticket.core.errors import ProviderDown

API_URL = "https://api.paystack.co"
CHECKOUT_ORIGIN = "https://checkout.paystack.com"
LIVE_KEY = "sk_live_"
# Seconds until an answer counts as lost, and until a connection does.
PATIENCE, CONNECT_PATIENCE = 20.0, 5.0
_PER_PAGE, _MOST_PAGES = 100, 1000
_LONGEST_MESSAGE = 200
_PRIVATE = re.compile(r"\S+@\S+|\+?\d{6,}|\b[sp]k_\w+")
# Too many requests and time-outs tell nothing about what was asked; nor does a conflict with a request under way.
_UNDECIDED = (408, 409, 425, 429)

# For whoever waits; the log knows more.
NO_ANSWER = "The payment provider does not answer at the moment. Nothing is lost: try again shortly."

log = logging.getLogger(__name__)
# httpx writes whole addresses at INFO, and account numbers stand in some of ours.
logging.getLogger("httpx").setLevel(logging.WARNING)


class KeyRefused(ProviderDown):
    """Paystack answers and does not take our key, so it tells nothing about what was asked."""

    code = "key_refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no: nothing was begun. `message` is Paystack's sentence without anything private."""

    status: int
    message: str
    code: str = ""

    def says(self, *words: str) -> bool:
        """Tell whether all of `words` stand in its sentence or its code, whatever the capitals."""
        said = f"{self.message} {self.code.replace('_', ' ')}".lower()
        return all(word in said for word in words)

    @property
    def is_unknown(self) -> bool:
        """True where Paystack has nothing of that name."""
        return self.status == 404 or self.says("not found")

    @property
    def is_short_of_money(self) -> bool:
        """True where too little money lies at Paystack."""
        short = any(self.says(word) for word in ("not enough", "insufficient", "too low"))
        return short and (self.says("balance") or self.says("fund"))


class PaystackClient:
    """Asks Paystack, or the stand-in that the settings name. `patience` is in seconds."""

    def __init__(self, secret_key: str, api_url: str = "", *, patience: float = PATIENCE) -> None:
        self.is_live = secret_key.startswith(LIVE_KEY)
        self._url = api_url or API_URL
        self._headers = {"Authorization": f"Bearer {secret_key}", "Accept": "application/json"}
        self._timeout = httpx.Timeout(patience, connect=min(patience, CONNECT_PATIENCE))

    @classmethod
    def of(cls, settings: Settings, *, patience: float = PATIENCE) -> PaystackClient:
        """Return the client for the account that is configured."""
        return cls(settings.paystack_secret_key, settings.paystack_api_url, patience=patience)

    def get(self, path: str, **params: str | int) -> dict[str, Any] | Refusal:
        """Return the object that `path` names, or why there is none.

        :raises ProviderDown: nothing is known.
        """
        return self._object("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """Return the object that was made, or why it was not.

        :raises ProviderDown: it is not known whether it was made.
        """
        return self._object("POST", path, body=body)

    def list_all(self, path: str, **params: str | int) -> Iterator[dict[str, Any]]:
        """Go through the objects of all pages; one that moves to a later page meanwhile comes once.

        :raises ProviderDown: nothing is known, or not all.
        """
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            asked = {**params, "perPage": _PER_PAGE, "page": page}
            envelope = self._ask("GET", path, params=asked)
            if isinstance(envelope, Refusal):
                raise not_told(envelope)
            items = _objects(envelope.get("data"))
            new = [item for item in items if str(item["id"]) not in seen]
            yield from new
            seen.update(str(item["id"]) for item in new)
            count = _page_count(envelope.get("meta"))
            # A page of what moved down to it is the last only where nobody tells how many there are.
            if not items or (not new if count is None else page >= count):
                return
        log.error("a list of Paystack's does not end: %s", path)
        raise ProviderDown(NO_ANSWER)

    def ask_plainly(self, path: str) -> Refusal | None:
        """Ask for something whose answer does not matter; return only a refusal.

        :raises ProviderDown: nothing is known.
        """
        envelope = self._ask("GET", path)
        return envelope if isinstance(envelope, Refusal) else None

    def _object(self, method: str, path: str, **asked: Any) -> dict[str, Any] | Refusal:
        envelope = self._ask(method, path, **asked)
        if isinstance(envelope, Refusal):
            return envelope
        data = envelope.get("data")
        if not isinstance(data, dict):
            raise malformed()
        return data

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any] | Refusal:
        try:
            with httpx.Client(
                base_url=self._url, headers=self._headers, timeout=self._timeout, verify=_trusted()
            ) as client:
                answer = client.request(method, path, params=params or None, json=body)
        except httpx.HTTPError as error:
            log.warning("Paystack does not answer: %s", type(error).__name__)
            raise ProviderDown(NO_ANSWER) from None
        return _read(answer)


def checkout_origin(settings: Settings) -> str:
    """Return the origin of the page where payers pay: Paystack's own, or the stand-in's."""
    if not settings.paystack_api_url:
        return CHECKOUT_ORIGIN
    parts = urlsplit(settings.paystack_api_url)
    return f"{parts.scheme}://{parts.netloc}"


def malformed() -> ProviderDown:
    """Return the error for an answer that nobody can read: what was asked may have happened."""
    log.error("Paystack's answer cannot be read")
    return ProviderDown(NO_ANSWER)


def not_told(refusal: Refusal) -> ProviderDown:
    """Return the error for a refusal that is no answer to what was asked."""
    log.error("Paystack does not tell: %s", refusal.message)
    return ProviderDown(NO_ANSWER)


def public_text(text: Any) -> str:
    """Return a sentence of Paystack's that may be written down."""
    said = text if isinstance(text, str) else ""
    plain = "".join(sign if sign.isprintable() else " " for sign in said)
    return _PRIVATE.sub("***", plain).strip()[:_LONGEST_MESSAGE]


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return what certificates are checked with; reading all of them takes longer than asking."""
    return httpx.create_ssl_context()


def _read(answer: httpx.Response) -> dict[str, Any] | Refusal:
    if answer.status_code in _UNDECIDED or answer.status_code >= 500:
        log.warning("Paystack cannot answer: status %s", answer.status_code)
        raise ProviderDown(NO_ANSWER)
    try:
        envelope = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise malformed() from None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("status"), bool):
        raise malformed()
    if answer.is_success and envelope["status"]:
        return envelope
    if envelope["status"] or not (answer.is_success or answer.is_client_error):
        raise malformed()
    message, code = public_text(envelope.get("message")), public_text(envelope.get("code"))
    refusal = Refusal(answer.status_code, message, code)
    if answer.status_code == 401 or refusal.says("invalid key"):
        log.error("Paystack does not take PAYSTACK_SECRET_KEY: %s", message)
        raise KeyRefused(NO_ANSWER)
    return refusal


def _objects(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list) or not all(isinstance(item, dict) and "id" in item for item in data):
        raise malformed()
    return data


def _page_count(meta: Any) -> int | None:
    """Return how many pages there are, None where that is not told."""
    count = meta.get("pageCount") if isinstance(meta, dict) else None
    return count if isinstance(count, int) else None
