"""`flask audit` asks the database for everything that must never be and is so; the exit status says whether there was any."""

from __future__ import annotations

import json
from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.queries.audit.finding import Finding, Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queries.events import get_event
from easyticket.rules.permissions import SYSTEM
from easyticket.services.provider_audit import audit_providers

_EXAMPLES = 10
# It could not be asked: neither right nor wrong.
_NOT_RUN = 2


@click.command("audit")
@click.option("--event", "slug", default="", metavar="SLUG", help="Look at one event only.")
@click.option(
    "--strict", is_flag=True, help="Compare with the books of the payment providers too, which takes a while."
)
@click.option(
    "--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How far back --strict looks."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Print examples of what was found.")
@with_appcontext
def audit(*, slug: str, strict: bool, days: int, as_json: bool, verbose: bool) -> None:
    """Check the invariants of stock, tickets, money and jobs. Exit status: 0 all hold, 1 some do not, 2 not checked."""
    now = clock.now()
    try:
        findings = audit_database(Scope(now, get_event(SYSTEM, slug).id if slug else None))
        if strict:
            findings.append(audit_providers(now - timedelta(days=days), now))
    except (AppError, SQLAlchemyError) as error:
        click.echo(f"Not checked: {error}", err=True)
        raise click.exceptions.Exit(_NOT_RUN) from error
    click.echo(
        _json_of(findings) if as_json else "\n".join(_lines(findings, examples=_EXAMPLES if verbose else 0))
    )
    if any(finding.violations for finding in findings):
        raise click.exceptions.Exit(1)


def _lines(findings: list[Finding], *, examples: int) -> list[str]:
    lines = []
    for finding in findings:
        count = len(finding.violations)
        lines.append(f"{'BAD' if count else 'ok '}  {finding.code:<4} {count:>6}  {finding.title}")
        lines += [f"            {violation.sentence}" for violation in finding.violations[:examples]]
        if examples and count > examples:
            lines.append(f"            and {count - examples} more")
    return lines


def _json_of(findings: list[Finding]) -> str:
    return json.dumps(
        [
            {
                "code": finding.code,
                "title": finding.title,
                "count": len(finding.violations),
                "violations": [violation.as_json() for violation in finding.violations],
            }
            for finding in findings
        ],
        indent=2,
    )
