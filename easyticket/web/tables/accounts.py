"""The columns of lists of accounts to be paid to: an organizer's own, and everybody's that wait to be checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from easyticket.documents.tables import Cell, Columns
from easyticket.models import PaymentProfile, ProfileStatus
from easyticket.rules.payment_accounts import account_line

Row = TypeVar("Row")
_STATES = {
    ProfileStatus.PENDING: "To be checked",
    ProfileStatus.VERIFIED: "Verified",
    ProfileStatus.FAILED: "Not verified",
}


def own_account_columns(zone: str) -> Columns[PaymentProfile]:
    """Return the columns of an organizer's accounts, whose numbers are told in part as on their page; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Name", lambda profile: profile.name),
        ("Account", account_line),
        ("Held by", lambda profile: profile.account_name),
        ("State", lambda profile: _STATES[profile.status]),
        ("Why not", lambda profile: profile.failure_reason),
        ("Default", lambda profile: "Yes" if profile.is_default else ""),
        ("Added", lambda profile: profile.created_at.astimezone(local)),
        ("Verified", lambda profile: profile.verified_at.astimezone(local) if profile.verified_at else None),
    )


def unchecked_account_columns(zone: str) -> Columns[PaymentProfile]:
    """Return the columns of accounts to check, with the whole number: that is what is looked up; times are in `zone`."""
    return (
        ("Owner", lambda profile: profile.user.display_name),
        ("E-mail", lambda profile: profile.user.email),
        *account_cells(lambda profile: profile),
        ("Waits since", lambda profile: _began(profile, ZoneInfo(zone))),
        ("Times checked", lambda profile: profile.verification_attempts),
    )


def account_cells(profile_of: Callable[[Row], PaymentProfile | None]) -> Columns[Row]:
    """Return the columns of what somebody needs to pay to an account; empty where a row has none to be paid to."""

    def cell(read: Callable[[PaymentProfile], str]) -> Callable[[Row], Cell]:
        return lambda row: read(profile) if (profile := profile_of(row)) else ""

    return (
        ("Network or bank", cell(lambda profile: profile.network.upper() or profile.bank_name)),
        ("Bank code", cell(lambda profile: profile.bank_code)),
        ("Branch", cell(lambda profile: profile.branch)),
        ("Account number", cell(lambda profile: profile.account_number)),
        ("Held by", cell(lambda profile: profile.account_name)),
    )


def _began(profile: PaymentProfile, local: ZoneInfo) -> Cell:
    began = profile.verification_started_at
    return began.astimezone(local) if began else None
