"""What people do on the site, a sentence of a story each. They act on what is shown and wait for what they would see."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD

# Seconds after which a mail counts as lost; the first PDF of a server takes two of them.
MAIL_PATIENCE = 30
# ADMIT is shown for a second only: nobody has to look at the right moment when the page itself tells what it showed.
TELL_OF_ANSWERS = """
new MutationObserver(changes => {
  if (!changes.some(change => change.target.id === "answer")) return;
  const word = document.querySelector("#answer .result-word");
  if (word) console.info(`gate: ${word.textContent}`);
}).observe(document, { childList: true, subtree: true });
"""


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in from wherever one is."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("My tickets").first).to_be_attached()


def choose(page: Page, ticket: str, quantity: int) -> None:
    """Type how many of one ticket are wanted."""
    page.get_by_label(f"Quantity: {ticket}", exact=True).fill(str(quantity))


def go_on_to_details(page: Page) -> None:
    """Have the chosen tickets held."""
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()


def say_who_buys(page: Page, name: str, email: str) -> None:
    """Fill in the buyer's details."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)


def go_to_payment(page: Page) -> None:
    """Press the button that names the price, and arrive at the provider's page."""
    pay_button(page).click()
    expect(page.get_by_text("Sandbox: no real money.")).to_be_visible()


def pay_button(page: Page) -> Locator:
    """The button that leads to the payment."""
    return page.get_by_role("button", name=re.compile("^Pay "))


def decide(page: Page, decision: str) -> None:
    """Decide on the provider's page: "Approve", "Decline", …"""
    page.get_by_role("button", name=decision, exact=True).click()


def buy(page: Page, path: str, ticket: str, quantity: int, *, name: str, email: str) -> str:
    """Buy as a guest and pay at once; return the address of the order."""
    page.goto(path)
    choose(page, ticket, quantity)
    go_on_to_details(page)
    say_who_buys(page, name, email)
    go_to_payment(page)
    decide(page, "Approve")
    expect(page.get_by_role("heading", name=re.compile("^You are going to "))).to_be_visible()
    return page.url


def ticket_codes(page: Page) -> list[str]:
    """The printed codes of the tickets on an order's page."""
    return page.locator(".ticket .code").all_inner_texts()


def qr_content(page: Page) -> str:
    """What a scanner reads from the QR code on the screen."""
    picture = page.get_by_role("img", name=re.compile("^QR code of ticket"))
    expect(picture).to_have_js_property("complete", True)
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.screenshot())))
    return found.text


def open_mail(page: Page, address: str, subject: str) -> None:
    """Look into the mailbox until the mail has come, and open it."""
    mail = page.get_by_role("row").filter(has_text=address).filter(has_text=subject)
    page.goto("/dev/mailbox/")
    look_until(page, mail)
    mail.get_by_role("link", name=subject).click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()


def look_until(page: Page, told: Locator) -> None:
    """Load the page again until it tells of what is done behind it: a mail that comes, an account that is checked."""
    deadline = time.monotonic() + MAIL_PATIENCE
    while not told.count():
        assert time.monotonic() < deadline, f"{page.url} does not tell of {told}"
        page.reload()


def mailed_link(page: Page, path: str) -> Locator:
    """The link of an opened mail that leads to an address with `path` in it."""
    return page.get_by_role("link", name=path)


def verify_address(page: Page, address: str) -> None:
    """Follow the link of the mail that came after signing up."""
    open_mail(page, address, "Confirm your e-mail address")
    mailed_link(page, "/verify/").click()
    page.get_by_role("button", name="Verify my address").click()
    expect(page.get_by_text("Your address is verified.")).to_be_visible()


def download(page: Page, link: Locator) -> bytes:
    """Return the file behind a link."""
    with page.expect_download() as started:
        link.click()
    return started.value.path().read_bytes()


def open_my_tickets(page: Page) -> None:
    """Go to the orders of the account."""
    page.get_by_role("navigation", name="Account").get_by_role("link", name="My tickets").click()
    expect(page.get_by_role("heading", name="My tickets", level=1)).to_be_visible()


def sign_up(page: Page, name: str, email: str, password: str = PASSWORD) -> None:
    """Make an account."""
    page.goto("/sign-up/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name=re.compile("^Welcome"))).to_be_visible()


def open_gate(page: Page, title: str, gate: str) -> None:
    """Open the gate of an event and give it a name."""
    page.add_init_script(TELL_OF_ANSWERS)
    page.goto("/gate/")
    page.get_by_role("link", name=f"Open the gate of {title}").click()
    page.get_by_label("Name of the gate").fill(gate)
    page.get_by_role("button", name="Open the gate").click()
    expect(page.get_by_role("heading", name=gate)).to_be_visible()


def type_code(page: Page, code: str) -> None:
    """Type a ticket's code at the gate."""
    page.get_by_label("Code of the ticket").fill(code)
    page.get_by_role("button", name="Check").click()


@contextmanager
def answer(page: Page, word: str) -> Iterator[None]:
    """Do in the `with` block what the gate answers with `word`."""
    with page.expect_console_message(lambda message: message.text == f"gate: {word}"):
        yield
