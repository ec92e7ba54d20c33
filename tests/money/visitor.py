"""Somebody at a browser or a program on its way through the site, and every secret that passed through their hands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

# Members of JSON that are keys to something.
_TOLD = re.compile(r"access|refresh|token|secret|qr_code|authorization_url|payment_url|purchase_id|ticket_id")
KEYS = re.compile(r"[0-9a-f]{32,}|(?:ET|PUR)-[0-9A-Z]{20,}|[A-Za-z0-9_-]{40,}")


@dataclass
class Seen:
    """Every secret by its value, and what it is."""

    values: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, *values: str | None) -> None:
        """Remember values; what is too short to be a secret is not one."""
        self.values |= {value: what for value in values if value and len(value) >= 6}


class Visitor:
    """A browser or a program, with the cookies it was given."""

    def __init__(self, site: str, seen: Seen) -> None:
        self.seen = seen
        self.page = ""
        self.http = httpx.Client(
            base_url=site,
            timeout=60,
            trust_env=False,
            event_hooks={"request": [self._sent], "response": [self._got]},
        )

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for an address."""
        answer = self.http.get(path, **options)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            self.page = answer.text
        return answer

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send the form of the page that is shown."""
        (token, *_) = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', self.page)
        self.seen.add("a form's token", unescape(token))
        answer = self.http.post(path, data={"csrf_token": unescape(token), **fields})
        if answer.status_code < 300:
            self.page = answer.text
        return answer

    def ask(self, path: str, body: Any = None, **options: Any) -> Any:
        """Send JSON and return the answer's."""
        answer = self.http.post(path, json=body if body is not None else {}, **options)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    def _sent(self, request: httpx.Request) -> None:
        self.seen.add("the Authorization header", request.headers.get("Authorization", "").partition(" ")[2])
        for cookie in request.headers.get("Cookie", "").split("; "):
            self.seen.add("a cookie", cookie.partition("=")[2])

    def _got(self, response: httpx.Response) -> None:
        response.read()
        for cookie in response.headers.get_list("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            if name != "gate_name":
                self.seen.add(f"the cookie {name}", value)
        for address in (str(response.url), response.headers.get("Location", "")):
            self.seen.add("a key in an address", *KEYS.findall(address))
        if response.headers.get("Content-Type", "").startswith("application/json"):
            for name, value in _members(json.loads(response.content)):
                self.seen.add(f"the answer's {name}", *KEYS.findall(value))
                if _TOLD.search(name):
                    self.seen.add(f"the answer's {name}", value)


def _members(thing: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from _members(value, key)
    elif isinstance(thing, list):
        for value in thing:
            yield from _members(value, name)
    elif isinstance(thing, str):
        yield name, thing
