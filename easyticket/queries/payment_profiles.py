"""Reads about the accounts people are paid to: their own only, and without those they have deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.integrations.account_check import open_account_verifier
from easyticket.models import (
    Event,
    EventStatus,
    LedgerEntry,
    LedgerPosting,
    PaymentProfile,
    Payout,
    PostingKind,
    ProfileStatus,
)
from easyticket.models.ledger import check_of_key
from easyticket.models.payout import OPEN_STATES
from easyticket.rules.payment_accounts import currency_of
from easyticket.rules.permissions import Actor

_KEPT = PaymentProfile.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class PaidCheck:
    """One check of an account that was paid for: the number `attempt` of its profile."""

    profile_id: int
    attempt: int
    paid_at: datetime


def get_payment_profile(actor: Actor, uuid: UUID) -> PaymentProfile:
    """Return one of the actor's profiles.

    :raises NotFound: there is none, it was deleted, or it is somebody else's.
    """
    profile = find_payment_profile(actor.user_id, uuid)
    if profile is None:
        raise NotFound("There is no such payment profile.")
    return profile


def find_payment_profile(user_id: int | None, uuid: UUID) -> PaymentProfile | None:
    """Return a profile of this account, or None."""
    return db.session.scalar(
        sa.select(PaymentProfile).where(PaymentProfile.uuid == uuid, PaymentProfile.user_id == user_id, _KEPT)
    )


def find_default_profile(user_id: int | None) -> PaymentProfile | None:
    """Return where this account is paid if nothing else is said, or None where it has no profile."""
    return db.session.scalar(
        sa.select(PaymentProfile).where(PaymentProfile.user_id == user_id, PaymentProfile.is_default, _KEPT)
    )


def list_payment_profiles(actor: Actor) -> Sequence[PaymentProfile]:
    """Return the actor's profiles, the default one first, then the newest."""
    return list_profiles_of(actor.user_id)


def get_site_currency() -> str:
    """Return the currency of accounts nobody said one of (the setting V1_DEFAULT_CURRENCY)."""
    currency: str = current_app.config["SETTINGS"].v1_default_currency
    return currency


def get_account_currency(profile: PaymentProfile) -> str:
    """Return the one currency an account can be paid in."""
    return currency_of(profile, get_site_currency())


def list_profiles_of(user_id: int | None) -> Sequence[PaymentProfile]:
    """Return an account's profiles, the default one first, then the newest."""
    return db.session.scalars(
        sa.select(PaymentProfile)
        .where(PaymentProfile.user_id == user_id, _KEPT)
        .order_by(PaymentProfile.is_default.desc(), PaymentProfile.id.desc())
    ).all()


def list_profiles_to_check() -> Sequence[PaymentProfile]:
    """Return everybody's profiles that wait to be verified, with their owners, the longest waiting first."""
    return db.session.scalars(
        sa.select(PaymentProfile)
        .options(joinedload(PaymentProfile.user))
        .where(PaymentProfile.status == ProfileStatus.PENDING, _KEPT)
        .order_by(PaymentProfile.verification_started_at, PaymentProfile.id)
    ).all()


def list_paid_checks(user_id: int, since: datetime) -> list[PaidCheck]:
    """Return the checks of an account's profiles that were paid for after `since`, the oldest first."""
    rows = db.session.execute(
        sa.select(LedgerPosting.key, LedgerPosting.posted_at)
        .join(LedgerPosting.entries)
        .where(LedgerEntry.organizer_id == user_id, LedgerPosting.kind == PostingKind.VERIFICATION)
        .where(LedgerPosting.posted_at > since)
        .order_by(LedgerPosting.posted_at, LedgerPosting.id)
    )
    return [PaidCheck(*check_of_key(key), posted_at) for key, posted_at in rows]


def is_used_by_live_event(profile: PaymentProfile, now: datetime) -> bool:
    """Tell whether an event that is published and not over is paid out to this profile."""
    live = sa.exists().where(
        Event.payment_profile_id == profile.id, Event.status == EventStatus.PUBLISHED, Event.end_at > now
    )
    return bool(db.session.scalar(sa.select(live)))


def has_open_payout(profile: PaymentProfile) -> bool:
    """Tell whether money is on its way to this profile."""
    on_its_way = sa.exists().where(Payout.payment_profile_id == profile.id, Payout.state.in_(OPEN_STATES))
    return bool(db.session.scalar(sa.select(on_its_way)))


def are_accounts_checked_by_people() -> bool:
    """Tell whether no party is configured that looks accounts up."""
    return open_account_verifier(current_app.config["SETTINGS"]) is None
