"""Chromium, and a watch over every page: what a person would never notice but an attacker or a blind person would."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

from tests.servers.parts import find_program

TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", event =>
  console.error(`Content-Security-Policy stopped ${event.violatedDirective}: ${event.blockedURI}`));
"""


def find_chromium() -> str:
    """Return the path of the system's Chromium.

    :raises MissingPart: there is none.
    """
    return find_program("Chromium", "chromium", "chromium-browser", "google-chrome")


class Watch:
    """Collects the faults of a context: console errors, uncaught exceptions, stopped content, requests to elsewhere,
    missing files and faults of the server. Forms that answer 4xx are no fault, nor are requests to the `friends`, named
    by host: those that a test answers itself."""

    def __init__(self, context: BrowserContext, friends: Collection[str] = ()) -> None:
        self.faults: list[str] = []
        self._friends = {"127.0.0.1", *friends}
        context.add_init_script(TELL_OF_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # "Failed to load resource" repeats a response, and responses are judged below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in self._friends:
            self.faults.append(f"request to another origin: {request.url}")

    def _response(self, response: Response) -> None:
        a_page = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= 500 or (response.status >= 400 and not a_page):
            self.faults.append(f"{response.status} for {response.url}")
