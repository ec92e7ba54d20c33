"""The columns of what administrators see of the machinery: webhooks that came, and jobs that were given up."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from easyticket.documents.tables import Columns
from easyticket.models import OutboxJob
from easyticket.queries.provider_events import ReceivedEvent


def webhook_columns(zone: str) -> Columns[ReceivedEvent]:
    """Return the columns of webhooks, never what is in them; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Came", lambda row: row.event.received_at.astimezone(local)),
        ("Provider", lambda row: row.event.provider.capitalize()),
        ("Kind", lambda row: row.event.kind),
        ("Payment", lambda row: row.event.payment_reference),
        ("Order", lambda row: row.order_number),
        ("State", lambda row: "Handled" if row.event.handled_at else "Not handled"),
        ("Handled", lambda row: row.event.handled_at.astimezone(local) if row.event.handled_at else None),
        ("Key", lambda row: row.event.event_key),
    )


def job_columns(zone: str) -> Columns[OutboxJob]:
    """Return the columns of jobs that were given up; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Job", lambda job: job.name.replace("_", " ").capitalize()),
        ("About", lambda job: json.dumps(job.payload, ensure_ascii=False)),
        ("Made", lambda job: job.created_at.astimezone(local)),
        ("Given up", lambda job: job.failed_at.astimezone(local) if job.failed_at else None),
        ("Tries", lambda job: job.attempts),
        ("Error", lambda job: job.error),
        ("Id", lambda job: str(job.uuid)),
    )
