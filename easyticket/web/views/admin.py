"""What the first page and the fees of administrators show, written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from easyticket.core.money import Money
from easyticket.models import AuditRun, Event
from easyticket.queries.site_health import SiteHealth
from easyticket.queries.site_totals import SiteTotals
from easyticket.rules.wording import moment_text, percent_text, period_text, sum_text
from easyticket.web.views.admin_system import UNHANDLED
from easyticket.web.views.order_parts import Pill
from easyticket.web.views.organizer import fee_sentence

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class InvariantRow:
    """One invariant of the last audit."""

    code: str
    title: str
    count: int
    examples: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True)
class AuditPanel:
    """What the last audit found; `when` is empty before the first."""

    when: str
    is_stale: bool
    violations: int
    rows: Sequence[InvariantRow]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of one kind wait for somebody, and where they are."""

    title: str
    count: int
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the last thirty days in words, and that of the thirty before."""

    name: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class SellerRow:
    """An event that sold much lately, where its page is, and how many tickets."""

    title: str
    url: str
    tickets: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The first page of administrators."""

    audit: AuditPanel
    waiting: Sequence[Waiting]
    total: int
    figures: Sequence[Figure]
    best: Sequence[SellerRow]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """An event and its fee."""

    title: str
    url: str
    when: str
    organizer: str
    pill: Pill
    sentence: str


def overview_page(health: SiteHealth, totals: SiteTotals) -> OverviewPage:
    """Return the first page: what waits comes with what it is, also where nothing does."""
    waiting = [
        _waiting(
            "Payments to decide about",
            health.payments,
            "admin.payments",
            "Money that is not what was asked for",
        ),
        _waiting(
            "Disputes",
            health.disputes,
            "admin.payments",
            "Payers' banks ask for the money",
            anchor="disputes-title",
        ),
        _waiting("Refunds", health.refunds, "admin.refunds", "Failed, or waiting for money at the provider"),
        _waiting("Payouts to make", health.payouts, "admin.payouts", "Asked for by organizers"),
        _waiting(
            "Transfers",
            health.transfers,
            "admin.payouts",
            "Did not arrive, or nobody knows",
            anchor="transfers-title",
        ),
        _waiting(
            "Accounts to check",
            health.accounts,
            "admin.payouts",
            "Before money is paid to them",
            anchor="accounts-title",
        ),
        _waiting("Jobs given up", health.jobs, "admin.jobs", "Failed after the last try"),
        _waiting(
            "Webhooks not handled",
            health.webhooks,
            "admin.webhooks",
            "They are tried again by themselves",
            kind=UNHANDLED,
        ),
    ]
    return OverviewPage(
        _audit_panel(health.run, is_stale=health.is_stale),
        waiting,
        sum(each.count for each in waiting),
        figures=_figures(totals),
        best=[
            SellerRow(each.title, url_for("admin.event", slug=each.slug), f"{each.tickets:,}")
            for each in totals.best
        ],
    )


def fee_row(event: Event) -> FeeRow:
    """Return an event with its fee in words."""
    own = event.fee_basis_points
    usual = current_app.config["SETTINGS"].fee_basis_points
    return FeeRow(
        title=event.title,
        url=url_for("admin.fee", slug=event.slug),
        when=period_text(event),
        organizer=event.organizer.display_name,
        pill=Pill(percent_text(usual), "quiet") if own is None else Pill(percent_text(own), ""),
        sentence=fee_sentence(event),
    )


def _figures(totals: SiteTotals) -> list[Figure]:
    counts = (
        ("Tickets sold", totals.tickets),
        ("Paid orders", totals.orders),
        ("Events published", totals.events),
        ("New accounts", totals.accounts),
    )
    figures = [Figure(name, f"{pair.now:,}", f"{pair.before:,}") for name, pair in counts]
    for each in totals.money:
        for name, pair in (("Paid by buyers", each.paid), ("Service fees of it", each.fees)):
            now, before = (sum_text(Money(minor, each.currency)) for minor in (pair.now, pair.before))
            figures.append(Figure(name, now, before))
    return figures


def _waiting(
    title: str, count: int, endpoint: str, text: str, *, anchor: str | None = None, kind: str | None = None
) -> Waiting:
    return Waiting(title, count, url_for(endpoint, _anchor=anchor, kind=kind), text)


def _audit_panel(run: AuditRun | None, *, is_stale: bool) -> AuditPanel:
    if run is None:
        return AuditPanel("", is_stale=False, violations=0, rows=())
    zone = current_app.config["SETTINGS"].default_time_zone
    rows = [_invariant_row(finding) for finding in run.findings]
    return AuditPanel(
        moment_text(run.started_at, zone), is_stale=is_stale, violations=run.violations, rows=rows
    )


def _invariant_row(finding: dict[str, Any]) -> InvariantRow:
    shown = finding["examples"][:_EXAMPLES]
    sentences = [
        f"{each['what']} {each['id']}: expected {each['expected']}, found {each['found']}" for each in shown
    ]
    return InvariantRow(
        finding["code"], finding["title"], finding["count"], sentences, finding["count"] - len(sentences)
    )
