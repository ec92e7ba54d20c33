"""Mails about an account. None says a name: anybody can sign up with somebody else's address and a name full of advertising."""

from __future__ import annotations

from easyticket.emails.message import Email, render_email
from easyticket.links import FrontEnd, front_end_url, public_url
from easyticket.models import MailToken, User
from easyticket.rules.wording import moment_text

_HOUR = 3600


def verify_email(token: MailToken, secret: str, front_end: FrontEnd = FrontEnd.PAGES) -> Email:
    """Return the mail whose link proves the address; `secret` is what the token row stands for.

    Guest orders are promised only where the link leads to our own page, which asks for the password as well.
    """
    elsewhere = front_end_url(front_end, "/verify-email", token=secret)
    return render_email(
        "verify_email",
        token.email,
        link=elsewhere or public_url("account.verify", token=secret),
        lasts=_lasts(token),
        address=token.email,
        joins_orders=not elsewhere,
    )


def reset_password(token: MailToken, secret: str) -> Email:
    """Return the mail whose link lets its reader choose a new password."""
    link = public_url("account.reset", token=secret)
    return render_email("reset_password", token.email, link=link, lasts=_lasts(token), address=token.email)


def password_changed(user: User) -> Email:
    """Return the mail that tells of a changed password, and what to do if it was somebody else."""
    changed_at = moment_text(user.password_changed_at) if user.password_changed_at else ""
    return render_email(
        "password_changed",
        user.email,
        address=user.email,
        changed_at=changed_at,
        link=public_url("account.forgotten"),
    )


def _lasts(token: MailToken) -> str:
    hours = max(1, round((token.expires_at - token.created_at).total_seconds() / _HOUR))
    return "1 hour" if hours == 1 else f"{hours} hours"
