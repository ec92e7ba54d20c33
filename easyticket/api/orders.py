"""Orders: making and reading them, giving them up, and what an account has bought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app

from easyticket.api.schemas.orders import (
    BODY_EXAMPLE,
    BOUGHT_EXAMPLE,
    CANCELLED_EXAMPLE,
    CONFIRMED_EXAMPLE,
    EXAMPLE,
    LIST_EXAMPLE,
    STATS_EXAMPLE,
    BoughtLineAnswer,
    CancelBody,
    CancelledOrderAnswer,
    CleanupAnswer,
    ConfirmBody,
    ConfirmedOrderAnswer,
    OrderAnswer,
    OrderBody,
    OrderListItem,
    OrderStatsAnswer,
)
from easyticket.api.shapes.orders import (
    bought_line_shape,
    order_row_shape,
    order_shape,
    stats_shape,
    told_order_shape,
)
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.http.idempotency import current_turn, idempotent
from easyticket.http.openapi import ApiBlueprint, finds, needs
from easyticket.http.paging import wanted_page, wanted_rows
from easyticket.models import Order, SalesChannel
from easyticket.queries import order_lists
from easyticket.queries.order_stats import count_orders
from easyticket.queries.pages import Page
from easyticket.rules.ordered_lines import OrderedLine
from easyticket.rules.permissions import Permission
from easyticket.services.expiry import clean_up_orders
from easyticket.services.intents import confirm_test_payment
from easyticket.services.order_drafts import OrderDraft, order_tickets
from easyticket.services.orders import cancel_order

blueprint = ApiBlueprint(
    "api_orders",
    __name__,
    url_prefix="/api/orders",
    tag="Orders",
    description="Orders hold their tickets for 15 minutes, until they are paid.",
)
NOT_FOUND = {404: "No Order matches the given query."}
_NOT_SOLD = {400: "Only 3 tickets available for 'Floor'"}
_NOT_CANCELLED = {400: "Cannot cancel confirmed order. Please request a refund instead."}
_NOT_CONFIRMED = {400: "Order is already confirmed", 403: "You may not pay this order."}
_NOT_ADMIN = {403: "Only administrators can trigger order cleanup."}


@blueprint.route("/", methods=["GET"])
@token_required
@blueprint.operation("List user's orders")
@blueprint.answers_page(OrderListItem, example=LIST_EXAMPLE)
def list_orders() -> Page[dict[str, Any]]:
    """Your orders, the newest first; administrators see everybody's."""
    return _rows(order_lists.list_orders(current_actor(), **wanted_page()))


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_required
@blueprint.operation("Get order details", refuses=NOT_FOUND)
@finds(order_lists.get_order, key="id", name="order")
@blueprint.answers(200, OrderAnswer, example=EXAMPLE)
def get_order(order: Order) -> dict[str, Any]:
    """One of your orders with its lines, its payment and its tickets; administrators may read any."""
    return order_shape(order, clock.now())


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new order", refuses=_NOT_SOLD)
@blueprint.takes(OrderBody, example=BODY_EXAMPLE)
@idempotent("create_order")
@blueprint.answers(201, OrderAnswer, example=EXAMPLE)
def make_order(body: dict[str, Any]) -> dict[str, Any]:
    """Hold tickets of one event until `expires_at`. The fee is in the total from the start; one that costs nothing is
    confirmed at once. The same tickets twice are added up. Send an `Idempotency-Key`, so that repeating it is safe."""
    items = [OrderedLine(**item) for item in body["items"]]
    order = order_tickets(
        actor=current_actor(),
        draft=OrderDraft(**{**body, "items": items}),
        channel=SalesChannel.API,
        turn=current_turn(),
        now=clock.now(),
    )
    return order_shape(_read(order.uuid), clock.now())


@blueprint.route("/pending/", methods=["GET"])
@token_required
@blueprint.operation("Get pending orders")
@blueprint.answers_list(OrderListItem, example=LIST_EXAMPLE)
def list_pending_orders() -> Page[dict[str, Any]]:
    """Your orders that hold their tickets and whose payment has not begun, the newest first."""
    return _rows(order_lists.list_pending_orders(current_actor(), clock.now(), **wanted_rows()))


