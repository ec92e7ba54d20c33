"""What every test that lets many act at once asks at its end: whether the audit finds anything wrong."""

from __future__ import annotations

from easyticket.core import clock
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database


def what_is_wrong() -> list[str]:
    """Return a sentence for each violation of an invariant, in an open application context."""
    findings = audit_database(Scope(clock.now()))
    return [violation.sentence for finding in findings for violation in finding.violations]
