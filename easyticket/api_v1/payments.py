"""Payments of the signed-in account, what became of one, and the way back from the payment page."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import says_sentence
from easyticket.api_v1.schemas.payments import (
    DETAIL_EXAMPLE,
    ITEM_OF_LIST_EXAMPLE,
    SENT_EXAMPLE,
    STATUS_EXAMPLE,
    SUMMARY_EXAMPLE,
    VERIFIED_EXAMPLE,
    CallbackQuery,
    PaymentDetail,
    PaymentItem,
    PaymentQuery,
    PaymentStatusAnswer,
    PaymentSummary,
    SentAnswer,
    VerifiedAnswer,
)
from easyticket.api_v1.shapes.payments import (
    payment_detail_shape,
    payment_item_shape,
    payment_status_shape,
    summary_shape,
    verified_shape,
)
from easyticket.core import clock
from easyticket.http.api_limits import Rate, count_for_account
from easyticket.http.auth import current_actor, token_ignored, token_required
from easyticket.http.fields import Nested
from easyticket.http.openapi import finds
from easyticket.http.paging import wanted_page
from easyticket.queries.pages import Page
from easyticket.queries.purchases import (
    Purchase,
    filters_for,
    get_purchase,
    list_purchases,
    sum_up_purchases,
)
from easyticket.services.payment_returns import app_return
from easyticket.services.purchase_progress import (
    list_items_told,
    read_purchase,
    resend_purchase,
    verify_purchase,
)

blueprint = V1Blueprint(
    "payments",
    __name__,
    tag="Payments",
    description="Payments of the signed-in account. `payment_id` may be the payment's id, its reference or the purchase's id.",
)
_NOT_FOUND = {404: "There is no such payment."}
_NOT_COMPLETED = {400: "Tickets are sent once the payment is completed."}
_PAGE_SIZE = 10
# Mails with the same tickets to the same buyer.
_RESENDING = Rate("3 per hour", "resend-tickets")
blueprint.knows("payment_name", but=("initiate", "verify", "webhook", "mobile-callback"))


@blueprint.route("/payments/", methods=["GET"])
@token_required
@blueprint.operation("List my payments")
@blueprint.asks(PaymentQuery)
@blueprint.answers_page(
    PaymentItem,
    size=_PAGE_SIZE,
    example=ITEM_OF_LIST_EXAMPLE,
    summary=(Nested(PaymentSummary, required=True), SUMMARY_EXAMPLE),
)
def list_payments(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, Any]]:
    """One row for each purchase of the signed-in account, the newest first, ten on a page. The summary counts all of them,
    whatever the list is narrowed to."""
    now, actor = clock.now(), current_actor()
    settings = current_app.config["SETTINGS"]
    page = list_purchases(
        actor, filters_for(**query, zone=settings.default_time_zone), **wanted_page(_PAGE_SIZE), now=now
    )
    summary = summary_shape(sum_up_purchases(actor, now), settings.v1_default_currency)
    return page.map(lambda purchase: payment_item_shape(purchase, now)), {"summary": summary}


@blueprint.route("/payments/<payment_name:payment_id>/", methods=["GET"])
@token_required
@blueprint.operation("Get payment details", refuses=_NOT_FOUND)
@finds(get_purchase, key="payment_id", name="purchase")
@blueprint.answers(200, PaymentDetail, example=DETAIL_EXAMPLE)
def get_payment(purchase: Purchase) -> dict[str, Any]:
    """One payment with its event, its tickets and what it is made of."""
    return payment_detail_shape(purchase, clock.now())


@blueprint.route("/payments/<payment_name:payment_id>/status/", methods=["GET"])
@token_required
@blueprint.operation("Check payment status", refuses=_NOT_FOUND)
@blueprint.answers(200, PaymentStatusAnswer, example=STATUS_EXAMPLE)
def get_payment_status(payment_id: str) -> dict[str, Any]:
    """Where a payment stands; its provider is asked afresh, so that what was just paid is confirmed by this. Ask again
    every 3 seconds while it is `pending`."""
    now = clock.now()
    return payment_status_shape(read_purchase(actor=current_actor(), name=payment_id, now=now), now)


@blueprint.route("/payments/<payment_name:payment_id>/resend-tickets/", methods=["POST"])
@token_required
@says_sentence
@blueprint.operation("Resend tickets email", refuses=_NOT_COMPLETED | _NOT_FOUND)
@finds(get_purchase, key="payment_id", name="purchase")
@blueprint.answers(200, SentAnswer, example=SENT_EXAMPLE)
def resend_tickets(purchase: Purchase) -> dict[str, Any]:
    """Mail the tickets of a completed payment to the buyer's address once more, three times an hour at most."""
    count_for_account(purchase.order.purchase_code, _RESENDING)
    email, tickets = resend_purchase(actor=current_actor(), purchase=purchase, now=clock.now())
    return {
        "message": f"The tickets are on their way to {email} again.",
        "email": email,
        "tickets_count": tickets,
    }


@blueprint.route("/payments/verify/<reference>/", methods=["GET"])
@token_ignored
@blueprint.operation("Verify a payment", refuses={404: "There is no payment with this reference."})
@blueprint.answers(200, VerifiedAnswer, example=VERIFIED_EXAMPLE)
def verify_payment(reference: str) -> dict[str, Any]:
    """What became of a payment, for whoever came back from its page and knows its reference. The provider is asked before
    it is called `pending`; one that was not paid is an answer too, with `success` false."""
    now = clock.now()
    purchase = verify_purchase(name=reference, now=now)
    return verified_shape(purchase, list_items_told(purchase.order), now)


@blueprint.route("/payments/mobile-callback/", methods=["GET"])
@token_ignored
@blueprint.operation("Return to the mobile app")
@blueprint.asks(CallbackQuery)
@blueprint.answers(302)
def open_app(query: dict[str, Any]) -> Response:
    """Where the payment page sends payers of the mobile app: on into the app, with `status` `success`, `pending` or
    `failed` as the provider says; `cancelled` without a reference."""
    link = app_return(query["reference"] or query["trxref"], clock.now())
    return Response(status=302, headers={"Location": link})
