"""The links that were mailed in a test, made again as the mail's job makes them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app

from easyticket.core.signing import mail_token
from easyticket.db import db
from easyticket.models import MailToken, OutboxJob, TokenPurpose, User
from easyticket.queue import JobName


def mailed_tokens(user: User, purpose: TokenPurpose) -> list[str]:
    """Return the tokens mailed to an account, the oldest first."""
    rows = db.session.scalars(
        sa.select(MailToken).filter_by(user_id=user.id, purpose=purpose).order_by(MailToken.id)
    )
    secret_key = current_app.config["SETTINGS"].secret_key
    return [mail_token(secret_key, row.uuid) for row in rows]


def verification_token(user: User) -> str:
    """Return the token of the newest mail that verifies an address."""
    return mailed_tokens(user, TokenPurpose.VERIFY_EMAIL)[-1]


def reset_token(user: User) -> str:
    """Return the token of the newest mail that sets a new password."""
    return mailed_tokens(user, TokenPurpose.RESET_PASSWORD)[-1]


def queued(name: JobName) -> Sequence[OutboxJob]:
    """Return the jobs of one kind that wait in the outbox."""
    return db.session.scalars(sa.select(OutboxJob).filter_by(name=name.value).order_by(OutboxJob.id)).all()
