"""Stands in for the web client: a server that calls the API for its users, and pages that read what it got."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.clients.wire import Client, first_detail, first_of

INVALID = "The data provided is invalid"
_OVERRIDES = ("title", "ticket_types", "name", "price", "quantity")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A token in an HttpOnly cookie of the web client's own origin, good as long as the token says."""

    value: str
    until: float


class WebClient(Client):
    """Its server sends no Origin and no cookies of ours, so all its users come from one address.

    A renewal changes the access token only: a new refresh token would be ignored, and must not end the old one.
    """

    headers = {"User-Agent": "node", "Accept": "*/*"}

    def __init__(self, http: httpx.Client) -> None:
        super().__init__(http)
        self.cookies: dict[str, Cookie] = {}

    @property
    def access(self) -> str:
        return self._cookie("access")

    @property
    def refresh(self) -> str:
        return self._cookie("refresh")

    def keep(self, access: str, refresh: str = "") -> None:
        self.cookies["access"] = Cookie(access, self.expires_at(access))
        if refresh:
            self.cookies["refresh"] = Cookie(refresh, self.expires_at(refresh))

    def forget(self) -> None:
        self.cookies.clear()

    def expires_at(self, token: str) -> float:
        _head, payload, _signature = token.split(".")
        read = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert isinstance(read["exp"], int), read
        return float(read["exp"])

    def note_renewal(self, answer: httpx.Response) -> None:
        if answer.status_code == 200:
            self.keep(answer.json()["access"])
        else:
            assert answer.json()["detail"], "the web client reads `detail` of a refused renewal"
            self.forget()

    def _cookie(self, name: str) -> str:
        cookie = self.cookies.get(name)
        return cookie.value if cookie and cookie.until > self.now() else ""

    def sign_up(self, username: str, email: str, password: str) -> httpx.Response:
        """Send the sign-up form: three fields, no second password and no full name."""
        body = {"username": username, "email": email, "password": password}
        return self.call("POST", "/auth/users/", json=body, as_nobody=True)

    def activate(self, link: str) -> httpx.Response:
        """Open the link of the mail: the page /activate/{uid}/{token} of the web client sends both."""
        _, page, uid, token = urlsplit(link).path.split("/")
        assert page == "activate", link
        return self.call("POST", "/auth/users/activation/", json={"uid": uid, "token": token}, as_nobody=True)

    def log_in(self, email_or_username: str, password: str) -> dict[str, Any] | str:
        """Return the user that is kept after signing in, or what the form shows."""
        body = {"email": email_or_username, "password": password}
        answer = self.call("POST", "/auth/login/", json=body, as_nobody=True)
        if answer.status_code != 200:
            return said_by_login(answer)
        told = answer.json()
        self.keep(told["tokens"]["access"], told["tokens"]["refresh"])
        user: dict[str, Any] = told["user"]
        return user

    def scroll(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return all rows of a public list: the next page is asked for as long as current_page < total_pages."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            told = self.get(path, params={"page": str(page), **query}, as_nobody=True)
            rows += told["results"]
            if not told["current_page"] < told["total_pages"]:
                return rows
            page += 1

    def verify(self, reference: str) -> dict[str, Any] | str:
        """Ask once, without a token, and return what the result page shows: the purchase, or that it failed."""
        answer = self.call("GET", f"/payments/verify/{reference}/", as_nobody=True)
        told: dict[str, Any] = answer.json()
        if not (told.get("success") and told.get("status") == "completed"):
            return first_of(told, "message", "error")
        return told

    def picture(self, place: str, value: str | None) -> str | None:
        """Return the address a picture is loaded from, by the place it is shown at; None where there is none."""
        if not value or value.startswith("http"):
            return value or None
        # Lists and galleries put a fixed host in front; other places take the value as it is, on the client's own host.
        assert place in ("list", "gallery", "avatar"), (
            f"{place}: {value} is looked for on the client's own host"
        )
        return f"{self.server}{value}"


def said_by_sign_up(answer: httpx.Response) -> str:
    """Return what the sign-up form shows."""
    body = answer.json()
    if body.get("details") is not None:
        return first_detail(body, "password", "username", "email")
    return first_of(
        {**body, "message": "" if body.get("message") == INVALID else body.get("message")}, "message"
    )


def said_by_login(answer: httpx.Response) -> str:
    """Return what the login and most forms of the dashboard show."""
    return first_of(answer.json(), "message", "error", "detail")


said_by_dashboard = said_by_login


def said_by_event_form(answer: httpx.Response) -> str:
    """Return what the forms of events and ticket types show: a field at the top wins over the sentence."""
    body = answer.json()
    return first_of(body, *_OVERRIDES) or first_of(body, "detail", "error", "message")


def said_by_purchase(answer: httpx.Response) -> str:
    """Return what the ticket panel shows when a purchase cannot begin: `error` and nothing else."""
    return first_of(answer.json(), "error")


def said_by_mailed_link(answer: httpx.Response) -> str:
    """Return what the pages of mailed links show: activation and a new password."""
    return first_of(answer.json(), "uid", "token", "new_password", "email", "detail", "error")


def said_by_profile_form(answer: httpx.Response) -> str:
    """Return what the form of a payment profile shows."""
    body = answer.json()
    return first_detail(body) or first_of(body, "message", "error", "detail")
