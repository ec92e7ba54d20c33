"""The machinery behind the site, written out: how each part runs, and the webhooks that came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for

from easyticket.queries.provider_events import ReceivedEvent
from easyticket.queries.site_machinery import Machinery
from easyticket.rules.wording import moment_text
from easyticket.web.views.order_parts import Pill

UNHANDLED = "unhandled"
_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the machinery: whether it runs, and what is known of it. `todo` is empty where nothing is to be done."""

    title: str
    pill: Pill
    lines: Sequence[str]
    todo: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HealthPage:
    """All parts, and how many need somebody."""

    parts: Sequence[Part]
    in_need: int


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook that came."""

    provider: str
    kind: str
    reference: str
    received: str
    handled: str
    pill: Pill
    order_number: str
    order_url: str
    again_url: str


def health_page(machinery: Machinery, now: datetime) -> HealthPage:
    """Return each part of the machinery in words."""
    parts = [
        _worker(machinery),
        _jobs(machinery, now),
        _webhooks(machinery),
        _disk(machinery),
        _schema(machinery),
    ]
    return HealthPage(parts, sum(1 for part in parts if part.todo))


def webhook_kinds(providers: Sequence[str]) -> list[tuple[str, str]]:
    """Return what the list of webhooks can be narrowed to: value and name."""
    return [
        ("", "All webhooks"),
        (UNHANDLED, "Not handled"),
        *((each, each.capitalize()) for each in providers),
    ]


def webhook_row(received: ReceivedEvent, search: Mapping[str, Any]) -> WebhookRow:
    """Return a webhook of the list that `search` found; what is in it is nobody's to read."""
    event, number = received.event, received.order_number
    return WebhookRow(
        provider=event.provider.capitalize(),
        kind=event.kind,
        reference=event.payment_reference,
        received=_moment(event.received_at),
        handled=_moment(event.handled_at) if event.handled_at else "",
        pill=Pill("Handled", "good") if event.handled_at else Pill("Not handled", "warn"),
        order_number=number,
        order_url=url_for("organizer.order", number=number) if number else "",
        again_url=url_for("admin.webhook_again", number=event.id, **search),
    )


def _worker(machinery: Machinery) -> Part:
    seen = f"Last seen on {_moment(machinery.beat_at)}" if machinery.beat_at else "Never seen"
    return Part(
        "Worker",
        Pill("Runs", "good") if machinery.is_beating else Pill("Silent", "stop"),
        [f"{seen}."],
        ""
        if machinery.is_beating
        else "Mails, refunds and payments wait for it. Start it, or look into its log.",
    )


def _jobs(machinery: Machinery, now: datetime) -> Part:
    oldest = machinery.oldest_due_at
    since = f", the oldest for {_age(now, oldest)}" if oldest else ""
    todo = "" if machinery.is_keeping_up else "Jobs that are due are not begun. Look at the worker."
    if machinery.jobs_given_up:
        todo = "Decide about those that were given up."
    return Part(
        "Jobs",
        Pill("Keeps up", "good") if not todo else Pill("Needs you", "warn"),
        [
            f"{machinery.jobs_due:,} due now{since}.",
            f"{machinery.jobs_later:,} for later, {machinery.jobs_given_up:,} given up.",
        ],
        todo,
        url_for("admin.jobs"),
    )


def _webhooks(machinery: Machinery) -> Part:
    lines = [
        f"{provider.capitalize()}: the last came on {_moment(at)}." for provider, at in machinery.webhooks
    ]
    unhandled = machinery.webhooks_unhandled
    return Part(
        "Webhooks",
        Pill("Not handled", "warn")
        if unhandled
        else Pill("Keeps up" if lines else "None yet", "good" if lines else "quiet"),
        lines or ["None ever came. Payments are asked about all the same."],
        f"{unhandled:,} wait longer than they should." if unhandled else "",
        url_for("admin.webhooks"),
    )


def _disk(machinery: Machinery) -> Part:
    free, total = machinery.disk.free / _GIGABYTE, machinery.disk.total / _GIGABYTE
    return Part(
        "Disk",
        Pill("Room left", "good") if machinery.has_room else Pill("Nearly full", "stop"),
        [f"{free:,.1f} GB of {total:,.1f} GB free where pictures are kept."],
        "" if machinery.has_room else "Make room before pictures and receipts cannot be kept.",
    )


def _schema(machinery: Machinery) -> Part:
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(machinery.database, machinery.database)
    is_current = machinery.is_schema_current
    return Part(
        "Database",
        Pill("Up to date", "good") if is_current else Pill("Not up to date", "stop"),
        [f"{name} answers."],
        "" if is_current else "Run flask db upgrade: it is not at the newest migration.",
    )


def _moment(moment: datetime) -> str:
    return moment_text(moment, current_app.config["SETTINGS"].default_time_zone)


def _age(now: datetime, since: datetime) -> str:
    seconds = max(int((now - since).total_seconds()), 0)
    if seconds < 120:
        return f"{seconds} seconds"
    minutes = seconds // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60:,} hours"
