"""What the pages of an organizer's money show, written out: balances, payouts, accounts, and the months of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import (
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileMethod,
    ProfileStatus,
    SellerProfile,
)
from easyticket.queries.balances import Balance
from easyticket.queries.organizer_money import MoneyReport, OwnCurrency, PayoutChoice
from easyticket.rules.payment_accounts import (
    VERIFICATION_FEE_MINOR,
    account_line,
    account_needed,
    currency_of,
    end_of_freeze,
    methods_paid_in,
    verification_sentence,
)
from easyticket.rules.payouts import may_be_cancelled
from easyticket.rules.schedule import day_in
from easyticket.rules.statements import month_of
from easyticket.rules.wording import currency_text, day_text, moment_text, percent_text, sum_text, zone_text
from easyticket.web.views.order_parts import Pill

_STATES = {
    PayoutState.REQUESTED: Pill("Waiting to be paid", "warn"),
    PayoutState.PENDING: Pill("On its way", "warn"),
    PayoutState.UNKNOWN: Pill("Being looked into", "warn"),
    PayoutState.PAID: Pill("Paid", "good"),
    PayoutState.FAILED: Pill("Failed", "stop"),
    PayoutState.CANCELLED: Pill("Cancelled", "quiet"),
    PayoutState.REVERSED: Pill("Came back", "stop"),
}
_SENTENCES = {
    PayoutState.FAILED: "It did not reach the account. The money is in your balance again.",
    PayoutState.REVERSED: "It came back from the account. The money is in your balance again.",
    PayoutState.UNKNOWN: "We are finding out whether it has arrived. You need not do anything.",
}
_CHECKS = {
    ProfileStatus.PENDING: Pill("Being checked", "warn"),
    ProfileStatus.VERIFIED: Pill("Verified", "good"),
    ProfileStatus.FAILED: Pill("Not verified", "stop"),
}
_MONTHS_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a balance, with a sentence about it."""

    name: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class BalanceCard:
    """One currency: what can be paid out now, and where the rest is. `why_not` says why nothing can be asked for; `add_url`
    is where an account of this currency is added if that is missing."""

    currency: str
    payable: str
    ask_url: str
    why_not: str
    add_url: str
    sign: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class PayoutAccounts:
    """Where one payout can go. `needs` says what kind of account it takes; the accounts in `waiting` stand with the reason
    why they cannot be paid to now; an address is empty where this kind of account is of another currency."""

    can_go: bool
    needs: str
    waiting: Sequence[tuple[str, str]]
    mobile_url: str
    bank_url: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of statements, with its first and last day as addresses name them."""

    name: str
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout in the list."""

    amount: str
    asked: str
    account: str
    pill: Pill
    sentence: str
    reference: str
    is_automatic: bool
    cancel_url: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account to be paid to; an address is empty where its button is not offered. What is being checked by a machine is
    known in a moment, so that the page looks again."""

    uuid: UUID
    name: str
    account: str
    holder: str
    pill: Pill
    sentence: str
    is_default: bool
    is_being_checked: bool
    edit_url: str
    default_url: str
    check_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """The first page of an organizer's money. `automatic_waits` says why nothing is paid out by itself at the moment."""

    balances: Sequence[BalanceCard]
    accounts: Sequence[AccountRow]
    is_automatic: bool
    automatic_waits: str
    seller_text: str
    currencies: Sequence[str]
    months: Sequence[Month]
    zone: str


def money_page(report: MoneyReport, zone: str, now: datetime) -> MoneyPage:
    """Return what the first page of an organizer's money shows."""
    return MoneyPage(
        balances=[_balance_card(own, zone) for own in report.currencies],
        accounts=[
            _account_row(
                profile,
                currency_of(profile, report.site_currency),
                by_people=report.are_checked_by_people,
                zone=zone,
                now=now,
            )
            for profile in report.profiles
        ],
        is_automatic=bool(report.seller and report.seller.is_paid_automatically),
        automatic_waits=report.why_not_automatic or "",
        seller_text=_seller_text(report.seller),
        currencies=[own.balance.currency for own in report.currencies],
        months=_months(day_in(zone, now), zone),
        zone=f"{zone.rpartition('/')[2].replace('_', ' ')} ({zone_text(now, zone)})",
    )


def _balance_card(own: OwnCurrency, zone: str) -> BalanceCard:
    balance, least, next_at = own.balance, own.least, own.next_at

    def text(minor: int) -> str:
        return sum_text(Money(minor, balance.currency))

    cancelled = balance.on_hold_minor - balance.on_its_way_minor - balance.disputed_minor
    until = f"The next of it from {day_text(next_at, zone)}." if next_at else ""
    parts = [
        ("Waiting", balance.pending_minor, until or "Of events that are not over yet."),
        ("On its way to you", balance.on_its_way_minor, "Asked for and not paid yet."),
        ("Frozen by disputes", balance.disputed_minor, "Until the buyers' banks have decided."),
        ("Of cancelled events", cancelled, "Goes back to the buyers."),
        ("Paid out so far", balance.paid_out_minor, ""),
    ]
    always = ("Waiting", "Paid out so far")
    is_enough = balance.payable_minor >= least.minor
    ask_url = url_for("organizer.ask_for_payout", currency=balance.currency) if is_enough else ""
    why_no_account = "" if own.has_account else account_needed(balance.currency)
    return BalanceCard(
        currency=balance.currency,
        payable=text(balance.payable_minor),
        ask_url=ask_url if own.has_account else "",
        why_not=why_no_account if is_enough else _why_not(balance, least),
        add_url="" if own.has_account else ask_url,
        sign=currency_text(balance.currency),
        parts=[
            Part(name, text(minor), note if minor else "")
            for name, minor, note in parts
            if minor or name in always
        ],
    )


