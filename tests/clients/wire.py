"""What both public clients of the Cafa Tickets API have in common on the wire: JSON or a fault, and tokens kept fresh."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import httpx

# Both renew the access token so many seconds before it runs out.
EARLY = 120
BASE = "/api/v1"
# A file of a form: the part's name, then file name, content and type.
Part = tuple[str, tuple[str, bytes, str]]


class ServerFault(Exception):
    """The server answered something the clients cannot read; to their users that is "server error"."""


class Client(ABC):
    """A client with its own way to keep tokens. `ahead` moves its clock (seconds), so that no test waits."""

    #: Sent with every call.
    headers: dict[str, str] = {}

    def __init__(self, http: httpx.Client) -> None:
        self.http, self.server = http, str(http.base_url).rstrip("/")
        self.ahead = 0.0
        self.renewals = 0

    @property
    @abstractmethod
    def access(self) -> str:
        """The access token kept, or "" without one."""

    @property
    @abstractmethod
    def refresh(self) -> str:
        """The refresh token kept, or "" without one."""

    @abstractmethod
    def keep(self, access: str, refresh: str = "") -> None:
        """Keep new tokens; without `refresh` the one before stays."""

    @abstractmethod
    def forget(self) -> None:
        """Drop both tokens."""

    @abstractmethod
    def expires_at(self, token: str) -> float:
        """Return when a token runs out (seconds since 1970), as this client reads it."""

    @abstractmethod
    def note_renewal(self, answer: httpx.Response) -> None:
        """Keep what a renewal gave, or act on its refusal."""

    def now(self) -> float:
        """Return the time of the client's clock."""
        return time.time() + self.ahead

    def call(self, method: str, path: str, *, as_nobody: bool = False, **options: Any) -> httpx.Response:
        """Send one request as this client does: renew tokens that run out soon, and on 401 renew once and repeat.

        :raises ServerFault: the answer is neither JSON nor empty.
        """
        if as_nobody:
            return self._send(method, path, options, {})
        if self.refresh and (not self.access or self.expires_at(self.access) - self.now() < EARLY):
            self.renew()
        answer = self._send(method, path, options, self._authorization())
        if answer.status_code == 401 and self.refresh:
            self.renew()
            answer = self._send(method, path, options, self._authorization())
        return answer

    def get(self, path: str, **options: Any) -> Any:
        """Return what is read from a path that answers 200."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def done(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Return what a request that must succeed with this status answers; None for an empty body."""
        answer = self.call(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def renew(self) -> None:
        """Get a new access token for the refresh token."""
        self.renewals += 1
        body = {"json": {"refresh": self.refresh}}
        self.note_renewal(self._send("POST", "/auth/jwt/refresh/", body, {}))

    def download(self, path: str) -> httpx.Response:
        """Fetch a file with the token of who is signed in."""
        return self.http.get(f"{BASE}{path}", headers=self.headers | self._authorization())

    def _send(
        self, method: str, path: str, options: dict[str, Any], authorization: dict[str, str]
    ) -> httpx.Response:
        headers = self.headers | authorization
        return _readable(self.http.request(method, f"{BASE}{path}", headers=headers, **options))

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"} if self.access else {}


def _readable(answer: httpx.Response) -> httpx.Response:
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    if answer.content and not is_json:
        raise ServerFault(f"{answer.status_code} {answer.headers.get('Content-Type')}: {answer.text[:200]}")
    if answer.status_code >= 400:
        assert is_readable_refusal(answer), answer.text
    return answer


def is_readable_refusal(answer: httpx.Response) -> bool:
    """Tell whether no form of the clients breaks on a refusal: the texts are there, and `details` has no hole."""
    body = answer.json()
    details = body.get("details")
    texts = [text for listed in (details or {}).values() for text in listed]
    return (
        bool(body["error"] and body["message"])
        and body["status_code"] == answer.status_code
        and (
            details is None or (bool(texts) and all(isinstance(listed, list) for listed in details.values()))
        )
        and all(isinstance(text, str) for text in texts)
    )


def form_data(fields: dict[str, str], files: Sequence[Part] = ()) -> dict[str, Any]:
    """Return the options that send a form as these clients do: always multipart, texts and files as parts."""
    return {"files": [*((name, (None, value)) for name, value in fields.items()), *files]}


def first_of(body: dict[str, Any], *names: str) -> str:
    """Return the first of `names` that says something in an error's body, lists by their first entry."""
    for name in names:
        value = body.get(name)
        if value:
            return str(value[0] if isinstance(value, list) else value)
    return ""


def first_detail(body: dict[str, Any], *names: str) -> str:
    """Return what the forms show that test `if (data.details)`: the first of `names`, else its first value at all.

    An empty object counts as true in their language, and its first value is then shown as "undefined".
    """
    details = body.get("details")
    if details is None:
        return ""
    told = first_of(details, *names)
    if told:
        return told
    values = list(details.values())
    return "undefined" if not values else str(values[0][0] if isinstance(values[0], list) else values[0])


def has(item: Any, names: str) -> bool:
    """Tell whether every key that a client reads is there; raises with the missing ones, so that a failure names them."""
    missing = set(names.split()) - set(item)
    assert not missing, f"a client reads {sorted(missing)} of {item}"
    return True
