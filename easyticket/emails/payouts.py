"""Mails about where an organizer is paid, and what was. None says what the account is called or the whole of its number."""

from __future__ import annotations

from typing import Any

from easyticket.core.money import Money
from easyticket.emails.message import Email, render_email
from easyticket.links import public_url
from easyticket.models import PaymentProfile, Payout, PayoutState, ProfileMethod
from easyticket.rules.payment_accounts import masked_number
from easyticket.rules.wording import moment_text, money_text

_KINDS = {ProfileMethod.MOBILE_MONEY: "mobile money number", ProfileMethod.BANK_TRANSFER: "bank account"}


def payment_account_changed(profile: PaymentProfile, *, is_new: bool) -> Email:
    """Return the mail that tells of an account that was added (`is_new`) or changed, and what to do if it was somebody else."""
    return render_email(
        "payment_account_changed",
        profile.user.email,
        is_new=is_new,
        account=_KINDS[profile.method],
        number=masked_number(profile.method, profile.account_number),
        address=profile.user.email,
        frozen_until=moment_text(profile.frozen_until) if profile.frozen_until else "",
        link=public_url("account.forgotten"),
    )


def payout_paid(payout: Payout) -> Email:
    """Return the mail that tells an organizer that money has left for their account."""
    return render_email("payout_paid", payout.organizer.email, **_facts(payout))


def payout_failed(payout: Payout) -> Email:
    """Return the mail that tells an organizer that money did not reach their account and is in their balance again."""
    came_back = payout.state is PayoutState.REVERSED
    return render_email("payout_failed", payout.organizer.email, **_facts(payout), came_back=came_back)


def _facts(payout: Payout) -> dict[str, Any]:
    profile = payout.payment_profile
    return {
        "amount": money_text(Money(payout.amount_minor, payout.currency)),
        "account": _KINDS[profile.method] if profile else "account",
        "number": masked_number(profile.method, profile.account_number) if profile else "",
        "reference": payout.reference,
        "is_automatic": payout.is_automatic,
        "link": public_url("organizer.money"),
    }
