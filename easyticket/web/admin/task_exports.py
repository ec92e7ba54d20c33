"""What waits for administrators to take away, as CSV or XLSX: the lists of their pages of tasks."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.http.downloads import exports_limited
from easyticket.queries.payment_profiles import list_profiles_to_check
from easyticket.queries.quarantine import list_payments_to_review
from easyticket.queries.refunds import list_refunds_in_need
from easyticket.queries.site_health import list_given_up_jobs, list_open_disputes
from easyticket.queries.streams import each_item
from easyticket.queries.withdrawals import list_payouts_in_trouble, list_payouts_to_make
from easyticket.rules.permissions import Permission
from easyticket.web.admin import blueprint
from easyticket.web.exported import KIND, list_answer
from easyticket.web.tables.accounts import unchecked_account_columns
from easyticket.web.tables.machinery import job_columns
from easyticket.web.tables.payments import dispute_columns, payment_columns
from easyticket.web.tables.payouts import transfer_columns, waiting_payout_columns
from easyticket.web.tables.refunds import refund_columns


@blueprint.get(f"/refunds.{KIND}")
@staff_only
@exports_limited
def refunds_file(kind: str) -> ResponseReturnValue:
    """Give the refunds that need somebody as a file."""
    columns = refund_columns(_zone())
    return list_answer("refunds", kind, columns, list_refunds_in_need, Permission.RUN_SITE)


@blueprint.get(f"/payments.{KIND}")
@staff_only
@exports_limited
def payments_file(kind: str) -> ResponseReturnValue:
    """Give the payments to decide about as a file."""
    actor, columns = current_actor(), payment_columns(_zone())
    return list_answer(
        "payments", kind, columns, lambda: list_payments_to_review(actor), Permission.REVIEW_PAYMENTS
    )


@blueprint.get(f"/disputes.{KIND}")
@staff_only
@exports_limited
def disputes_file(kind: str) -> ResponseReturnValue:
    """Give the disputes that are not decided as a file."""
    actor, columns = current_actor(), dispute_columns(_zone())
    return list_answer("disputes", kind, columns, lambda: list_open_disputes(actor), Permission.RUN_SITE)


@blueprint.get(f"/payouts.{KIND}")
@staff_only
@exports_limited
def payouts_file(kind: str) -> ResponseReturnValue:
    """Give the payouts to make as a file."""
    now, columns = clock.now(), waiting_payout_columns(_zone())
    return list_answer("payouts", kind, columns, lambda: list_payouts_to_make(now), Permission.RECORD_PAYOUT)


@blueprint.get(f"/transfers.{KIND}")
@staff_only
@exports_limited
def transfers_file(kind: str) -> ResponseReturnValue:
    """Give the transfers in trouble as a file."""
    columns = transfer_columns(_zone())
    return list_answer("transfers", kind, columns, list_payouts_in_trouble, Permission.RECORD_PAYOUT)


@blueprint.get(f"/accounts.{KIND}")
@staff_only
@exports_limited
def accounts_file(kind: str) -> ResponseReturnValue:
    """Give the accounts to check as a file."""
    columns = unchecked_account_columns(_zone())
    return list_answer("accounts", kind, columns, list_profiles_to_check, Permission.CHECK_ACCOUNTS)


@blueprint.get(f"/jobs.{KIND}")
@staff_only
@exports_limited
def jobs_file(kind: str) -> ResponseReturnValue:
    """Give the jobs that were given up as a file."""
    actor, columns = current_actor(), job_columns(_zone())
    return list_answer(
        "jobs",
        kind,
        columns,
        lambda: each_item(lambda page, per_page: list_given_up_jobs(actor, page=page, per_page=per_page)),
        Permission.RUN_SITE,
    )


def _zone() -> str:
    zone: str = current_app.config["SETTINGS"].default_time_zone
    return zone
