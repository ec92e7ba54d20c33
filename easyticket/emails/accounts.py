"""Mails about an account. None says a name: anybody can sign up with somebody else's address and a name full of advertising."""

from __future__ import annotations

from urllib.parse import urlencode

from easyticket.emails.message import Email, render_email
from easyticket.links import FrontEnd, front_end_url, public_url
from easyticket.models import MailToken, User
from easyticket.rules.wording import moment_text

_HOUR = 3600


def verify_email(token: MailToken, secret: str, front_end: FrontEnd = FrontEnd.PAGES) -> Email:
    """Return the mail whose link proves the address; `secret` is what the token row stands for.

    Guest orders are promised only where the link leads to our own page, which asks for the password as well.
    """
    elsewhere = _activation_link(token, secret, front_end)
    return render_email(
        "verify_email",
        token.email,
        link=elsewhere or _own_link("account.verify", token, secret, front_end),
        lasts=_lasts(token),
        address=token.email,
        joins_orders=not elsewhere,
    )


def reset_password(token: MailToken, secret: str, front_end: FrontEnd = FrontEnd.PAGES) -> Email:
    """Return the mail whose link lets its reader choose a new password."""
    link = _own_link("account.reset", token, secret, front_end)
    if front_end is FrontEnd.CAFA:
        elsewhere = front_end_url(front_end, "/password-reset", uid=str(token.user.uuid), token=secret)
        link = elsewhere or link
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


def change_email(token: MailToken, secret: str, front_end: FrontEnd = FrontEnd.PAGES) -> Email:
    """Return the mail to a new address whose link makes it that of the account."""
    link = _activation_link(token, secret, front_end) or _own_link(
        "account.new_address", token, secret, front_end
    )
    return render_email("change_email", token.email, link=link, lasts=_lasts(token), address=token.email)


def email_change_asked(user: User) -> Email:
    """Return the mail to the present address that says another one was asked for, and how to stop it."""
    return render_email(
        "email_change_asked", user.email, address=user.email, link=public_url("account.forgotten")
    )


def email_changed(address: str, contact: str) -> Email:
    """Return the last mail to an address that is no longer that of an account; `contact` is who can help."""
    return render_email("email_changed", address, address=address, contact=contact)


def _activation_link(token: MailToken, secret: str, front_end: FrontEnd) -> str:
    """Return the page of a separate front end that proves addresses, or nothing where there is none."""
    if front_end is FrontEnd.CAFA:
        return front_end_url(front_end, f"/activate/{token.user.uuid}/{secret}")
    return front_end_url(front_end, "/verify-email", token=secret)


def _own_link(endpoint: str, token: MailToken, secret: str, front_end: FrontEnd) -> str:
    """Return our own page of a mailed link; clients of the Cafa Tickets API read what they send on from its query."""
    link = public_url(endpoint, token=secret)
    if front_end is not FrontEnd.CAFA:
        return link
    return f"{link}?{urlencode({'uid': str(token.user.uuid), 'token': secret})}"


def _lasts(token: MailToken) -> str:
    hours = max(1, round((token.expires_at - token.created_at).total_seconds() / _HOUR))
    return "1 hour" if hours == 1 else f"{hours} hours"
