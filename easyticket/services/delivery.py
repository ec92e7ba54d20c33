"""Mails, sent by jobs: each function builds one mail from rows, lets go of the database, then hands the mail over.

A job runs at least once: `message_id`, the UUID of its outbox row, makes a second copy recognizable as the same mail.
What is no longer true when the job runs (a link that was used, tickets that were cancelled) is not mailed.
Each raises MailDelayed (try again) or MailRefused (never again).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.utils import parseaddr
from uuid import UUID, uuid4

from flask import current_app

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Unavailable
from easyticket.core.signing import mail_token
from easyticket.db import db
from easyticket.documents.calendar import calendar_of
from easyticket.documents.ticket_paper import TicketPaper, paper_of
from easyticket.documents.ticket_pdf import render_tickets_pdf
from easyticket.emails import (
    accounts,
    audits,
    event_news,
    events,
    messages,
    orders,
    payments,
    payouts,
    tickets,
)
from easyticket.emails.message import Attachment, Email, as_message
from easyticket.integrations.mail import MailRefused, open_mailer
from easyticket.integrations.providers import DisputeState
from easyticket.links import FrontEnd, public_host, public_url
from easyticket.models import (
    AuditRun,
    ContactMessage,
    Dispute,
    Event,
    MailToken,
    Order,
    Payment,
    PaymentProfile,
    Payout,
    Refund,
    Ticket,
    TicketStatus,
    TicketTransfer,
    User,
)
from easyticket.queries.event_news import list_news_changes
from easyticket.rules.event_news import may_be_news, news_of
from easyticket.rules.online_links import online_link_of_order, online_link_of_ticket
from easyticket.rules.refunds import RefundReader, find_next_try, is_promised_again
from easyticket.rules.ticket_transfers import is_last
from easyticket.rules.tickets import can_be_shown, is_with_buyer
from easyticket.services.orders import secret_of
from easyticket.services.ticket_transfers import secret_of_transfer
from easyticket.services.tickets import qr_content

log = logging.getLogger(__name__)


def mail_verify_email(mail_token_id: int, *, front_end: str = FrontEnd.PAGES, message_id: UUID) -> None:
    """Mail the link that proves an address, to the pages of `front_end`, unless it was used or has expired meanwhile."""
    token = _live_token(mail_token_id)
    if token is not None:
        _send(accounts.verify_email(token, _secret_of(token), FrontEnd(front_end)), message_id)


def mail_reset_password(mail_token_id: int, *, front_end: str = FrontEnd.PAGES, message_id: UUID) -> None:
    """Mail the link to choose a new password, to the pages of `front_end`, unless it was used or has expired meanwhile."""
    token = _live_token(mail_token_id)
    if token is not None:
        _send(accounts.reset_password(token, _secret_of(token), FrontEnd(front_end)), message_id)


def mail_change_email(mail_token_id: int, *, front_end: str = FrontEnd.PAGES, message_id: UUID) -> None:
    """Mail the link that makes a new address the account's, to that address, unless it was used or has expired meanwhile."""
    token = _live_token(mail_token_id)
    if token is not None:
        _send(accounts.change_email(token, _secret_of(token), FrontEnd(front_end)), message_id)


def mail_email_change_asked(mail_token_id: int, *, message_id: UUID) -> None:
    """Tell the present address of an account that another was asked for, unless the change was made or stopped meanwhile."""
    token = _live_token(mail_token_id)
    if token is not None:
        _send(accounts.email_change_asked(token.user), message_id)


def mail_email_changed(mail_token_id: int, *, message_id: UUID) -> None:
    """Tell an address that it is no longer that of an account; nothing if the account has been deleted with all of it."""
    token = db.session.get(MailToken, mail_token_id)
    if token is not None:
        _send(accounts.email_changed(token.email, _settings().contact_email), message_id)


def mail_password_changed(user_id: int, *, message_id: UUID) -> None:
    """Tell the holder of an account that its password was changed."""
    user = db.session.get(User, user_id)
    if user is not None and user.deleted_at is None:
        _send(accounts.password_changed(user), message_id)


def mail_payment_account_changed(profile_id: int, *, is_new: bool, message_id: UUID) -> None:
    """Tell somebody that an account they are paid to was added or changed, unless they have deleted it meanwhile."""
    profile = db.session.get_one(PaymentProfile, profile_id)
    if profile.deleted_at is None and profile.user.deleted_at is None:
        _send(payouts.payment_account_changed(profile, is_new=is_new), message_id)


def mail_payout_paid(payout_id: int, *, message_id: UUID) -> None:
    """Tell an organizer that money has left for their account."""
    payout = db.session.get_one(Payout, payout_id)
    if payout.organizer.deleted_at is None:
        _send(payouts.payout_paid(payout), message_id)


def mail_payout_failed(payout_id: int, *, message_id: UUID) -> None:
    """Tell an organizer that money did not reach their account."""
    payout = db.session.get_one(Payout, payout_id)
    if payout.organizer.deleted_at is None:
        _send(payouts.payout_failed(payout), message_id)


