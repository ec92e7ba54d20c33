"""Walking through the pages as somebody: everything that is shown is asked for, and every button pressed and taken back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from easyticket.models import Change
from tests.factories import PASSWORD
from tests.servers.settings import PUBLIC_URL
from tests.web.drawn import Button, Drawn
from tests.web.every_state import Role

SIGN_IN = "/sign-in/"
# The mails of development, and what is for programs: no pages of ours.
_ELSEWHERE = ("dev.", "api")
# A page that asks first which of them, and then whether to do it.
_ASKS_FIRST = {"orders.refund": "?all=1"}
_TABLES = ("_file", "statement_table", "statement_pdf")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `warnings` are the sentences a redirect leaves for the next page, other than good news, and `changes`
    how many lines of history were written."""

    status: int
    location: str = ""
    warnings: tuple[str, ...] = ()
    page: Drawn | None = None
    changes: int = 0

    @property
    def is_refusal(self) -> bool:
        """Tell whether it says: not you, or there is no such thing."""
        return self.status in (401, 403, 404) or (300 <= self.status < 400 and self.location == SIGN_IN)

    @property
    def is_done(self) -> bool:
        """Tell whether what was asked for was done, without a word of warning."""
        return self.status < 400 and not self.warnings and not self.is_refusal


@dataclass(slots=True)
class Shown:
    """What a walk came across: answers by the path asked for, the page each path stood on, and the buttons that post."""

    answers: dict[str, Answer] = field(default_factory=dict)
    found_on: dict[str, str] = field(default_factory=dict)
    buttons: dict[tuple[object, ...], tuple[str, Button]] = field(default_factory=dict)


class Visitor:
    """Somebody at a browser. What a button does is taken back at once, so that the next one finds all as it was."""

    def __init__(self, app: Flask, connection: Connection, role: Role) -> None:
        self.role = role
        self._app, self._connection = app, connection
        self._cookie = app.config["SESSION_COOKIE_NAME"]
        self._client = app.test_client()
        self._routes = app.url_map.bind("localhost")
        # The gate asks once what it is called.
        self._client.set_cookie("gate_name", "Main gate", path="/gate/")
        if role.email:
            self._client.post(SIGN_IN, data={"email": role.email, "password": PASSWORD})
        if role.acts_for:
            self._client.post(f"/admin/people/{role.acts_for}/act/")

    def route_of(self, path: str, method: str = "GET") -> tuple[str, Mapping[str, Any]]:
        """Return the endpoint and the parts of a path; no endpoint where no route has it."""
        try:
            return self._routes.match(path, method)
        except HTTPException:
            return "", {}

    def endpoint_of(self, path: str, method: str = "GET") -> str:
        """Return the endpoint of a path."""
        return self.route_of(path, method)[0]

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._answer(self._client.get(path, buffered=True), path)

    def press(self, address: str, fields: Mapping[str, list[str]]) -> Answer:
        """Send a form, and take back whatever it did."""
        cookie = self._client.get_cookie(self._cookie)
        browser = self._app.test_client()
        if cookie is not None:
            browser.set_cookie(self._cookie, cookie.value)
        taken_back = self._connection.begin_nested()
        try:
            before = self._count_changes()
            response = browser.post(address, data=dict(fields), buffered=True)
            changes = self._count_changes() - before
            with browser.session_transaction() as session:
                said = session.get("_flashes", [])
        finally:
            taken_back.rollback()
        warnings = tuple(text for tone, text in said if tone != "success")
        return replace(self._answer(response, address), warnings=warnings, changes=changes)

    def _count_changes(self) -> int:
        return self._connection.scalar(sa.select(sa.func.count()).select_from(Change)) or 0

    def walk(self) -> Shown:
        """Follow every link there is, beginning at the first page and at what came by mail. Of each table to take away one
        is asked for: they are about everything alike."""
        shown, waiting = Shown(), deque(("/", *self.role.links))
        shown.found_on = dict.fromkeys(waiting, "the beginning")
        asked_for: set[str] = set()
        while waiting:
            path = waiting.popleft()
            endpoint = self.endpoint_of(path)
            if any(piece in path for piece in self.role.passes_by):
                continue
            if endpoint.startswith(_ELSEWHERE) or (endpoint.endswith(_TABLES) and endpoint in asked_for):
                continue
            asked_for.add(endpoint)
            shown.answers[path] = answer = self.get(path + _ASKS_FIRST.get(endpoint, ""))
            leads = [answer.location] if answer.location else []
            if answer.page is not None:
                leads += answer.page.leads
                for button in answer.page.buttons:
                    leads += [button.address] if button.method == "GET" else []
                    if button.method == "POST":
                        shown.buttons.setdefault(button.meaning, (path, button))
            for lead in filter(None, (own_path(lead, path) for lead in leads)):
                if lead not in shown.found_on:
                    shown.found_on[lead] = path
                    waiting.append(lead)
        return shown

    def _answer(self, response: TestResponse, path: str) -> Answer:
        location = own_path(response.headers.get("Location", ""), path)
        is_page = response.status_code < 400 and response.mimetype == "text/html"
        page = Drawn.of(response.text, urlsplit(path).path) if is_page else None
        return Answer(response.status_code, location, page=page)


def own_path(address: str, page: str) -> str:
    """Return the path of an address on this site, without its query; nothing for other sites, anchors and static files."""
    address = address.removeprefix(PUBLIC_URL)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path.startswith("/static/") or address.startswith("#"):
        return ""
    return parts.path or (urlsplit(page).path if address else "")
