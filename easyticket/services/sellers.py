"""What an organizer says about themselves as a seller, and whether what can be paid out is, without being asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from easyticket.db import db, transactional
from easyticket.models import ChangeAction, SellerProfile
from easyticket.rules.fields import Faults
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.taxes import HIGHEST_RATE
from easyticket.services.change_log import record_update, values_of
from easyticket.services.organizer_lock import lock_own_account


@dataclass(frozen=True, slots=True)
class SellerDraft:
    """What receipts are to say from now on; the rate is in hundredths of a percent and included in prices."""

    legal_name: str = ""
    address: str = ""
    tax_number: str = ""
    tax_name: str = ""
    tax_basis_points: int = 0


_TEXTS = ("legal_name", "address", "tax_number", "tax_name")


@transactional
def save_seller(*, actor: Actor, draft: SellerDraft, now: datetime) -> SellerProfile:
    """Keep what an organizer's receipts say from now on; those that were written stay as they are.

    :raises Invalid: by field.
    """
    require(actor, Permission.EDIT_SELLER)
    checked = _check(draft)
    seller = _own_seller(actor, now)
    before = values_of(seller, (*_TEXTS, "tax_basis_points"))
    for name in before:
        setattr(seller, name, getattr(checked, name))
    _note_changed(actor, seller, before, now)
    return seller


@transactional
def choose_automatic_payouts(*, actor: Actor, is_wanted: bool, now: datetime) -> SellerProfile:
    """Have what can be paid out paid out once a day by itself, or only when it is asked for."""
    require(actor, Permission.REQUEST_PAYOUT)
    seller = _own_seller(actor, now)
    before = values_of(seller, ("is_paid_automatically",))
    seller.is_paid_automatically = is_wanted
    _note_changed(actor, seller, before, now)
    return seller


def _own_seller(actor: Actor, now: datetime) -> SellerProfile:
    owner = lock_own_account(actor.user_id)
    seller = db.session.scalar(sa.select(SellerProfile).filter_by(user_id=owner.id))
    if seller is None:
        seller = SellerProfile(user_id=owner.id, created_at=now, is_paid_automatically=False)
        seller.tax_basis_points = 0
        for name in _TEXTS:
            setattr(seller, name, "")
        db.session.add(seller)
    seller.updated_at = now
    return seller


def _note_changed(actor: Actor, seller: SellerProfile, before: Mapping[str, Any], now: datetime) -> None:
    record_update(
        actor,
        ChangeAction.SELLER_CHANGED,
        seller,
        before,
        before,
        subject=seller.legal_name,
        user_id=seller.user_id,
        now=now,
    )


def _check(draft: SellerDraft) -> SellerDraft:
    faults = Faults()
    checked = SellerDraft(
        legal_name=faults.line("legal_name", draft.legal_name, 255),
        address=faults.text("address", draft.address, 500),
        tax_number=faults.line("tax_number", draft.tax_number, 50),
        tax_name=faults.line("tax_name", draft.tax_name, 30),
        tax_basis_points=draft.tax_basis_points,
    )
    if not 0 <= checked.tax_basis_points <= HIGHEST_RATE:
        faults.add("tax_basis_points", "The rate is between 0 and 50 %.")
    if checked.tax_basis_points and not checked.tax_name:
        faults.add("tax_name", "Say what the tax is called, for example VAT.")
    faults.raise_if_any()
    return checked
