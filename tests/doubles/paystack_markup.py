"""The markup of the double's checkout page."""

from __future__ import annotations

from html import escape

from tests.doubles.paystack_books import Charge
from tests.doubles.paystack_papers import NETWORKS, SHOWN_CARDS

STYLE = """
:root { color-scheme: light dark; --ink: #1b2733; --paper: #fff; --ground: #eef2f5; --line: #c3ccd4; --go: #0b6e3b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eef3; --paper: #16202a; --ground: #0c131a; --line: #3a4855; --go: #1c7d4a; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; margin: 0 auto; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
label { display: block; margin: .5rem 0 .25rem; }
input, select, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--paper); color: var(--ink); font: inherit; }
button { margin-top: .75rem; font-weight: 600; cursor: pointer; }
button.go { background: var(--go); border-color: var(--go); color: #fff; }
a { color: inherit; }
.problem { padding: .75rem; border: 1px solid #c0392b; border-radius: .5rem; }
.quiet { opacity: .8; font-size: .9rem; overflow-wrap: anywhere; }
"""


def choose_page(charge: Charge, problem: str) -> str:
    """Return the page where the payer chooses how to pay."""
    parts = [
        _head(charge),
        f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
        _card_form(charge) if _offers(charge, "card") else "",
        _phone_form(charge) if _offers(charge, "mobile_money") else "",
        "<h2>Try out</h2>",
        _button(charge, "decline", "Let the bank decline"),
        _button(charge, "slow", "Pay slowly: leave before it is confirmed"),
        _button(charge, "cancel", "Cancel payment"),
    ]
    return _whole("".join(parts))


def phone_page(charge: Charge) -> str:
    """Return the page that waits for the payer's phone."""
    return _whole(
        _head(charge)
        + "<p>Please complete authorization process on your mobile phone. You have 180 seconds.</p>"
        + _button(charge, "approve", "I have approved it on the phone", "go")
        + _button(charge, "decline", "Decline on the phone")
        + _button(charge, "cancel", "Cancel payment")
    )


def message_page(message: str, back_url: str = "") -> str:
    """Return a page that says one thing, with a way back to the shop where there is one."""
    link = f'<p><a href="{escape(back_url)}">Back to the shop</a></p>' if back_url else ""
    return _whole(f"<h1>Payment</h1><p>{escape(message)}</p>{link}")


def _head(charge: Charge) -> str:
    amount = f"{charge.currency} {charge.asked // 100}.{charge.asked % 100:02d}"
    return (
        f"<h1>Pay {amount}</h1>"
        f'<p class="quiet">{escape(charge.email)}<br>Reference {escape(charge.reference)}<br>'
        f"A stand-in for Paystack: no money moves.</p>"
    )


def _offers(charge: Charge, channel: str) -> bool:
    return not charge.channels or channel in charge.channels


def _card_form(charge: Charge) -> str:
    cards = "".join(f'<option value="{number}">{shown}</option>' for number, shown in SHOWN_CARDS.items())
    return (
        f'<h2>Card</h2><form method="post" action="{_path(charge, "card")}">'
        f'<label for="number">Test card</label><select id="number" name="number">{cards}</select>'
        '<button class="go">Pay by card</button></form>'
    )


def _phone_form(charge: Charge) -> str:
    networks = "".join(f'<option value="{code}">{name}</option>' for code, name in NETWORKS.items())
    return (
        f'<h2>Mobile money</h2><form method="post" action="{_path(charge, "mobile-money")}">'
        f'<label for="network">Network</label><select id="network" name="network">{networks}</select>'
        '<label for="phone">Phone number</label><input id="phone" name="phone" value="0551234987" inputmode="numeric" '
        'autocomplete="off" required><button class="go">Pay by mobile money</button></form>'
    )


def _button(charge: Charge, step: str, text: str, kind: str = "") -> str:
    return f'<form method="post" action="{_path(charge, step)}"><button class="{kind}">{text}</button></form>'


def _path(charge: Charge, step: str) -> str:
    return f"/checkout/{charge.access_code}/{step}"


def _whole(content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Checkout</title>'
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{content}</main></body></html>"
    )
