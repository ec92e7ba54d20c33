"""Where payers may be sent back to, and how the way there is opened."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.rules.callbacks import (
    Callbacks,
    app_link,
    check_callback,
    form_targets,
    is_callback_allowed,
    with_reference,
)

OWN = "http://tickets.example/api/v1/payments/mobile-callback/"
ALLOWED = Callbacks(
    own=OWN,
    hosts=("shop.example", "alt.example:8443"),
    origins=("https://front.example", "http://127.0.0.1:5173", "https://App.Example/base"),
)


@pytest.mark.parametrize(
    "address",
    [
        "cafatickets://payment-result",
        "cafatickets://payment-result?from=checkout",
        OWN,
        OWN.rstrip("/"),
        f"{OWN}?app=2",
        "https://shop.example/thanks?order=1#top",
        "https://SHOP.example:443/thanks",
        "https://alt.example:8443/",
        "https://front.example/payment-results",
        "http://127.0.0.1:5173/done",
        "https://app.example/elsewhere",
    ],
)
def test_the_app_our_own_address_and_what_is_configured_are_allowed(address: str) -> None:
    assert check_callback(f" {address} ", ALLOWED) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "payment-results",
        "//shop.example/",
        "https://evil.example/",
        "http://shop.example/thanks",
        "http://front.example/payment-results",
        "https://127.0.0.1:5173/done",
        "http://127.0.0.1:5174/done",
        "https://shop.example.evil.example/",
        "https://shop.example:8443/",
        "https://shop.example@evil.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example /",
        "https://shop.example/\n",
        "https://shop.example;script-src/",
        "https://shöp.example/",
        "https://shop.example:99999/",
        "https://shop.example/" + "x" * 2000,
        "http://tickets.example/api/v1/payments/mobile-callback/more",
        "http://tickets.example/elsewhere",
        "cafatickets://elsewhere",
        "cafatickets://payment-result/more",
        "javascript:alert(1)",
        "javascript://shop.example/%0Aalert(1)",
        "data:text/html,x",
    ],
)
def test_everything_else_is_not(address: str) -> None:
    # Space around an address is taken off before it is looked at; here there is none to take off.
    assert not is_callback_allowed(address, ALLOWED)
    if address == address.strip():
        with pytest.raises(Invalid) as refusal:
            check_callback(address, ALLOWED)
        assert refusal.value.code == "invalid_callback_url"


def test_without_settings_only_the_app_and_our_own_address_are_left() -> None:
    bare = Callbacks(own=OWN)
    assert is_callback_allowed("cafatickets://payment-result", bare)
    assert is_callback_allowed(OWN, bare)
    assert not is_callback_allowed("https://shop.example/", bare)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://a.example/r", "https://a.example/r?reference={reference}&trxref={reference}"),
        (
            "https://a.example/r?x=1&reference=old&b#z",
            "https://a.example/r?x=1&b&reference={reference}&trxref={reference}#z",
        ),
        (
            "cafatickets://payment-result",
            "cafatickets://payment-result?reference={reference}&trxref={reference}",
        ),
    ],
)
def test_the_reference_is_added_under_both_names_and_the_rest_stays(address: str, told: str) -> None:
    assert with_reference(address) == told


def test_the_app_is_told_what_became_of_the_payment() -> None:
    assert (
        app_link("ET-1 &x", status="success")
        == "cafatickets://payment-result?reference=ET-1%20%26x&status=success"
    )
    assert (
        app_link(status="cancelled", error="no_reference")
        == "cafatickets://payment-result?status=cancelled&error=no_reference"
    )


@pytest.mark.parametrize(
    ("return_url", "sources"),
    [
        ("https://a.example:8443/r?x=1", ("https://a.example:8443",)),
        ("cafatickets://payment-result?x=1", ("cafatickets:",)),
        (f"{OWN}?reference=ET-1", ("http://tickets.example", "cafatickets:")),
        ("http://tickets.example/checkout/x/return/", ("http://tickets.example",)),
        ("https://a.example;script-src *", ()),
        ("", ()),
    ],
)
def test_a_payment_page_may_lead_back_there_and_nowhere_else(
    return_url: str, sources: tuple[str, ...]
) -> None:
    assert form_targets(return_url, OWN) == sources
