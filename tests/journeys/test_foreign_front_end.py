"""A front end of another origin buys as the Cafa Tickets API's own page shows it: fetch with a token, the payment page, polling.

Its pages are written here with the same calls: `fetch` with `Authorization`, `sessionStorage`, `window.location`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.fixtures.database import application_on
from tests.fixtures.parties import NewServer
from tests.servers.easyticket import EasyTicketServer

_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A front end</title>'
    '<link rel="icon" href="data:,"></head><body>'
)
SHOP = (
    _HEAD
    + """<h1>Shop</h1><button id="buy">Buy</button><p id="told"></p><script>
const api = "%(api)s/api/v1";
document.getElementById("buy").addEventListener("click", async () => {
  const login = await fetch(`${api}/auth/login/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "%(email)s", password: "%(password)s" }),
  });
  const { tokens } = await login.json();
  sessionStorage.setItem("token", tokens.access);
  const event = await (await fetch(`${api}/events/%(slug)s/`)).json();
  const response = await fetch(`${api}/tickets/purchase/`, {
    method: "POST",
    headers: { Authorization: `Bearer ${tokens.access}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      event_id: event.id,
      ticket_type_id: event.ticket_types[0].id,
      quantity: 2,
      attendee_info: { name: "Ama Boateng", email: "ama@example.org", phone: "+233241234567" },
      payment_method: "card",
    }),
  });
  const data = await response.json();
  if (!response.ok) { document.getElementById("told").textContent = data.error; return; }
  sessionStorage.setItem("payment_id", data.payment.payment_id);
  window.location.href = data.payment.payment_url;
});
</script></body></html>"""
)
RESULTS = (
    _HEAD
    + """<h1>Your payment</h1><p id="status"></p><ul id="tickets"></ul><a href="/shop.html">Back to the shop</a><script>
const token = sessionStorage.getItem("token"), paymentId = sessionStorage.getItem("payment_id");
const checkPayment = setInterval(async () => {
  const status = await fetch(`%(api)s/api/v1/payments/${paymentId}/status/`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const result = await status.json();
  document.getElementById("status").textContent = result.status;
  if (result.status === "pending") return;
  clearInterval(checkPayment);
  for (const ticket of result.tickets) {
    const row = document.createElement("li");
    row.textContent = `${ticket.ticket_id} ${ticket.ticket_type} ${ticket.attendee_name}`;
    document.getElementById("tickets").append(row);
  }
}, 300);
</script></body></html>"""
)


class _Pages(SimpleHTTPRequestHandler):
    """The files of a directory; `/payment-results` is the page of that name."""

    def translate_path(self, path: str) -> str:
        name = "payment-results.html" if path.startswith("/payment-results") else path
        return super().translate_path(name)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def front_end(tmp_path: Path) -> Iterator[str]:
    """The origin of a server that knows nothing of EasyTicket but its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop(new_server: NewServer, front_end: str, tmp_path: Path) -> EasyTicketServer:
    """EasyTicket with two tickets for one evening, and the pages of the front end that sells them."""
    server = new_server(CORS_ORIGINS=front_end, CAFA_FRONTEND_URL=front_end)
    with application_on(server.environment["DATABASE_URL"], tmp_path / "behind") as app, app.app_context():
        buyer = factories.make_user(email="ama@example.org")
        event = factories.make_simple_event(quantity=2)
        facts = {"email": buyer.email, "password": factories.PASSWORD, "slug": event.slug, "api": server.url}
    (tmp_path / "shop.html").write_text(SHOP % facts)
    (tmp_path / "payment-results.html").write_text(RESULTS % facts)
    return server


def test_the_flow_of_the_example_ends_with_tickets(
    shop: EasyTicketServer, front_end: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(shop)
    page.goto(f"{front_end}/shop.html")
    page.get_by_role("button", name="Buy").click()
    expect(page.get_by_text("Sandbox: no real money.")).to_be_visible()
    assert page.url.startswith(f"{shop.url}/sandbox/")
    page.get_by_role("button", name="Decline").click()
    page.wait_for_url(f"{front_end}/payment-results?reference=ET-*")
    expect(page.locator("#status")).to_have_text("failed")

    # The two tickets are still held for the declined try, and are the same person's to try again with.
    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Buy").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url(f"{front_end}/payment-results?reference=ET-*")
    expect(page.locator("#status")).to_have_text("completed")
    rows = page.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Standard Ama Boateng")

    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Buy").click()
    expect(page.locator("#told")).to_have_text("Only 0 tickets available for 'Standard'")
