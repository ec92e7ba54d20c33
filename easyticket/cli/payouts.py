"""For the people who pay organizers by hand: which accounts wait to be checked, which withdrawals wait to be paid, and
noting that it was done. Numbers are masked unless they are asked for."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.core.money import Money
from easyticket.models import PaymentProfile, Payout, ProfileStatus
from easyticket.queries.payment_profiles import list_profiles_to_check
from easyticket.queries.withdrawals import list_payouts_in_trouble, list_payouts_to_make
from easyticket.rules.payment_accounts import masked_number
from easyticket.rules.payouts import BY_HAND
from easyticket.rules.permissions import SYSTEM
from easyticket.services.account_checks import accept_account, reject_account
from easyticket.services.withdrawals import record_payout_paid

_with_numbers = click.option(
    "--with-numbers", is_flag=True, help="Show whole account numbers. Mind who sees this terminal."
)
_of_attempt = click.option(
    "--attempt",
    type=int,
    required=True,
    help="The attempt whose account you checked, as waiting-profiles shows it.",
)


@click.command("waiting-profiles")
@_with_numbers
@with_appcontext
def waiting_profiles(*, with_numbers: bool) -> None:
    """List the payment profiles that wait to be verified, and which attempt each is at: one for every change of account."""
    for profile in list_profiles_to_check():
        attempt, account = profile.verification_attempts, _account(profile, whole=with_numbers)
        click.echo(f"{profile.uuid}  attempt {attempt}  {profile.user.email}  {account}")


@click.command("verify-profile")
@click.argument("profile_id", type=click.UUID)
@_of_attempt
@with_appcontext
def verify_profile(profile_id: UUID, *, attempt: int) -> None:
    """Note that the account of a payment profile is its owner's."""
    try:
        accept_account(actor=SYSTEM, profile_uuid=profile_id, attempt=attempt, now=clock.now())
    except AppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{profile_id} is verified.")


@click.command("reject-profile")
@click.argument("profile_id", type=click.UUID)
@_of_attempt
@click.option("--reason", default="", help="What its owner reads. Default: Account number not found.")
@with_appcontext
def reject_profile(profile_id: UUID, *, attempt: int, reason: str) -> None:
    """Note that the account of a payment profile is not its owner's; nothing is paid out to it."""
    try:
        reject_account(actor=SYSTEM, profile_uuid=profile_id, attempt=attempt, reason=reason, now=clock.now())
    except AppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{profile_id} is rejected.")


@click.command("waiting-payouts")
@_with_numbers
@with_appcontext
def waiting_payouts(*, with_numbers: bool) -> None:
    """List the withdrawals that wait to be paid; those that must not be paid say why. Then the transfers that need somebody."""
    for waiting in list_payouts_to_make(clock.now()):
        warning = f"  must not be paid: {waiting.obstacle}" if waiting.obstacle else ""
        sent = "" if waiting.payout.method == BY_HAND else "  sent by itself"
        click.echo(f"{_payout(waiting.payout, whole=with_numbers)}{sent}{_note(waiting.payout)}{warning}")
    for payout in list_payouts_in_trouble():
        click.echo(f"{_payout(payout, whole=with_numbers)}  {payout.state.value}{_note(payout)}")


@click.command("payout-paid")
@click.argument("reference")
@with_appcontext
def payout_paid(reference: str) -> None:
    """Note that a withdrawal was paid by hand, also one whose transfer failed or came back."""
    try:
        payout = record_payout_paid(actor=SYSTEM, reference=reference, now=clock.now())
    except AppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{payout.reference} is paid.")


COMMANDS = (waiting_profiles, verify_profile, reject_profile, waiting_payouts, payout_paid)


def _payout(payout: Payout, *, whole: bool) -> str:
    amount = Money(payout.amount_minor, payout.currency)
    account = _account(payout.payment_profile, whole=whole) if payout.payment_profile else "no account"
    return f"{payout.reference}  {amount.currency} {amount.as_text()}  {account}"


def _note(payout: Payout) -> str:
    return f"  {payout.last_error}" if payout.last_error else ""


def _account(profile: PaymentProfile, *, whole: bool) -> str:
    number = profile.account_number if whole else masked_number(profile.method, profile.account_number)
    bank = " ".join(filter(None, (profile.bank_name, profile.bank_code, profile.branch)))
    doubt = "" if profile.status is ProfileStatus.VERIFIED else f" ({profile.status.value})"
    return f"{profile.account_name}, {profile.network or bank}, {number}{doubt}"
