"""Which service each job name calls. A handler gets the payload (ids only) and the row's UUID, the same on every try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from easyticket.links import FrontEnd
from easyticket.queue import JobName
from easyticket.services import (
    account_checks,
    audits,
    cancellation,
    delivery,
    event_news,
    images,
    payments,
    payout_transfers,
    provider_events,
    receipts,
    refund_again,
    refund_sending,
    sandbox,
    withdrawal_cover,
)

Handler = Callable[[dict[str, Any], UUID], object]

HANDLERS: dict[JobName, Handler] = {
    # Rows written before front ends had names carry none.
    JobName.MAIL_VERIFY_EMAIL: lambda p, uuid: delivery.mail_verify_email(
        p["mail_token_id"], front_end=p.get("front_end", FrontEnd.PAGES), message_id=uuid
    ),
    JobName.MAIL_RESET_PASSWORD: lambda p, uuid: delivery.mail_reset_password(
        p["mail_token_id"], front_end=p.get("front_end", FrontEnd.PAGES), message_id=uuid
    ),
    JobName.MAIL_CHANGE_EMAIL: lambda p, uuid: delivery.mail_change_email(
        p["mail_token_id"], front_end=p["front_end"], message_id=uuid
    ),
    JobName.MAIL_EMAIL_CHANGE_ASKED: lambda p, uuid: delivery.mail_email_change_asked(
        p["mail_token_id"], message_id=uuid
    ),
    JobName.MAIL_EMAIL_CHANGED: lambda p, uuid: delivery.mail_email_changed(
        p["mail_token_id"], message_id=uuid
    ),
    JobName.MAIL_PASSWORD_CHANGED: lambda p, uuid: delivery.mail_password_changed(
        p["user_id"], message_id=uuid
    ),
    JobName.MAIL_ORDER_CONFIRMED: lambda p, uuid: delivery.mail_order_confirmed(
        p["order_id"], message_id=uuid
    ),
    JobName.MAIL_ORDER_REFUNDED: lambda p, uuid: delivery.mail_order_refunded(
        p["refund_id"], message_id=uuid
    ),
    JobName.MAIL_REFUND_FAILED: lambda p, uuid: delivery.mail_refund_failed(
        p["refund_id"], reader=p["reader"], message_id=uuid
    ),
    JobName.MAIL_EVENT_CANCELLED: lambda p, uuid: delivery.mail_event_cancelled(
        p["order_id"], message_id=uuid
    ),
    JobName.TELL_HOLDERS: lambda p, _: event_news.spread_event_news(
        p["event_id"], p["first_change_id"], p["last_change_id"]
    ),
    JobName.MAIL_EVENT_CHANGED: lambda p, uuid: delivery.mail_event_changed(
        order_id=p.get("order_id"),
        ticket_id=p.get("ticket_id"),
        first_change_id=p["first_change_id"],
        last_change_id=p["last_change_id"],
        message_id=uuid,
    ),
    JobName.MAIL_EVENT_TAKEN_DOWN: lambda p, uuid: delivery.mail_event_taken_down(
        p["event_id"], message_id=uuid
    ),
    JobName.MAIL_EVENT_RESTORED: lambda p, uuid: delivery.mail_event_restored(p["event_id"], message_id=uuid),
    JobName.MAIL_TICKET_RECEIVED: lambda p, uuid: delivery.mail_ticket_received(
        p["transfer_id"], message_id=uuid
    ),
    JobName.MAIL_TICKET_SENT_ON: lambda p, uuid: delivery.mail_ticket_sent_on(
        p["transfer_id"], message_id=uuid
    ),
    JobName.MAIL_TICKET_ENDED: lambda p, uuid: delivery.mail_ticket_ended(p["ticket_id"], message_id=uuid),
    JobName.MAIL_CONTACT_MESSAGE: lambda p, uuid: delivery.mail_contact_message(
        p["contact_message_id"], message_id=uuid
    ),
    JobName.MAIL_PAYMENT_ACCOUNT_CHANGED: lambda p, uuid: delivery.mail_payment_account_changed(
        p["profile_id"], is_new=p["is_new"], message_id=uuid
    ),
    JobName.MAIL_PAYOUT_PAID: lambda p, uuid: delivery.mail_payout_paid(p["payout_id"], message_id=uuid),
    JobName.MAIL_PAYOUT_FAILED: lambda p, uuid: delivery.mail_payout_failed(p["payout_id"], message_id=uuid),
    JobName.MAIL_PAYMENT_QUARANTINED: lambda p, uuid: delivery.mail_payment_quarantined(
        p["payment_id"], message_id=uuid
    ),
    JobName.MAIL_PAYMENT_DISPUTED: lambda p, uuid: delivery.mail_payment_disputed(
        p["dispute_id"], state=p["state"], message_id=uuid
    ),
    JobName.CLOSE_PAYMENT: lambda p, _: payments.close_given_up_payment(p["payment_id"]),
    JobName.SEND_PAYOUT: lambda p, _: payout_transfers.send_payout(p["payout_id"]),
    JobName.ISSUE_RECEIPT: lambda p, _: receipts.issue_receipt(p["order_id"]),
    JobName.ISSUE_CREDIT_NOTE: lambda p, _: receipts.issue_credit_note(p["refund_id"]),
    JobName.SEND_REFUND: lambda p, _: refund_sending.send_refund(p["refund_id"]),
    JobName.REFUND_AGAIN: lambda p, _: refund_again.refund_again(p["refund_id"]),
    JobName.UNWIND_EVENT: lambda p, _: cancellation.unwind_event(p["event_id"]),
    JobName.CHECK_ACCOUNT: lambda p, _: account_checks.check_account(
        p["profile_id"], p["attempt"], p["times_asked"]
    ),
    JobName.COVER_WITHDRAWALS: lambda p, _: withdrawal_cover.cover_withdrawals(p["organizer_id"]),
    JobName.DELETE_PICTURE: lambda p, _: images.delete_picture(p["name"]),
    JobName.HANDLE_PROVIDER_EVENT: lambda p, _: provider_events.handle_provider_event(
        p["event_id"], again=p.get("again", False)
    ),
    JobName.RUN_AUDIT: lambda p, _: audits.run_audit(),
    JobName.MAIL_AUDIT_CHANGED: lambda p, uuid: delivery.mail_audit_changed(
        p["audit_run_id"], message_id=uuid
    ),
    JobName.SANDBOX_APPROVE_LATE: lambda p, _: sandbox.approve_late(p["reference"]),
    JobName.SANDBOX_WEBHOOK: lambda p, _: sandbox.deliver_webhook(p["event"], p["reference"], p["key"]),
}
