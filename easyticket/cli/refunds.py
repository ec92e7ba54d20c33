"""For the people who run the site: which refunds need somebody, and promising a failed one once more."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.core.money import Money
from easyticket.queries.refunds import get_refund, list_refunds_in_need
from easyticket.rules.permissions import SYSTEM
from easyticket.services.refund_again import retry_refund


@click.command("refunds-in-need")
@with_appcontext
def refunds_in_need() -> None:
    """List refunds that failed and nothing was promised in place of, and those that wait for money at the provider."""
    for refund in list_refunds_in_need():
        amount = Money(refund.amount_minor, refund.currency)
        why = f"  {refund.last_error}" if refund.last_error else ""
        click.echo(
            f"{refund.uuid}  {refund.state.value}  {amount.currency} {amount.as_text()}  {refund.order.number}  "
            f"{refund.source}  {refund.payment.provider} {refund.payment.reference}{why}"
        )


@click.command("refund-again")
@click.argument("refund_id", type=click.UUID)
@with_appcontext
def refund_again(refund_id: UUID) -> None:
    """Promise what a failed refund was to return once more, and send it. Asked again it is the same promise."""
    try:
        made = retry_refund(actor=SYSTEM, refund=get_refund(SYSTEM, refund_id), now=clock.now())
    except AppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{made.uuid} is {made.state.value}.{f' {made.last_error}' if made.last_error else ''}")


COMMANDS = (refunds_in_need, refund_again)
