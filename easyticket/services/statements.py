"""Statements on paper: read in one go, then drawn while nothing stays open."""

from __future__ import annotations

from datetime import datetime

from easyticket.core.errors import Conflict
from easyticket.db import db
from easyticket.documents.statement_pdf import render_statement_pdf, statement_paper
from easyticket.queries.receipts import find_seller
from easyticket.queries.statements import count_statement_lines, list_statement_lines
from easyticket.queries.users import get_own_user
from easyticket.rules.permissions import Actor
from easyticket.rules.statements import Statement

# Some thirty pages, and a few seconds of drawing.
MOST_PRINTED = 1_000


def print_statement(*, actor: Actor, statement: Statement, now: datetime) -> bytes:
    """Return the actor's own statement as a PDF.

    :raises Conflict: it has more lines than are printed.
    :raises Unavailable: this machine cannot draw.
    """
    if count_statement_lines(statement) > MOST_PRINTED:
        raise Conflict(
            f"These days have more than {MOST_PRINTED:,} movements, which is too many for paper. Choose fewer days, or "
            "download the table (CSV), which has no limit.",
            code="statement_too_long",
        )
    seller = find_seller(actor)
    owner = (seller.legal_name if seller else "") or get_own_user(actor).display_name
    address = seller.address if seller else ""
    paper = statement_paper(
        statement, list(list_statement_lines(statement)), owner=owner, address=address, now=now
    )
    # Drawing takes a while: what it needs has been read, and no connection waits meanwhile.
    db.session.rollback()
    return render_statement_pdf(paper)
