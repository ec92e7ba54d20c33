"""Stands in for the mobile client: an app that keeps its tokens on the phone and opens the payment in the system browser."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.clients.wire import Client, first_detail, first_of

# Verify is asked every 3 seconds for 45 seconds while it says "pending".
POLLS = 15
APP_LINK = "cafatickets://payment-result"
# What the app's form makes of a recurrence: a value of its language where a text was meant.
USELESS_TEXT = "[object Object]"


class MobileClient(Client):
    """Reads tokens with plain base64, takes a new refresh token if one is given, and stays signed in through faults."""

    headers = {"User-Agent": "okhttp/4.12.0", "Accept": "application/json, text/plain, */*"}

    def __init__(self, http: httpx.Client) -> None:
        super().__init__(http)
        self.store: dict[str, str] = {}

    @property
    def access(self) -> str:
        return self.store.get("access", "")

    @property
    def refresh(self) -> str:
        return self.store.get("refresh", "")

    def keep(self, access: str, refresh: str = "") -> None:
        self.store |= {"access": access} | ({"refresh": refresh} if refresh else {})

    def forget(self) -> None:
        self.store.clear()

    def expires_at(self, token: str) -> float:
        _head, payload, _signature = token.split(".")
        # Not the alphabet of JWTs: a payload with anything but plain ASCII would be unreadable.
        read = json.loads(b64decode(payload + "=" * (-len(payload) % 4), validate=True))
        assert isinstance(read["exp"], int), read
        return float(read["exp"])

    def note_renewal(self, answer: httpx.Response) -> None:
        if answer.status_code == 200:
            told = answer.json()
            self.keep(told["access"], told.get("refresh", ""))
        elif answer.status_code in (401, 403):
            self.forget()

    def sign_up(self, username: str, email: str, password: str) -> httpx.Response:
        """Send the sign-up form: the full name is the username, the second password has a name of its own."""
        body = {
            "username": username,
            "email": email,
            "password": password,
            "password_confirm": password,
            "full_name": username,
        }
        return self.call("POST", "/auth/users/", json=body, as_nobody=True)

    def log_in(self, email_or_username: str, password: str) -> dict[str, Any] | str:
        """Return the user after signing in, or what the form shows."""
        body = {"email": email_or_username, "password": password}
        answer = self.call("POST", "/auth/login/", json=body, as_nobody=True)
        if answer.status_code != 200:
            return first_of(answer.json(), "message", "error", "detail")
        told = answer.json()
        self.keep(told["tokens"]["access"], told["tokens"]["refresh"])
        user: dict[str, Any] = told["user"]
        return user

    def all_pages(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return all rows of a list: pages go on as long as `next` is not null."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            told = self.get(path, params={"page": str(page), **query})
            assert told["total_pages"] is not None, "the app would count ten rows to a page"
            rows += told["results"]
            if told["next"] is None:
                return rows
            page += 1

    def verify(self, reference: str) -> dict[str, Any] | str:
        """Return what the result screen shows: asked again while pending, a refusal's message as it is."""
        for _ in range(POLLS):
            answer = self.call("GET", f"/payments/verify/{reference}/")
            told: dict[str, Any] = answer.json()
            if 400 <= answer.status_code < 500:
                return first_of(told, "message")
            if told["status"] in ("completed", "success"):
                return told
            if told["status"] != "pending":
                return first_of(told, "message")
        return "pending"

    def opened_link(self, address: str) -> dict[str, str]:
        """Return what the app reads from the link that brought the payer back to it."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == APP_LINK, address
        return {name: values[0] for name, values in parse_qs(parts.query).items()}

    def picture(self, value: str | None) -> str | None:
        """Return the address a picture is loaded from: relative ones stand at the API's host."""
        return f"{self.server}{value}" if value and value.startswith("/") else value


def said_by_sign_up(answer: httpx.Response) -> str:
    """Return what the sign-up form shows."""
    body = answer.json()
    return (
        first_detail(body, "password", "username", "email")
        if body.get("details")
        else first_of(body, "message")
    )


def said_by_contact(answer: httpx.Response) -> str:
    """Return what the contact form shows."""
    body = answer.json()
    return first_detail(body) or first_of(body, "message")


def said_by_purchase(answer: httpx.Response) -> str:
    """Return what the ticket screen shows when a purchase cannot begin."""
    return first_of(answer.json(), "error", "message")


def said_by_screen(answer: httpx.Response) -> str:
    """Return what most screens show."""
    return first_of(answer.json(), "message", "error", "detail")
