"""Mails about one ticket that was sent on: to its new holder, to the one before, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence

from easyticket.emails.message import Attachment, Email, render_email
from easyticket.emails.orders import facts_of
from easyticket.links import public_url
from easyticket.models import EventStatus, Ticket, TicketTransfer
from easyticket.rules.online_links import online_link_of_ticket
from easyticket.rules.wording import moment_text


def ticket_received(
    transfer: TicketTransfer, secret: str, *, code: str, attachments: Sequence[Attachment] = ()
) -> Email:
    """Return the mail that brings a ticket to whoever it was sent to; `secret` is that of the ticket's own link."""
    ticket = transfer.ticket
    return render_email(
        "ticket_received",
        transfer.to_email,
        attachments=attachments,
        event=facts_of(ticket.order),
        ticket_name=_one_line(ticket.full_name),
        sender=_sender_of(transfer),
        holder=transfer.to_name,
        code=code,
        online_link=online_link_of_ticket(ticket),
        has_pdf=any(attachment.content_type == "application/pdf" for attachment in attachments),
        link=public_url("tickets.page", secret=secret),
    )


def ticket_sent_on(transfer: TicketTransfer) -> Email:
    """Return the mail that tells the holder until now to whom a ticket went."""
    ticket = transfer.ticket
    return render_email(
        "ticket_sent_on",
        transfer.from_email,
        event=facts_of(ticket.order),
        ticket_name=_one_line(ticket.full_name),
        receiver=transfer.to_name,
        receiver_email=transfer.to_email,
        sent=moment_text(transfer.sent_at, ticket.event.time_zone),
        event_link=public_url("events.page", slug=ticket.event.slug),
    )


def ticket_ended(ticket: Ticket) -> Email:
    """Return the mail that tells the holder of a sent ticket that it lets nobody in any more, and why."""
    is_cancelled = ticket.event.status is EventStatus.CANCELLED
    return render_email(
        "ticket_ended",
        ticket.attendee_email,
        event=facts_of(ticket.order),
        ticket_name=_one_line(ticket.full_name),
        is_event_cancelled=is_cancelled,
        reason=ticket.event.cancellation_reason.strip() if is_cancelled else "",
        sender=_sender_of(ticket.transfers[-1]),
        event_link=public_url("events.page", slug=ticket.event.slug),
    )


def _sender_of(transfer: TicketTransfer) -> str:
    """Return who sent a ticket; nobody is named any more who has deleted the account."""
    return _one_line(transfer.from_name) or transfer.from_email or "The person"


def _one_line(text: str) -> str:
    return " ".join(text.split())
