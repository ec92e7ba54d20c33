"""Tickets on paper: a PDF with one A5 page per ticket. A5 fits whole on A4 and on Letter, and is readable on a phone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from flask import render_template

from easyticket.documents.cover import render_cover
from easyticket.documents.pdf import render_pdf
from easyticket.documents.qr import render_qr_svg
from easyticket.documents.ticket_paper import TicketPaper

# The cover's size in pixels; only its proportion matters, it is drawn from lines.
COVER = (1320, 440)
MARK = Path(__file__).resolve().parent.parent / "static" / "img" / "mark.svg"


def render_tickets_pdf(tickets: Sequence[TicketPaper]) -> bytes:
    """Return a PDF with one page per ticket, in the order given.

    :raises Unavailable: this machine lacks Pango.
    """
    pages = [(ticket, picture(render_cover(ticket.event_id, *COVER)), _qr(ticket)) for ticket in tickets]
    return render_pdf(render_template("documents/tickets.html", pages=pages, mark=picture(MARK.read_text())))


def picture(svg: str) -> str:
    """Return an SVG as the data: address that a page to be printed shows it by."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _qr(ticket: TicketPaper) -> str:
    return picture(render_qr_svg(ticket.qr_content)) if ticket.qr_content else ""