@blueprint.route("/confirmed/", methods=["GET"])
@token_required
@blueprint.operation("Get confirmed orders")
@blueprint.answers_list(OrderListItem, example=LIST_EXAMPLE | {"status": "confirmed", "is_paid": True})
def list_confirmed_orders() -> Page[dict[str, Any]]:
    """Your paid orders, the newest first."""
    return _rows(order_lists.list_confirmed_orders(current_actor(), **wanted_rows()))


@blueprint.route("/<uuid:id>/cancel/", methods=["POST"])
@token_required
@blueprint.operation("Cancel order", refuses=NOT_FOUND | _NOT_CANCELLED)
@finds(order_lists.get_order, key="id", name="order", permission=Permission.CANCEL_ORDER)
@blueprint.takes(CancelBody, example={"reason": "Changed my mind"}, required=False)
@blueprint.answers(200, CancelledOrderAnswer, example=CANCELLED_EXAMPLE)
def give_up_order(body: dict[str, Any], order: Order) -> dict[str, Any]:
    """Give the tickets of an unpaid order back. A paid one is refunded instead."""
    cancelled = cancel_order(actor=current_actor(), order=order, **body, now=clock.now())
    return told_order_shape(_read(cancelled.uuid), clock.now(), message="Order cancelled successfully")


@blueprint.route("/<uuid:id>/confirm_payment/", methods=["POST"])
@token_required
@blueprint.operation(
    "Confirm payment (deprecated, for testing only)", refuses=NOT_FOUND | _NOT_CONFIRMED, deprecated=True
)
@finds(order_lists.get_order, key="id", name="order", permission=Permission.PAY_ORDER)
@blueprint.takes(ConfirmBody, example={"payment_id": "test-payment-id", "payment_method": "stripe"})
@blueprint.answers(200, ConfirmedOrderAnswer, example=CONFIRMED_EXAMPLE)
def confirm_payment(body: dict[str, Any], order: Order) -> dict[str, Any]:
    """Pay an order with play money, where the site has the sandbox switched on; 403 elsewhere."""
    confirmed = confirm_test_payment(actor=current_actor(), order=order, **body, now=clock.now())
    return told_order_shape(
        _read(confirmed.uuid),
        clock.now(),
        message="Payment confirmed successfully",
        warning="This endpoint is deprecated. Use Stripe webhooks in production.",
    )


@blueprint.route("/stats/", methods=["GET"])
@token_required
@blueprint.operation("Get order statistics")
@blueprint.answers(200, OrderStatsAnswer, example=STATS_EXAMPLE)
def get_stats() -> dict[str, Any]:
    """Your own orders in numbers. Sums of different currencies are kept apart."""
    stats = count_orders(current_actor(), clock.now())
    return stats_shape(stats, current_app.config["SETTINGS"].default_currency)


@blueprint.route("/my_tickets/", methods=["GET"])
@token_required
@blueprint.operation("Get user's tickets")
@blueprint.answers_list(BoughtLineAnswer, example=BOUGHT_EXAMPLE)
def list_bought_lines() -> Page[dict[str, Any]]:
    """The lines of your paid orders, those of the newest first. Single tickets are under `/api/tickets/my-tickets/`."""
    return order_lists.list_bought_lines(current_actor(), **wanted_rows()).map(bought_line_shape)


@blueprint.route("/cleanup_expired/", methods=["POST"])
@token_required
@blueprint.operation("Check for expired orders", refuses=_NOT_ADMIN)
@needs(Permission.CLEAN_UP_ORDERS)
@blueprint.answers(200, CleanupAnswer, example={"message": "2 expired orders marked as failed", "count": 2})
def clean_up() -> dict[str, Any]:
    """End orders that ran out unpaid. For administrators; it also happens by itself every few seconds."""
    count = clean_up_orders(actor=current_actor(), now=clock.now())
    return {"message": f"{count} expired orders marked as failed", "count": count}


def _rows(page: Page[Order]) -> Page[dict[str, Any]]:
    now = clock.now()
    return page.map(lambda order: order_row_shape(order, now))


def _read(uuid: UUID) -> Order:
    return order_lists.get_order(current_actor(), uuid)