def mail_order_confirmed(order_id: int, *, message_id: UUID) -> None:
    """Mail a paid order with its tickets as a PDF and a calendar file; nothing if no ticket of it is valid any more."""
    papers = _papers_of_valid_tickets(order_id)
    # Drawing takes a while: what it needs has been read, and no transaction stays open meanwhile.
    db.session.rollback()
    pdf = _pdf(papers)
    order = db.session.get_one(Order, order_id)
    to = _buyer_address(order)
    if not papers or not to:
        log.info("no confirmation to mail", extra={"order_id": order_id})
        return
    attachments = [*pdf, _calendar(order, "event.ics", online_link_of_order(order))]
    codes = [(paper.ticket_name, paper.code) for paper in papers]
    _send(
        orders.order_confirmed(order, secret_of(order), codes=codes, to=to, attachments=attachments),
        message_id,
    )


def mail_order_refunded(refund_id: int, *, message_id: UUID) -> None:
    """Tell a buyer that money is on its way back, and why."""
    refund = db.session.get_one(Refund, refund_id)
    if to := _buyer_address(refund.order):
        _send(orders.order_refunded(refund, secret_of(refund.order), to=to), message_id)


def mail_refund_failed(refund_id: int, *, reader: str, message_id: UUID) -> None:
    """Tell the organizer, or the people who run the site (`reader`), that money did not go back; not if it has meanwhile."""
    refund = db.session.get_one(Refund, refund_id)
    organizer = refund.order.event.organizer
    is_theirs = reader == RefundReader.ORGANIZER
    if find_next_try(refund) is not None or (is_theirs and organizer.deleted_at is not None):
        return
    to = organizer.email if is_theirs else _contact_address()
    _send(orders.refund_failed(refund, to=to, is_promised_again=is_promised_again(refund)), message_id)


def mail_event_cancelled(order_id: int, *, message_id: UUID) -> None:
    """Tell a buyer that the event is cancelled; the calendar file strikes it out where the first one was taken."""
    order = db.session.get_one(Order, order_id)
    if to := _buyer_address(order):
        attachments = [_calendar(order, "cancelled.ics")]
        _send(orders.event_cancelled(order, secret_of(order), to=to, attachments=attachments), message_id)


def mail_event_changed(
    *,
    order_id: int | None,
    ticket_id: int | None,
    first_change_id: int,
    last_change_id: int,
    message_id: UUID,
) -> None:
    """Tell a buyer, or whoever a ticket was sent on to, what changed in the event since they had it; not if nothing has."""
    ticket = db.session.get_one(Ticket, ticket_id) if ticket_id is not None else None
    order = ticket.order if ticket is not None else db.session.get_one(Order, order_id)
    held = [ticket] if ticket is not None else [each for each in order.tickets if is_with_buyer(each)]
    to = ticket.attendee_email if ticket is not None else _buyer_address(order)
    since = [each.sent_on_at or each.created_at for each in held if each.status is not TicketStatus.CANCELLED]
    if not since or not to or not may_be_news(order.event, clock.now()):
        log.info("a change of an event is not mailed any more", extra={"order_id": order.id})
        return
    changes = list_news_changes(order.event_id, after=first_change_id - 1, until=last_change_id)
    lines = news_of(order.event, [change for change in changes if change.changed_at > min(since)])
    if lines:
        link = (
            _ticket_link(ticket) if ticket is not None else public_url("orders.page", secret=secret_of(order))
        )
        online_link = online_link_of_ticket(ticket) if ticket is not None else online_link_of_order(order)
        attachments = [_calendar(order, "event.ics", online_link)]
        _send(event_news.event_changed(order, lines, to=to, link=link, attachments=attachments), message_id)


def mail_ticket_received(transfer_id: int, *, message_id: UUID) -> None:
    """Mail a ticket to whoever it was sent on to; nothing if it has ended or gone further meanwhile."""
    transfer = db.session.get_one(TicketTransfer, transfer_id)
    ticket = transfer.ticket
    if not is_last(transfer) or ticket.status is TicketStatus.CANCELLED:
        log.info("a sent ticket is not mailed any more", extra={"transfer_id": transfer_id})
        return
    paper = paper_of(ticket, qr_content(ticket))
    db.session.rollback()
    pdf = _pdf([paper])
    transfer = db.session.get_one(TicketTransfer, transfer_id)
    attachments = [
        *pdf,
        _calendar(transfer.ticket.order, "event.ics", online_link_of_ticket(transfer.ticket)),
    ]
    secret = secret_of_transfer(transfer)
    _send(tickets.ticket_received(transfer, secret, code=paper.code, attachments=attachments), message_id)


def mail_ticket_sent_on(transfer_id: int, *, message_id: UUID) -> None:
    """Tell whoever held a ticket until now to whom it was sent on: somebody else may have had the link."""
    transfer = db.session.get_one(TicketTransfer, transfer_id)
    if transfer.from_email:
        _send(tickets.ticket_sent_on(transfer), message_id)


