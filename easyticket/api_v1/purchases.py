"""Buying tickets: they are held for ten minutes while their payment page is open, and given back by who changes their mind."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import says_sentence
from easyticket.api_v1.schemas.purchases import (
    CANCELLED_EXAMPLE,
    INITIATE_BODY_EXAMPLE,
    INITIATED_EXAMPLE,
    PURCHASE_BODY_EXAMPLE,
    PURCHASE_EXAMPLE,
    CancelledAnswer,
    InitiateBody,
    InitiatedAnswer,
    PurchaseAnswer,
    PurchaseBody,
)
from easyticket.api_v1.shapes.purchases import initiated_shape, purchase_shape
from easyticket.core import clock
from easyticket.http.api_limits import Rate, limited
from easyticket.http.auth import current_actor, token_required
from easyticket.http.idempotency import current_turn, idempotent
from easyticket.rules.slugs import slug_or_number
from easyticket.services.orders import Buyer
from easyticket.services.purchase_progress import cancel_purchase
from easyticket.services.purchases import BegunPurchase, PurchaseDraft, begin_purchase

blueprint = V1Blueprint(
    "purchases",
    __name__,
    tag="Purchases",
    description="Tickets are held for 10 minutes, until they are paid.",
)
# Each holds tickets for a while, and what is refused (sold out, a wrong number) counts too.
_BUYING = Rate("60 per hour", "purchase")
_REFUSED = {
    400: "Only 3 tickets available for 'Regular'",
    502: "The payment provider does not answer. Nothing is lost: try again.",
}
_FINISHED = {
    400: "Cannot cancel confirmed order. Please request a refund instead.",
    404: "There is no such payment.",
}


@blueprint.route("/tickets/purchase/", methods=["POST"])
@token_required
@limited(_BUYING)
@says_sentence
@blueprint.operation("Initiate purchase", refuses=_REFUSED)
@blueprint.takes(PurchaseBody, example=PURCHASE_BODY_EXAMPLE)
@idempotent("purchase_tickets")
@blueprint.answers(201, PurchaseAnswer, example=PURCHASE_EXAMPLE)
def purchase_tickets(body: dict[str, Any]) -> dict[str, Any]:
    """Hold tickets of one type and open their payment; send the payer to `payment.payment_url`, then ask for its status.
    Free ones are booked at once, and `payment_url` leads straight back. A ticket type's id is that of the event's details.
    Send an `Idempotency-Key`, so that repeating it is safe."""
    attendee = body["attendee"]
    return purchase_shape(_begin({**body, **attendee}, phone_needs_country=True), clock.now())


@blueprint.route("/payments/initiate/", methods=["POST"])
@token_required
@limited(_BUYING)
@says_sentence
@blueprint.operation("Initiate payment", refuses=_REFUSED)
@blueprint.takes(InitiateBody, example=INITIATE_BODY_EXAMPLE)
@idempotent("initiate_payment")
@blueprint.answers(201, InitiatedAnswer, example=INITIATED_EXAMPLE)
def initiate_payment(body: dict[str, Any]) -> dict[str, Any]:
    """The same for clients that know the event's slug: hold tickets, and send the payer to `authorization_url`.
    Free ones are booked at once, and it leads straight back. A refusal for want of tickets tells `available_quantity`, one
    for a wrong number `min_quantity` and `max_quantity`."""
    return initiated_shape(_begin(body), clock.now())


@blueprint.route("/tickets/purchase/<purchase_id>/cancel/", methods=["POST"])
@token_required
@says_sentence
@blueprint.operation("Cancel purchase", refuses=_FINISHED)
@blueprint.answers(200, CancelledAnswer, example=CANCELLED_EXAMPLE)
def cancel(purchase_id: str) -> dict[str, Any]:
    """Give the tickets of an unpaid purchase back. Its payment's id or reference names it too. Money that still arrives for
    it is returned."""
    code, released = cancel_purchase(actor=current_actor(), name=purchase_id, now=clock.now())
    return {
        "message": "Purchase cancelled. Nothing was charged.",
        "purchase_id": code,
        "tickets_released": released,
    }


def _begin(body: dict[str, Any], *, phone_needs_country: bool = False) -> BegunPurchase:
    draft = PurchaseDraft(
        event=slug_or_number(body["event"].strip()),
        offer_id=body["offer_id"],
        quantity=body["quantity"],
        buyer=Buyer(body["buyer_name"], body["buyer_email"], body["buyer_phone"] or ""),
        payment_method=body["payment_method"],
        callback_url=body["callback_url"] or "",
        phone_needs_country=phone_needs_country,
    )
    return begin_purchase(actor=current_actor(), draft=draft, turn=current_turn(), now=clock.now())
