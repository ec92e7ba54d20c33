"""A statement on paper: what was owed before, every movement, what is owed after, and what is frozen or on its way besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from easyticket.core.money import Money
from easyticket.documents.pdf import render_pdf
from easyticket.documents.ticket_paper import printable
from easyticket.documents.ticket_pdf import MARK, picture
from easyticket.rules.statements import Statement, StatementLine
from easyticket.rules.wording import clock_text, day_text, moment_text, sum_text


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One row of the table, written out."""

    day: str
    clock: str
    text: str
    reference: str
    event: str
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A statement, written out."""

    owner: str
    address: Sequence[str]
    currency: str
    period: str
    made: str
    zone: str
    opening: str
    came_in: str
    went_out: str
    closing: str
    disputed: str
    on_its_way: str
    lines: Sequence[PaperLine]


def statement_paper(
    statement: Statement,
    lines: Sequence[StatementLine],
    *,
    owner: str,
    address: str,
    now: datetime,
) -> StatementPaper:
    """Return what is printed: `owner` is whose account it is, with an `address` of several lines or none."""
    period, amounts = statement.period, [line.amount_minor for line in lines]

    def text(minor: int) -> str:
        return sum_text(Money(minor, statement.currency))

    return StatementPaper(
        owner=printable(owner),
        address=[printable(line) for line in address.splitlines() if line.strip()],
        currency=statement.currency,
        period=f"{day_text(period.first_on)} to {day_text(period.last_on)}",
        made=moment_text(now, period.zone),
        zone=period.zone.replace("_", " "),
        opening=text(statement.opening_minor),
        came_in=text(sum(amount for amount in amounts if amount > 0)),
        went_out=text(sum(amount for amount in amounts if amount < 0)),
        closing=text(lines[-1].balance_minor if lines else statement.opening_minor),
        disputed=text(statement.disputed_minor) if statement.disputed_minor else "",
        on_its_way=text(statement.on_its_way_minor) if statement.on_its_way_minor else "",
        lines=[
            PaperLine(
                day=day_text(line.posted_at, period.zone)[4:],
                clock=clock_text(line.posted_at, period.zone),
                text=line.text,
                reference=line.reference,
                event=printable(line.event_title),
                amount=text(line.amount_minor),
                balance=text(line.balance_minor),
            )
            for line in lines
        ],
    )


def render_statement_pdf(paper: StatementPaper) -> bytes:
    """Return the statement as a PDF of A4 pages.

    :raises Unavailable: this machine lacks Pango.
    """
    mark = picture(MARK.read_text())
    return render_pdf(render_template("documents/statement.html", paper=paper, mark=mark))
