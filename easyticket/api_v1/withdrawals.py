"""Withdrawals: asking for what one has earned, and what became of it."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import tells_success
from easyticket.api_v1.schemas.withdrawals import (
    BODY_EXAMPLE,
    CANCELLED,
    CANCELLED_EXAMPLE,
    EXAMPLE,
    READ_EXAMPLE,
    REQUESTED,
    REQUESTED_EXAMPLE,
    ReadWithdrawal,
    ToldWithdrawal,
    WithdrawalAnswer,
    WithdrawalBody,
)
from easyticket.api_v1.shapes.withdrawals import told_withdrawal_shape, withdrawal_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.http.idempotency import current_turn, idempotent
from easyticket.http.openapi import finds, needs
from easyticket.http.paging import wanted_page
from easyticket.models import Payout
from easyticket.queries import withdrawals
from easyticket.queries.pages import Page
from easyticket.rules.permissions import NOT_PROVED, Permission
from easyticket.services.withdrawals import cancel_withdrawal, request_withdrawal

blueprint = V1Blueprint(
    "withdrawals",
    __name__,
    tag="Withdrawals",
    description="Money from sales, paid out to a verified payment profile once the event is over and the sale a week old.",
)
_NOT_FOUND = {404: "There is no such withdrawal."}
_NOT_PROVED = {403: NOT_PROVED}
_REFUSED = {400: "GHS 100.00 can be paid out at the moment, and no more."}
_NOT_CANCELLED = {400: "This withdrawal can no longer be cancelled."}
_ONE = "/auth/withdrawal/<uuid:id>/"


@blueprint.route("/auth/withdrawal/request/", methods=["POST"])
@token_required
@tells_success
@blueprint.operation("Request a withdrawal", refuses=_NOT_PROVED | _REFUSED)
@needs(Permission.REQUEST_PAYOUT)
@blueprint.takes(WithdrawalBody, example=BODY_EXAMPLE)
@idempotent("request_withdrawal")
@blueprint.answers(201, ToldWithdrawal, example=REQUESTED_EXAMPLE)
def ask_for_withdrawal(body: dict[str, Any]) -> dict[str, Any]:
    """Have money paid out to a verified profile, at most what is available and at least what the site sets (GHS 10.00).
    A refusal says both in `data`. It leaves your balance at once and comes back if you cancel."""
    payout = request_withdrawal(
        actor=current_actor(),
        amount=body["amount"],
        currency=body.get("currency") or "",
        profile_uuid=body.get("payment_profile_id"),
        turn=current_turn(),
        now=clock.now(),
    )
    return told_withdrawal_shape(payout, REQUESTED)


@blueprint.route("/auth/withdrawal/history/", methods=["GET"])
@token_required
@blueprint.operation("List withdrawals")
@blueprint.answers_page(WithdrawalAnswer, example=EXAMPLE)
def list_own_withdrawals() -> Page[dict[str, Any]]:
    """Your withdrawals, the newest first."""
    return withdrawals.list_withdrawals(current_actor(), **wanted_page()).map(withdrawal_shape)


@blueprint.route(_ONE, methods=["GET"])
@token_required
@blueprint.operation("Get a withdrawal", refuses=_NOT_FOUND)
@finds(withdrawals.get_withdrawal, key="id", name="payout")
@blueprint.answers(200, ReadWithdrawal, example=READ_EXAMPLE)
def get_own_withdrawal(payout: Payout) -> dict[str, Any]:
    """One of your withdrawals."""
    return {"success": True, "data": withdrawal_shape(payout)}


@blueprint.route(f"{_ONE}cancel/", methods=["POST"])
@token_required
@tells_success
@blueprint.operation("Cancel a withdrawal", refuses=_NOT_FOUND | _NOT_CANCELLED)
@finds(withdrawals.get_withdrawal, key="id", name="payout", permission=Permission.CANCEL_PAYOUT)
@blueprint.answers(200, ToldWithdrawal, example=CANCELLED_EXAMPLE)
def give_up_withdrawal(payout: Payout) -> dict[str, Any]:
    """Put the money back into your balance, as long as the withdrawal is pending."""
    cancelled = cancel_withdrawal(actor=current_actor(), payout=payout, now=clock.now())
    return told_withdrawal_shape(cancelled, CANCELLED)
