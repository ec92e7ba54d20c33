"""Mails about where an organizer is paid. None says what the account is called or the whole of its number."""

from __future__ import annotations

from easyticket.emails.message import Email, render_email
from easyticket.links import public_url
from easyticket.models import PaymentProfile, ProfileMethod
from easyticket.rules.payment_accounts import masked_number
from easyticket.rules.wording import moment_text

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
