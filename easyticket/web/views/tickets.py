"""A ticket as its holder sees it, written out: strings and flags only, made from the row and the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from easyticket.models import Order, Ticket, TicketStatus, TicketTransfer
from easyticket.rules.online_links import online_link_of_ticket
from easyticket.rules.ticket_transfers import why_not_sendable
from easyticket.rules.tickets import can_be_shown, is_with_buyer
from easyticket.rules.wording import clock_text, day_text, moment_text, period_text, place_text
from easyticket.services.orders import secret_of
from easyticket.services.ticket_transfers import secret_of_transfer
from easyticket.web.views.order_parts import Pill


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its holder sees it. One that the reader sent on has no code and leads nowhere; `sent` says to whom."""

    title: str
    when: str
    place: str
    type: str
    holder: str
    code: str
    code_head: str
    code_groups: tuple[str, ...]
    qr_url: str
    qr_missing: str
    status: Pill | None
    sent: str
    online_link: str
    is_void: bool
    url: str
    pdf_url: str
    calendar_url: str
    send_url: str
    back_url: str
    back_text: str
    next_url: str


@dataclass(frozen=True, slots=True)
class SendView:
    """The page that sends a ticket on. With `refusal` it cannot be."""

    title: str
    type: str
    when: str
    refusal: str
    back_url: str


@dataclass(frozen=True, slots=True)
class SentView:
    """What is left of a ticket for somebody who had it and sent it on."""

    title: str
    type: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class _Links:
    """Where a ticket's pages and files are for its holder; empty where it is not the reader's any more."""

    page: str = ""
    qr: str = ""
    pdf: str = ""
    calendar: str = ""
    send: str = ""
    back: str = ""


def ticket_view(ticket: Ticket, order: Order, now: datetime) -> TicketView:
    """Return a ticket of `order` as whoever has the order sees it at this moment."""
    if not is_with_buyer(ticket):
        return _view(ticket, order, _Links(), now, sent=sent_text(ticket.transfers[0]))
    return _view(ticket, order, _links_by_order(ticket, order), now, next_url=_next_url(ticket, order))


def held_ticket_view(ticket: Ticket, now: datetime) -> TicketView:
    """Return a ticket as its holder sees it, who bought it or was sent it."""
    order = ticket.order
    links = (
        _links_by_order(ticket, order)
        if is_with_buyer(ticket)
        else _links_by_transfer(secret_of_transfer(ticket.transfers[-1]))
    )
    return _view(ticket, order, links, now)


def send_view(ticket: Ticket, back_url: str, now: datetime) -> SendView:
    """Return what the page shows that sends a ticket on."""
    return SendView(
        title=ticket.event.title,
        type=ticket.full_name,
        when=_ticket_when(ticket, ticket.order),
        refusal=why_not_sendable(ticket, now) or "",
        back_url=back_url,
    )


def sent_view(transfer: TicketTransfer) -> SentView:
    """Return what the receiver of a ticket is shown who sent it further."""
    ticket = transfer.ticket
    following = next(each for each in ticket.transfers if each.id > transfer.id)
    return SentView(
        title=ticket.event.title,
        type=ticket.full_name,
        when=_ticket_when(ticket, ticket.order),
        text=sent_text(following),
    )


def sent_by_buyer_view(ticket: Ticket) -> SentView:
    """Return what is left of a ticket for its buyer, who sent it on."""
    return SentView(
        title=ticket.event.title,
        type=ticket.full_name,
        when=_ticket_when(ticket, ticket.order),
        text=sent_text(ticket.transfers[0]),
    )


def sent_text(transfer: TicketTransfer) -> str:
    """Return to whom a ticket went and when, as a sentence for whoever sent it."""
    sent = moment_text(transfer.sent_at, transfer.ticket.event.time_zone)
    return f"You sent it to {transfer.to_name} ({transfer.to_email}) on {sent}."


def _view(
    ticket: Ticket, order: Order, links: _Links, now: datetime, *, sent: str = "", next_url: str = ""
) -> TicketView:
    is_void = ticket.status is TicketStatus.CANCELLED
    head, groups = ("", ()) if sent else _read_aloud(ticket.code)
    return TicketView(
        title=order.event.title,
        when=_ticket_when(ticket, order),
        place=place_text(order.event),
        type=ticket.full_name,
        holder="" if sent else ticket.attendee_name,
        code="" if sent else ticket.code,
        code_head=head,
        code_groups=groups,
        qr_url="" if is_void else links.qr,
        qr_missing=_why_no_code(is_void=is_void, is_sent=bool(sent)),
        status=_ticket_pill(ticket, order, now) if not sent else Pill("Sent on", "quiet"),
        sent=sent,
        online_link="" if sent else online_link_of_ticket(ticket),
        is_void=is_void or bool(sent),
        url=links.page,
        pdf_url=links.pdf,
        calendar_url=links.calendar,
        send_url="" if why_not_sendable(ticket, now) else links.send,
        back_url=links.back,
        back_text="All tickets of this order" if links.back else "",
        next_url=next_url,
    )


def _links_by_order(ticket: Ticket, order: Order) -> _Links:
    secret, code = secret_of(order), ticket.code
    return _Links(
        page=url_for("orders.ticket", secret=secret, code=code),
        qr=url_for("orders.ticket_qr", secret=secret, code=code),
        pdf=url_for("orders.ticket_pdf", secret=secret, code=code),
        calendar=url_for("orders.calendar", secret=secret),
        send=url_for("orders.send", secret=secret, code=code),
        back=url_for("orders.page", secret=secret),
    )


def _links_by_transfer(secret: str) -> _Links:
    return _Links(
        page=url_for("tickets.page", secret=secret),
        qr=url_for("tickets.qr", secret=secret),
        pdf=url_for("tickets.pdf", secret=secret),
        calendar=url_for("tickets.calendar", secret=secret),
        send=url_for("tickets.send", secret=secret),
    )


def _why_no_code(*, is_void: bool, is_sent: bool) -> str:
    if is_sent:
        return "Its new holder has the code."
    return "This ticket was cancelled and lets nobody in." if is_void else ""


def _ticket_pill(ticket: Ticket, order: Order, now: datetime) -> Pill | None:
    zone = order.event.time_zone
    if ticket.status is TicketStatus.CANCELLED:
        return Pill("Cancelled", "stop")
    if ticket.used_at is not None:
        day = day_text(ticket.used_at, zone).rpartition(" ")[0]  # without the year: a pill has one short line
        return Pill(f"Let in {day}, {clock_text(ticket.used_at, zone)}", "good")
    return Pill("This event is over", "quiet") if order.event.end_at <= now else None


def _ticket_when(ticket: Ticket, order: Order) -> str:
    if ticket.day_on is not None:
        return day_text(ticket.day_on)
    return period_text(order.event)


def _next_url(ticket: Ticket, order: Order) -> str:
    following = [each for each in order.tickets if each.id > ticket.id and can_be_shown(each)]
    return url_for("orders.ticket", secret=secret_of(order), code=following[0].code) if following else ""


def _read_aloud(code: str) -> tuple[str, tuple[str, ...]]:
    """Split a code into its date part and what is read out in one breath each: "TKT-20261212-", "7J2KQ", "0ABCD"."""
    head, dash, tail = code.rpartition("-")
    return head + dash, tuple(tail[start : start + 5] for start in range(0, len(tail), 5))