def mail_ticket_ended(ticket_id: int, *, message_id: UUID) -> None:
    """Tell whoever a ticket was sent on to that it is no longer valid; the order's own mails go to its buyer."""
    ticket = db.session.get_one(Ticket, ticket_id)
    if ticket.status is TicketStatus.CANCELLED and ticket.attendee_email:
        _send(tickets.ticket_ended(ticket), message_id)


def mail_payment_quarantined(payment_id: int, *, message_id: UUID) -> None:
    """Tell the people who run the site of money that is not what was asked for, unless one of them has decided already."""
    payment = db.session.get_one(Payment, payment_id)
    if payment.reviewed_at is None:
        _send(payments.payment_quarantined(payment, to=_contact_address()), message_id)


def mail_payment_disputed(dispute_id: int, *, state: str, message_id: UUID) -> None:
    """Tell an organizer where a dispute of a payment stands, unless it has moved on since."""
    dispute = db.session.get_one(Dispute, dispute_id)
    if dispute.state.value == state and dispute.order.event.organizer.deleted_at is None:
        email = payments.payment_disputed(dispute, state=DisputeState(state), contact=_contact_address())
        _send(email, message_id)


def mail_contact_message(contact_message_id: int, *, message_id: UUID) -> None:
    """Mail what somebody wrote in the contact form to the people who run the site."""
    message = db.session.get(ContactMessage, contact_message_id)
    if message is not None:
        _send(messages.contact_message(message, to=_contact_address()), message_id)


def mail_event_taken_down(event_id: int, *, message_id: UUID) -> None:
    """Tell an organizer that an event was taken down and why, unless it is back or gone meanwhile."""
    event = db.session.get(Event, event_id)
    if event is not None and event.taken_down_at is not None and event.organizer.deleted_at is None:
        _send(events.event_taken_down(event, contact=_settings().contact_email), message_id)


def mail_event_restored(event_id: int, *, message_id: UUID) -> None:
    """Tell an organizer that an event is shown again, unless it was taken down once more or is gone meanwhile."""
    event = db.session.get(Event, event_id)
    if event is not None and event.taken_down_at is None and event.organizer.deleted_at is None:
        _send(events.event_restored(event), message_id)


def mail_audit_changed(audit_run_id: int, *, message_id: UUID) -> None:
    """Tell the people who run the site what the audit found; nothing once the run is forgotten."""
    run = db.session.get(AuditRun, audit_run_id)
    if run is not None:
        _send(audits.audit_changed(run, to=_contact_address()), message_id)


def deliver_at_once(email: Email) -> None:
    """Hand over a mail that somebody waits for on a page: it is tried once. Let go of what was read before.

    :raises MailDelayed: the mail server did not take it.
    :raises MailRefused: it never will.
    """
    _send(email, uuid4())


def _send(email: Email, message_id: UUID) -> None:
    settings = _settings()
    # Whatever was read is in the mail now; nothing stays open while a mail server thinks.
    db.session.rollback()
    try:
        message = as_message(
            email, message_id=message_id, sender=settings.mail_from, host=public_host(), now=clock.now()
        )
    except ValueError as error:
        raise MailRefused(f"The mail cannot be written: {error}") from error
    open_mailer(settings).deliver(message)


def _live_token(mail_token_id: int) -> MailToken | None:
    token = db.session.get(MailToken, mail_token_id)
    if token is None or token.used_at is not None or token.expires_at <= clock.now():
        log.info("a mailed link is not needed any more", extra={"mail_token_id": mail_token_id})
        return None
    return token


def _secret_of(token: MailToken) -> str:
    return mail_token(_settings().secret_key, token.uuid)


def _buyer_address(order: Order) -> str:
    if order.buyer_email or order.user is None:
        return order.buyer_email
    return order.user.email if order.user.deleted_at is None else ""


def _ticket_link(ticket: Ticket) -> str:
    return public_url("tickets.page", secret=secret_of_transfer(ticket.transfers[-1]))


def _papers_of_valid_tickets(order_id: int) -> list[TicketPaper]:
    order = db.session.get_one(Order, order_id)
    return [paper_of(ticket, qr_content(ticket)) for ticket in order.tickets if can_be_shown(ticket)]


def _pdf(papers: Sequence[TicketPaper]) -> list[Attachment]:
    if not papers:
        return []
    try:
        return [
            Attachment(f"{papers[0].order_number}-tickets.pdf", "application/pdf", render_tickets_pdf(papers))
        ]
    except Unavailable:
        # A mail with the codes and the link lets people in; no mail does not.
        log.exception("tickets are mailed without their PDF")
        return []


def _calendar(order: Order, name: str, online_link: str = "") -> Attachment:
    link = public_url("events.page", slug=order.event.slug)
    content = calendar_of(order.event, host=public_host(), url=link, now=clock.now(), online_link=online_link)
    return Attachment(name, "text/calendar", content, (("charset", "utf-8"), ("method", "PUBLISH")))


def _contact_address() -> str:
    """Return where messages go: the setting, or the address that mails come from."""
    settings = _settings()
    return settings.contact_email or parseaddr(settings.mail_from)[1]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
