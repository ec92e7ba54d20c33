"""The columns of lists of payouts: an organizer's own, and for the people who pay what waits and what went wrong."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.models import PaymentProfile, Payout
from easyticket.queries.withdrawals import WaitingPayout
from easyticket.rules.payment_accounts import account_line
from easyticket.rules.payouts import is_sent_by_provider
from easyticket.web.tables.accounts import account_cells


def payout_columns(zone: str) -> Columns[Payout]:
    """Return the columns; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Reference", lambda payout: payout.reference),
        ("Asked for", lambda payout: payout.created_at.astimezone(local)),
        ("State", lambda payout: payout.state.value.capitalize()),
        ("Amount", lambda payout: Money(payout.amount_minor, payout.currency).decimal),
        ("Currency", lambda payout: payout.currency),
        ("To", lambda payout: account_line(payout.payment_profile) if payout.payment_profile else ""),
        ("By itself", lambda payout: "Yes" if payout.is_automatic else ""),
        ("Paid", lambda payout: payout.paid_at.astimezone(local) if payout.paid_at else None),
    )


def waiting_payout_columns(zone: str) -> Columns[WaitingPayout]:
    """Return the columns of payouts to make, with the account of those that somebody pays by hand; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Organizer", lambda waiting: waiting.payout.organizer.display_name),
        ("E-mail", lambda waiting: waiting.payout.organizer.email),
        ("Reference", lambda waiting: waiting.payout.reference),
        ("Asked for", lambda waiting: waiting.payout.created_at.astimezone(local)),
        ("Amount", lambda waiting: Money(waiting.payout.amount_minor, waiting.payout.currency).decimal),
        ("Currency", lambda waiting: waiting.payout.currency),
        ("State", _state_of),
        ("Why it must wait", lambda waiting: waiting.obstacle or waiting.payout.last_error),
        *account_cells(_account_to_pay),
    )


def transfer_columns(zone: str) -> Columns[Payout]:
    """Return the columns of transfers in trouble; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Organizer", lambda payout: payout.organizer.display_name),
        ("E-mail", lambda payout: payout.organizer.email),
        ("Reference", lambda payout: payout.reference),
        ("Sent", lambda payout: payout.sent_at.astimezone(local) if payout.sent_at else None),
        ("Amount", lambda payout: Money(payout.amount_minor, payout.currency).decimal),
        ("Currency", lambda payout: payout.currency),
        ("State", lambda payout: payout.state.value.capitalize()),
        ("What the provider says", lambda payout: payout.last_error),
        *account_cells(_account_of),
    )


def _account_of(payout: Payout) -> PaymentProfile | None:
    return payout.payment_profile


def _is_being_sent(waiting: WaitingPayout) -> bool:
    return is_sent_by_provider(waiting.payout) and not (waiting.obstacle or waiting.payout.last_error)


def _state_of(waiting: WaitingPayout) -> str:
    if _is_being_sent(waiting):
        return "Being sent"
    return "Must wait" if waiting.obstacle else "To be paid"


def _account_to_pay(waiting: WaitingPayout) -> PaymentProfile | None:
    """Return where it is to be paid. Where nobody may pay it now, or a provider does, no file says where."""
    return None if waiting.obstacle or _is_being_sent(waiting) else waiting.payout.payment_profile
