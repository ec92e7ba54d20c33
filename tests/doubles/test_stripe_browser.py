"""The stand-in for Stripe.js in a real Chromium: cards go through, are declined, ask for 3-D Secure, and misuse throws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from playwright.sync_api import Browser, Page, expect

from tests.doubles.stripe import PUBLISHABLE_KEY, SECRET_KEY, StripeDouble
from tests.doubles.stripe_browser import route_stripe
from tests.doubles.stripe_cards import DECLINED, GOOD, WITH_3DS

SHOP = "https://shop.test/pay"
# As strict as the page of the app: no inline script or style, and Stripe's addresses only.
POLICY = "default-src 'none'; script-src 'self' https://js.stripe.com; connect-src https://api.stripe.com; style-src 'self'"
MARKUP = """<!doctype html><title>Pay</title><div id="card"></div><p id="said"></p>
<script src="https://js.stripe.com/v3/"></script>"""
BEGIN = """([key, clientSecret]) => new Promise((ready, failed) => {
  window.stripe = Stripe(key);
  window.elements = stripe.elements({ clientSecret });
  const payment = elements.create("payment");
  payment.on("ready", ready).on("loaderror", event => failed(new Error(event.error.message)));
  payment.mount("#card");
})"""
PAY = """redirect => { window.answer = stripe.confirmPayment({
  elements, confirmParams: { return_url: "https://shop.test/back?order=1" }, redirect });
  answer.then(result => { said.textContent = result.error?.message ?? result.paymentIntent.status; }); }"""


@pytest.fixture
def intent(stripe_double: StripeDouble) -> Any:
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": stripe_double.url})
    return client.v1.payment_intents.create({"amount": 1050, "currency": "eur"})


@pytest.fixture
def shop(stripe_double: StripeDouble, browser: Browser) -> Iterator[Page]:
    """A page of a shop that has loaded Stripe.js from where Stripe serves it."""
    context = browser.new_context()
    route_stripe(context, stripe_double.url)
    headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY}
    context.route("https://shop.test/**", lambda route: route.fulfill(body=MARKUP, headers=headers))
    page = context.new_page()
    page.goto(SHOP)
    yield page
    context.close()


def fill(page: Page, card: str) -> None:
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiration date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")


def test_a_good_card_pays_on_the_page(shop: Page, intent: Any, stripe_double: StripeDouble) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, GOOD)
    shop.evaluate(PAY, "if_required")
    expect(shop.locator("#said")).to_have_text("succeeded")
    assert stripe_double.thing(intent.id)["amount_received"] == 1050
    answer = shop.evaluate("answer")
    assert "metadata" not in answer["paymentIntent"], "a browser is not shown what is ours"


def test_without_if_required_the_payer_is_led_back(shop: Page, intent: Any) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, GOOD)
    shop.evaluate(PAY, "always")
    shop.wait_for_url("https://shop.test/back?**")
    for part in ("order=1", f"payment_intent={intent.id}", intent.client_secret, "redirect_status=succeeded"):
        assert part in shop.url


def test_a_declined_card_can_be_followed_by_another(shop: Page, intent: Any) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, DECLINED)
    shop.evaluate(PAY, "if_required")
    expect(shop.locator("#said")).to_have_text("Your card was declined.")
    fill(shop, GOOD)
    shop.evaluate(PAY, "if_required")
    expect(shop.locator("#said")).to_have_text("succeeded")


def test_3d_secure_is_asked_for_and_decides(shop: Page, intent: Any, stripe_double: StripeDouble) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, WITH_3DS)
    shop.evaluate(PAY, "if_required")
    shop.get_by_role("button", name="Fail authentication").click()
    expect(shop.locator("#said")).to_contain_text("unable to authenticate")
    assert stripe_double.thing(intent.id)["status"] == "requires_payment_method"
    shop.evaluate(PAY, "if_required")
    shop.get_by_role("button", name="Complete authentication").click()
    expect(shop.locator("#said")).to_have_text("succeeded")


def test_an_incomplete_card_asks_nobody(shop: Page, intent: Any, stripe_double: StripeDouble) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, "4242")
    assert shop.evaluate("elements.submit()")["error"]["code"] == "incomplete_number"
    shop.evaluate(PAY, "if_required")
    expect(shop.locator("#said")).to_have_text("Your card number is incomplete.")
    assert not stripe_double.calls("POST", "/confirm$")


def test_an_api_out_of_reach_is_an_error_and_no_exception(
    shop: Page, intent: Any, stripe_double: StripeDouble
) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    fill(shop, GOOD)
    stripe_double.fault("html", path="/confirm$", status=502)
    shop.evaluate(PAY, "if_required")
    expect(shop.locator("#said")).to_contain_text("issues connecting")


def test_an_intent_that_is_over_cannot_be_loaded(
    shop: Page, intent: Any, stripe_double: StripeDouble
) -> None:
    stripe_double.cancel(intent.id)
    with pytest.raises(Exception, match="terminal state"):
        shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        ("() => Stripe('sk_test_51TheDouble')", "publishable key"),
        ("() => Stripe('')", "empty string"),
        ("() => stripe.elements({ clientSecret: 'pi_1' })", "client secret"),
        ("() => stripe.elements({ clientSecret: elements.clientSecret, secret: 1 })", "Unrecognized"),
        ("() => elements.create('payment')", "Can only create one"),
        (
            "() => stripe.elements({ clientSecret: elements.clientSecret }).create('payment').mount('#no')",
            "applies to no",
        ),
        ("() => stripe.elements({ clientSecret: elements.clientSecret }).submit()", "mounted"),
        ("() => stripe.confirmPayment({ elements })", "return_url"),
        ("() => stripe.confirmPayment({ elements, confirmParams: { return_url: '/back' } })", "absolute"),
        ("() => stripe.confirmPayment({ elements, redirect: 'never' })", "redirect"),
        (
            "() => stripe.confirmPayment({ elements, clientSecret: 'pi_1_secret_1', redirect: 'if_required' })",
            "another",
        ),
        (
            "() => { for (const redirect of [1, 2]) stripe.confirmPayment({ elements, redirect: 'if_required' }); }",
            "running",
        ),
    ],
)
def test_misuse_throws(shop: Page, intent: Any, misuse: str, message: str) -> None:
    shop.evaluate(BEGIN, [PUBLISHABLE_KEY, intent.client_secret])
    with pytest.raises(Exception, match=message):
        shop.evaluate(misuse)