def payout_accounts(currency: str, choice: PayoutChoice) -> PayoutAccounts:
    """Return where money of a currency can go, and what could be added for it."""
    takes_mobile_money = ProfileMethod.MOBILE_MONEY in methods_paid_in(currency)
    return PayoutAccounts(
        can_go=bool(choice.payable),
        needs=account_needed(currency),
        waiting=[(f"{profile.name}: {account_line(profile)}", reason) for profile, reason in choice.waiting],
        mobile_url=url_for("organizer.new_account", kind="mobile-money") if takes_mobile_money else "",
        bank_url=url_for("organizer.new_account", kind="bank", currency=currency),
    )


def payout_row(payout: Payout, zone: str) -> PayoutRow:
    """Return a payout as it stands in the list."""
    profile = payout.payment_profile
    cancel_url = url_for("organizer.cancel_payout", uuid=payout.uuid) if may_be_cancelled(payout) else ""
    told = _SENTENCES.get(payout.state, "")
    if payout.state is PayoutState.CANCELLED:
        # Why it was cancelled for its organizer; what a provider says is for the people who run the site.
        told = payout.last_error
    return PayoutRow(
        amount=sum_text(Money(payout.amount_minor, payout.currency)),
        asked=moment_text(payout.created_at, zone),
        account=account_line(profile) if profile else "",
        pill=_STATES[payout.state],
        sentence=told,
        reference=payout.reference,
        is_automatic=payout.is_automatic,
        cancel_url=cancel_url,
    )


def _account_row(
    profile: PaymentProfile, currency: str, *, by_people: bool, zone: str, now: datetime
) -> AccountRow:
    """Return an account as it stands in the list; `by_people` where no machine checks it."""
    sentence = verification_sentence(profile.status, profile.failure_reason, by_people=by_people)
    if frozen_until := end_of_freeze(profile, now):
        until = moment_text(frozen_until, zone)
        sentence = f"{sentence} Nothing is paid out to it before {until}, because it is new or was changed."
    urls = {
        name: url_for(f"organizer.{name}", uuid=profile.uuid)
        for name in ("edit_account", "make_default_account", "check_account", "delete_account")
    }
    return AccountRow(
        uuid=profile.uuid,
        name=profile.name,
        account=f"{account_line(profile)}, {currency}",
        holder=profile.account_name,
        pill=_CHECKS[profile.status],
        sentence=sentence,
        is_default=profile.is_default,
        is_being_checked=profile.status is ProfileStatus.PENDING and not by_people,
        edit_url=urls["edit_account"],
        default_url="" if profile.is_default else urls["make_default_account"],
        check_url=urls["check_account"] if profile.status is ProfileStatus.FAILED else "",
        delete_url="" if profile.is_default else urls["delete_account"],
    )


def _months(today: date, zone: str) -> list[Month]:
    months, day_on = [], today
    for _ in range(_MONTHS_OFFERED):
        period = month_of(day_on, zone)
        months.append(
            Month(f"{period.first_on:%B %Y}", period.first_on.isoformat(), period.last_on.isoformat())
        )
        day_on = date.fromordinal(period.first_on.toordinal() - 1)
    return months


def _seller_text(seller: SellerProfile | None) -> str:
    if seller is None or not (seller.legal_name or seller.tax_basis_points):
        return "They name you as your profile does, and no tax."
    name = f"They name {seller.legal_name}" if seller.legal_name else "They name you as your profile does"
    if not seller.tax_basis_points:
        return f"{name} and no tax."
    return f"{name} and {percent_text(seller.tax_basis_points)} {seller.tax_name}, included in the price."


def _why_not(balance: Balance, least: Money) -> str:
    owed_minor = -balance.available_minor
    owed = sum_text(Money(owed_minor, balance.currency))
    if owed_minor <= 0:
        return f"The least that can be paid out is {sum_text(least)}."
    if owed_minor <= balance.fees_minor:
        checks = (
            "Checks of accounts cost"
            if owed_minor > VERIFICATION_FEE_MINOR
            else "The check of an account costs"
        )
        return f"{checks} {owed}. It comes off what you earn in {balance.currency}; there is nothing to pay."
    took = "Refunds and checks of accounts took" if balance.fees_minor else "Refunds took"
    return f"{took} {owed} more than there was. Sales to come make up for it."
