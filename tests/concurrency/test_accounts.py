"""What happens once stays once: one account per address, one use of a mailed link, however many ask at the same moment."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.services import accounts, password_changes
from easyticket.services.sessions import sign_in
from tests import factories
from tests.concurrency.crowd import crowd
from tests.mailed import reset_token

ADDRESS = "ama@example.org"
PASSWORDS = [f"A-password-for-all-{number}" for number in range(8)]


def sign_up(password: str) -> str:
    """Make the one account of the address; return the password it got, or what was refused."""
    try:
        accounts.register_account(email=ADDRESS, password=password, now=clock.now())
    except Invalid as refused:
        return refused.message
    return password


def set_password(chosen: tuple[str, str]) -> str:
    """Set a new password by a mailed token; return it, or what was refused."""
    token, password = chosen
    try:
        password_changes.reset_password(token=token, password=password, now=clock.now())
    except Invalid as refused:
        return refused.message
    return password


def only_password(answers: list[str], refusal: str) -> str:
    """Return the one answer that is no refusal."""
    counted = Counter(answers)
    assert counted.pop(refusal) == len(PASSWORDS) - 1
    [password] = counted
    return password


def signs_in_with(app: Flask, password: str) -> bool:
    with app.app_context():
        found = sign_in(
            login=ADDRESS, password=password, surface="web", address="", device="", now=clock.now()
        )
        return found.user.email == ADDRESS


def test_an_address_gets_one_account_from_many_sign_ups_at_once(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    answers = crowd(sign_up, PASSWORDS, database_url=url)
    assert signs_in_with(committing_app, only_password(answers, "User with this email already exists."))


def test_a_mailed_link_sets_one_password_however_often_it_is_used_at_once(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        user = factories.make_user(email=ADDRESS)
        password_changes.request_password_reset(email=ADDRESS, now=clock.now())
        token = reset_token(user)
    answers = crowd(set_password, [(token, password) for password in PASSWORDS], database_url=url)
    assert signs_in_with(committing_app, only_password(answers, "Invalid password reset token"))
