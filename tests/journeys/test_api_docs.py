"""The API's documents in a browser: operations are tried out with the demo account, and everybody can read them, offline."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from easyticket.cli.greeting import DEMO_PASSWORD
from tests.fixtures.browser import DESK, PHONE

ATTENDEE, ORGANIZER = "attendee@easyticket.example", "organizer@easyticket.example"
SIZES = (PHONE["viewport"], DESK["viewport"])
# ReDoc writes h5 headings directly below h2, which is advice of axe's and no rule of WCAG; all other rules hold.
NOT_OURS = ["heading-order"]


def try_out(page: Page, operation: str, body: object = None) -> Locator:
    """Send the request of an operation whose tag is open in Swagger UI, and return where the answer will stand."""
    block = page.locator(".opblock", has=page.get_by_role("button", name=operation))
    block.get_by_role("button", name=operation).click()
    if body is not None:
        block.get_by_label("Request body").fill(json.dumps(body))
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table")


def test_operations_are_tried_out_with_the_demo_account(page: Page) -> None:
    page.goto("/api/docs/")
    page.locator("#operations-tag-Authentication").click()
    login = {"email": ATTENDEE, "password": DEMO_PASSWORD}
    answer = try_out(page, "POST /api/auth/login/ User login", login)
    expect(answer).to_contain_text("Login successful")
    page.locator("#operations-tag-Orders").click()
    answer = try_out(page, "GET /api/orders/ List user's orders")
    expect(answer).to_contain_text('"order_number": "OE-')


def test_who_is_not_signed_in_reads_why(page: Page) -> None:
    page.goto("/api/docs/")
    page.locator("#operations-tag-Orders").click()
    answer = try_out(page, "GET /api/orders/stats/ Get order statistics")
    expect(answer).to_contain_text("Authentication credentials were not provided.")


def authorize(page: Page, email: str) -> None:
    """Log in to the second API by its own operation, and have its token sent with all others."""
    page.goto("/api/v1/docs/")
    page.locator("#operations-tag-Authentication").click()
    login = {"email": email, "password": DEMO_PASSWORD}
    answer = try_out(page, "POST /api/v1/auth/login/ Login", login)
    tokens = json.loads(answer.locator("pre").first.inner_text())["tokens"]
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").first.fill(tokens["access"])
    page.get_by_role("button", name="Apply credentials").first.click()
    page.locator(".auth-btn-wrapper .btn-done").first.click()


def test_a_form_is_filled_with_its_example_and_sent(page: Page) -> None:
    authorize(page, ORGANIZER)
    page.locator("#operations-tag-Organizing_Events").click()
    answer = try_out(page, "POST /api/v1/events/create/ Create an event")
    expect(answer).to_contain_text('"ticket_types_created": 1')
    slug = json.loads(answer.locator("pre").first.inner_text())["slug"]

    # Of a form that changes something, only what was written is sent.
    change = page.locator("#operations-Organizing_Events-changeEvent")
    change.get_by_role("button").first.click()
    change.get_by_placeholder("ref").fill(slug)
    with page.expect_request(f"**/events/{slug}/update/") as sent:
        change.get_by_role("button", name="Execute").click()
    names = re.findall(r' name="(\w+)"', sent.value.post_data or "")
    assert sorted(names) == ["start_time", "ticket_types", "title"]
    expect(change.locator(".live-responses-table")).to_contain_text("Night of Drums and Bells")


def test_the_second_api_is_tried_out_with_a_token(page: Page) -> None:
    authorize(page, ATTENDEE)
    page.locator("#operations-tag-User_Profile").click()
    answer = try_out(page, "GET /api/v1/auth/profile/ Get profile")
    expect(answer).to_contain_text(f'"email": "{ATTENDEE}"')


def test_redoc_finds_an_operation(page: Page) -> None:
    page.goto("/api/redoc/")
    expect(page.get_by_role("heading", name="EasyTicket API")).to_be_visible()
    page.get_by_placeholder("Search...").fill("refund")
    expect(page.get_by_role("search").get_by_text("Refund Order")).to_be_visible()


def open_docs(page: Page) -> None:
    """Open Swagger UI at an operation."""
    page.goto("/api/docs/#/Orders/makeOrder")
    expect(page.get_by_role("button", name="Execute")).to_be_visible()


def open_redoc(page: Page) -> None:
    """Open ReDoc with the operations on orders alone: all others are drawn alike, and axe would take a minute for them."""
    page.route("**/api/schema/", only_orders)
    page.goto("/api/redoc/")


def only_orders(route: Route) -> None:
    """Give the document without the paths of other rooms."""
    answer = route.fetch()
    document = answer.json()
    document["paths"] = {path: item for path, item in document["paths"].items() if "/orders/" in path}
    document["tags"] = [tag for tag in document["tags"] if tag["name"] in ("Orders", "Payments")]
    route.fulfill(response=answer, json=document)


# What to open, how to know that it is drawn, and what is left out of axe's rules.
READ = {
    "swagger": (open_docs, "Operations", []),
    "redoc": (open_redoc, "Create new order", NOT_OURS),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", READ)
def test_everybody_can_read_it(
    page: Page, assert_accessible: Callable[..., None], name: str, scheme: Literal["light", "dark"]
) -> None:
    open_it, heading, without = READ[name]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_it(page)
    for size in SIZES:
        page.set_viewport_size(size)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Both themes by all rules would take axe minutes: by night only colours differ.
    assert_accessible(page, only=["color-contrast"] if scheme == "dark" else (), without=without)


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/api/docs/", "POST /api/orders/{id}/refund/"),
        ("/api/v1/redoc/", "POST /api/v1/payments/initiate/"),
    ],
)
def test_without_scripts_there_is_a_list_and_the_schema(no_js_page: Page, path: str, operation: str) -> None:
    no_js_page.goto(path)
    expect(no_js_page.get_by_text(operation)).to_be_visible()
    expect(no_js_page.get_by_text("Loading")).not_to_be_visible()
    no_js_page.get_by_role("link", name="EasyTicket", exact=True).click()
    expect(no_js_page).to_have_url("/")
