"""What the stand-ins meet: a served site, its provider's payment page, its mails and its pictures."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from http.cookiejar import CookieJar, DefaultCookiePolicy
from io import BytesIO
from itertools import count
from typing import NamedTuple

import httpx
import zxingcpp
from PIL import Image

from tests.servers.easyticket import EasyTicketServer

FRONT_END = "https://cafa.example"
PASSWORD = "Sunny-day-2026"
# Seconds after which a mail or a job of the server counts as lost.
PATIENCE = 30
# Seconds after which the mobile client gives up waiting for an answer.
TIMEOUT = 15
_numbers = count(1)


class Account(NamedTuple):
    """Who signs up."""

    username: str
    email: str
    password: str


class Site:
    """The served site, and connections to it that keep no cookies; none of the two clients does."""

    def __init__(self, server: EasyTicketServer) -> None:
        self.server, self.url = server, server.url
        nobody = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.Client(base_url=server.url, timeout=TIMEOUT, cookies=nobody)

    def stop(self) -> None:
        """Close the connections and end the server, whose data nobody needs any more."""
        self.http.close()
        self.server.kill()

    def mailed_link(self, address: str, path: str) -> str:
        """Return the link to `path` of the front end in the newest mail to an address, as soon as it has come."""
        pattern = re.compile(rf"{re.escape(FRONT_END)}{path}\S*")
        found: list[str] = []

        def has_come() -> bool:
            texts = [_text_of(mail) for mail in self._mails_to(address)]
            found.extend(match[0] for text in texts if (match := pattern.search(text)))
            return bool(found)

        until(has_come)
        return found[-1]

    def _mails_to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.server.mails() if address in str(mail["To"])]


def new_account() -> Account:
    """Return somebody who has no account yet."""
    name = f"ama_{next(_numbers)}"
    return Account(name, f"{name}@example.org", PASSWORD)


def until(is_so: Callable[[], object]) -> None:
    """Return as soon as something is so that a job of the server brings about."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come to be"
        threading.Event().wait(0.05)


def approve(payment_page: str) -> str:
    """Press "Approve" on the provider's page as a payer does, and return where it sends them."""
    return _decide(payment_page, "approve")


def give_up(payment_page: str) -> str:
    """Press "Cancel" on the provider's page, and return where it sends the payer."""
    return _decide(payment_page, "cancel")


def _decide(payment_page: str, decision: str) -> str:
    with httpx.Client(timeout=15) as browser:
        page = browser.get(payment_page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert page.status_code == 200 and token is not None, page.text
        form = {"decision": decision, "csrf_token": token[1]}
        answer = browser.post(f"{payment_page}decide/", data=form, headers={"Referer": payment_page})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def picture(width: int = 640, height: int = 360, kind: str = "JPEG") -> bytes:
    """Return a picture as a phone's gallery gives it."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#8a4b2a").save(out, kind)
    return out.getvalue()


def _text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def content_of_qr(image: bytes) -> str:
    """Return what a camera reads from a QR code."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(image)))
    return str(found.text)
