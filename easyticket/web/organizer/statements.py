"""Statements of an organizer's account to take away: a table for programs, and a PDF."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.documents.statement_csv import statement_csv
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.downloads import private_download, streamed_download
from easyticket.http.limits import limiter
from easyticket.queries.statements import list_statement_currencies, list_statement_lines, open_statement
from easyticket.rules.statements import Statement, period_between
from easyticket.services.statements import print_statement
from easyticket.web.forms.money import StatementForm
from easyticket.web.organizer import blueprint


@blueprint.get("/money/statement.csv")
@organizer_only
def statement_table() -> ResponseReturnValue:
    """Give a statement as a table, streamed."""
    statement = _statement()
    rows = statement_csv(statement, list_statement_lines(statement))
    return streamed_download(rows, "text/csv; charset=utf-8", f"{_name(statement)}.csv")


@blueprint.get("/money/statement.pdf")
@organizer_only
@limiter.limit("10/minute")
def statement_pdf() -> ResponseReturnValue:
    """Give a statement as a PDF."""
    statement = _statement()
    content = print_statement(actor=current_actor(), statement=statement, now=clock.now())
    return private_download(content, "application/pdf", f"{_name(statement)}.pdf")


def _statement() -> Statement:
    actor = current_actor()
    form = StatementForm(request.args)
    form.offer(list_statement_currencies(actor))
    if not form.validate():
        raise Invalid(next(sentence for sentences in form.errors.values() for sentence in sentences))
    zone = current_app.config["SETTINGS"].default_time_zone
    return open_statement(
        actor, form.currency.data, period_between(form.first_on.data, form.last_on.data, zone)
    )


def _name(statement: Statement) -> str:
    period = statement.period
    return f"statement-{statement.currency}-{period.first_on}-{period.last_on}"
