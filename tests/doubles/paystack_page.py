"""Paystack's hosted checkout page of the double: plain forms, no JavaScript. Whoever pays is sent back to the shop."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug import Request, Response

from tests.doubles import paystack_charges as charges
from tests.doubles.paystack_books import Books, Charge, now
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_markup import choose_page, message_page, phone_page
from tests.doubles.paystack_papers import CARD_NUMBERS, NETWORKS, card, phone

WAITING = ("ongoing", "pending", "processing", "queued")


def answer_checkout(desk: Desk, request: Request) -> Response:
    """Show the page of an access code, or do what one of its buttons asks."""
    _, _, access_code, *rest = request.path.split("/")
    found = next(((b, c) for b, c in desk.charges() if c.access_code == access_code), None)
    if found is None:
        return _page(message_page("This payment link is not known."), 404)
    books, charge = found
    step = rest[0] if rest else ""
    if request.method == "GET" and not step:
        return _shown(desk, charge)
    act = ACTIONS.get(step)
    if request.method != "POST" or act is None:
        return _page(message_page("There is nothing here."), 404)
    if charge.was_paid or _is_over(desk, charge):
        return _shown(desk, charge)
    return act(desk, books, charge, request)


def _shown(desk: Desk, charge: Charge, problem: str = "") -> Response:
    if charge.was_paid:
        return _page(message_page("This transaction has been paid.", _back_url(charge)))
    if _is_over(desk, charge):
        return _page(message_page("This payment session has expired.", _cancel_url(charge)))
    if charge.status in WAITING and charge.channel == "mobile_money":
        return _page(phone_page(charge))
    return _page(choose_page(charge, problem))


def _pay_card(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    number = re.sub(r"\s", "", request.form.get("number", ""))
    result = CARD_NUMBERS.get(number)
    if result is None:
        return _shown(desk, charge, "Please enter one of the test cards.")
    if result == "declined":
        return _decline(desk, books, charge, request)
    charge.refunds_end = result if result != "success" else ""
    charges.succeed(desk, books, charge, card(number))
    return _back(charge)


def _pay_phone(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    number, network = request.form.get("phone", ""), request.form.get("network", "")
    if not re.fullmatch(r"0[0-9]{9}", number) or network not in NETWORKS:
        return _shown(desk, charge, "Please enter a phone number of ten digits and choose its network.")
    charges.begin(charge, "ongoing", "mobile_money")
    charge.authorization = phone(number, network)
    return _shown(desk, charge)


def _approve(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    charges.begin(charge, "pending", "mobile_money")
    paid_with = charge.authorization or phone()
    desk.later(desk.knobs.phone_seconds, lambda: charges.succeed(desk, books, charge, paid_with))
    return _back(charge)


def _decline(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    charge.authorization = {}
    charges.refuse(charge, charge.channel)
    return _shown(desk, charge, "Your bank declined the payment. You can try again or pay another way.")


def _pay_slowly(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    charges.begin(charge, "processing", "card")
    desk.later(desk.knobs.slow_seconds, lambda: charges.succeed(desk, books, charge, card()))
    return _back(charge)


def _cancel(desk: Desk, books: Books, charge: Charge, request: Request) -> Response:
    if charge.status == "ongoing":
        charge.status, charge.message = "abandoned", None
        charge.gateway_response = "The transaction was not completed"
    if address := _cancel_url(charge):
        return _redirect(address)
    return _page(message_page("You have cancelled. You can close this page."))


ACTIONS: dict[str, Callable[[Desk, Books, Charge, Request], Response]] = {
    "card": _pay_card,
    "mobile-money": _pay_phone,
    "approve": _approve,
    "decline": _decline,
    "slow": _pay_slowly,
    "cancel": _cancel,
}


def _is_over(desk: Desk, charge: Charge) -> bool:
    limit = desk.knobs.session_timeout
    return limit > 0 and now() > charge.created_at + timedelta(seconds=limit)


def _back(charge: Charge) -> Response:
    address = _back_url(charge)
    return (
        _redirect(address)
        if address
        else _page(message_page("Your payment was taken. You can close this page."))
    )


def _back_url(charge: Charge) -> str:
    if not charge.callback_url:
        return ""
    parts = urlsplit(charge.callback_url)
    told = urlencode({"trxref": charge.reference, "reference": charge.reference})
    return urlunsplit(parts._replace(query=f"{parts.query}&{told}" if parts.query else told))


def _cancel_url(charge: Charge) -> str:
    address = charge.metadata.get("cancel_action", "") if isinstance(charge.metadata, dict) else ""
    return address if isinstance(address, str) and urlsplit(address).scheme in ("http", "https") else ""


def _redirect(address: str) -> Response:
    return Response(
        f'<p>Going on to <a href="{escape(address)}">the shop</a>.</p>',
        303,
        {"Location": address},
        content_type="text/html; charset=utf-8",
    )


def _page(html: str, status: int = 200) -> Response:
    return Response(html, status, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")
