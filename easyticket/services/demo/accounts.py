"""Makes the demo's accounts the way people do, and follows the mailed links for them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from easyticket.core.signing import mail_token
from easyticket.db import db, transactional
from easyticket.models import MailToken, TokenPurpose, User, UserType
from easyticket.queries.users import find_user_by_email
from easyticket.rules.permissions import Actor
from easyticket.services.accounts import register_account, verify_email
from easyticket.services.demo.people import PASSWORD, AccountPlan
from easyticket.services.profiles import update_profile


def make_account(plan: AccountPlan, now: datetime) -> User:
    """Return the account with this address; if there is none it signs up and proves the address at `now`."""
    user = find_user_by_email(plan.email) or _sign_up(plan, now)
    if user.is_email_verified:
        return user
    user = verify_email(token=_mailed_token(user), actor=actor_of(user), now=now)
    changes = {"city": plan.city, "country": plan.country, "bio": plan.bio}
    return update_profile(actor=actor_of(user), changes=changes, now=now)


@transactional
def make_staff(user: User) -> None:
    """Let an account run the site. No service does this for people: it is nothing to be asked for on a page."""
    user.is_staff = True
    user.user_type = UserType.ADMIN


def actor_of(user: User) -> Actor:
    """Return what this person may do when signed in."""
    return Actor(
        user_id=user.id,
        email=user.email,
        is_staff=user.is_staff,
        is_organizer=user.is_organizer,
        is_email_verified=user.is_email_verified,
    )


def _sign_up(plan: AccountPlan, now: datetime) -> User:
    return register_account(
        email=plan.email,
        password=PASSWORD,
        first_name=plan.first_name,
        last_name=plan.last_name,
        username=plan.username,
        user_type=plan.user_type,
        now=now,
    )


def _mailed_token(user: User) -> str:
    uuid = db.session.scalars(
        sa.select(MailToken.uuid)
        .where(MailToken.user_id == user.id, MailToken.purpose == TokenPurpose.VERIFY_EMAIL)
        .order_by(MailToken.id.desc())
    ).first()
    if uuid is None:
        raise RuntimeError(f"no link was mailed to {user.email}")
    return mail_token(current_app.config["SETTINGS"].secret_key, uuid)
