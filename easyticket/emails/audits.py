"""The mail that tells the people who run the site that the books are wrong, or right again."""

from __future__ import annotations

from easyticket.emails.message import Email, render_email
from easyticket.links import public_url
from easyticket.models import AuditRun
from easyticket.rules.wording import moment_text


def audit_changed(run: AuditRun, *, to: str) -> Email:
    """Return the mail about a run that found something else than the one before."""
    return render_email(
        "audit_changed",
        to,
        count=run.violations,
        broken=[finding for finding in run.findings if finding["count"]],
        found_at=moment_text(run.started_at),
        link=public_url("admin.home"),
    )
