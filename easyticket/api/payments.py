"""Paying an order, where its payment stands, and getting money back."""

from __future__ import annotations

from typing import Any

from easyticket.api.orders import NOT_FOUND
from easyticket.api.schemas.payments import (
    INTENT_EXAMPLE,
    REFUND_BODY_EXAMPLE,
    REFUND_EXAMPLE,
    STATUS_EXAMPLE,
    CreatedIntentAnswer,
    PaymentStatusAnswer,
    RefundAnswer,
    RefundBody,
)
from easyticket.api.shapes.payments import intent_shape, payment_status_shape, refund_shape
from easyticket.core import clock
from easyticket.http.api_limits import PAYMENT, limited
from easyticket.http.auth import current_actor, token_required
from easyticket.http.idempotency import current_turn, idempotent
from easyticket.http.openapi import ApiBlueprint, finds
from easyticket.models import Order
from easyticket.queries.order_lists import get_order
from easyticket.rules.permissions import Permission
from easyticket.services.intents import create_intent, read_payment
from easyticket.services.refund_requests import refund_order

blueprint = ApiBlueprint(
    "api_payments",
    __name__,
    url_prefix="/api/orders",
    tag="Payments",
    description="Money for orders, and money back.",
)
_NOT_PAYABLE = {400: "Order cannot be paid", 403: "You may not pay this order."}
_DOWN = {502: "The payment provider does not answer. Nothing is lost: try again."}
_NO_PAYMENT = {404: "No payment found for this order"}
_NO_REFUND = {400: "Only confirmed orders can be refunded", 403: "You may not refund this order."}


@blueprint.route("/<uuid:id>/create-payment-intent/", methods=["POST"])
@token_required
@limited(PAYMENT)
@blueprint.operation("Create Stripe Payment Intent", refuses=NOT_FOUND | _NOT_PAYABLE | _DOWN)
@finds(get_order, key="id", name="order", permission=Permission.PAY_ORDER)
@idempotent("create_payment_intent")
@blueprint.answers(200, CreatedIntentAnswer, example=INTENT_EXAMPLE)
def make_intent(order: Order) -> dict[str, Any]:
    """Begin to pay an order, which becomes `processing`. Asked again, the same intent while it is open; after a decline
    a new one. `payment_url` is the provider's page, where it has one (the sandbox does)."""
    return intent_shape(create_intent(actor=current_actor(), order=order, now=clock.now()))


@blueprint.route("/<uuid:id>/payment-status/", methods=["GET"])
@token_required
@blueprint.operation("Get Payment Status", refuses=_NO_PAYMENT)
@finds(get_order, key="id", name="order")
@blueprint.answers(200, PaymentStatusAnswer, example=STATUS_EXAMPLE)
def get_payment_status(order: Order) -> dict[str, Any]:
    """Where the payment stands; its provider is asked afresh, so that what was just paid is confirmed by this."""
    now = clock.now()
    return payment_status_shape(read_payment(actor=current_actor(), order=order, now=now), now)


@blueprint.route("/<uuid:id>/refund/", methods=["POST"])
@token_required
@blueprint.operation("Refund Order", refuses=NOT_FOUND | _NO_REFUND)
@finds(get_order, key="id", name="order", permission=Permission.REFUND_ORDER)
@blueprint.takes(RefundBody, example=REFUND_BODY_EXAMPLE, required=False)
@idempotent("refund")
@blueprint.answers(200, RefundAnswer, example=REFUND_EXAMPLE)
def refund(body: dict[str, Any], order: Order) -> dict[str, Any]:
    """Return the money of a paid order, all of it or an amount. All of it ends the tickets and the order is `refunded`; a
    part leaves order and tickets as they are. Buyers may until the event begins, or as many days before as its organizer
    says, and while no ticket was used."""
    # Whoever runs the event or the site asks here on purpose, used tickets or not.
    returned = refund_order(
        actor=current_actor(),
        order=order,
        **body,
        override_used=True,
        turn=current_turn(),
        now=clock.now(),
    )
    return refund_shape(returned)
