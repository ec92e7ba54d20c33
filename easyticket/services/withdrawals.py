"""Money that organizers ask for: requested, given up, and recorded once people have paid it. Nothing is sent from here.

Each takes the lock of the organizer first, so that two at the same instant never spend the same money, and nothing is
noted as paid while it is given up.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from easyticket.core.errors import Conflict, Invalid, NotFound, invalid_field
from easyticket.core.ids import random_code
from easyticket.core.money import CURRENCIES, Money, MoneyError, currency_digits
from easyticket.db import db, transactional
from easyticket.models import PaymentProfile, Payout, PayoutState, ProfileStatus
from easyticket.queries.balances import Balance, get_balance
from easyticket.queries.payment_profiles import find_default_profile, find_payment_profile
from easyticket.queries.withdrawals import find_payout_obstacle
from easyticket.rules.payment_accounts import end_of_freeze
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.wording import moment_text
from easyticket.services import ledger
from easyticket.services.idempotency import Turn, take_turn
from easyticket.services.organizer_lock import lock_organizer, lock_own_account

# How it is paid while no provider sends money for us.
_BY_HAND = "manual"


class WithdrawalRefused(Invalid):
    """The money cannot be paid out now; the context says what could be."""

    code = "withdrawal_refused"


def request_withdrawal(
    *,
    actor: Actor,
    amount: Decimal,
    currency: str = "",
    profile_uuid: UUID | None = None,
    turn: Turn | None = None,
    now: datetime,
) -> Payout:
    """Ask for an amount in major units to be paid to a verified profile, by default the default one.

    `currency` is V1_DEFAULT_CURRENCY if it is empty. With a `turn` (an Idempotency-Key) it is asked for once.

    :raises Invalid: on `amount` or `currency`: not one.
    :raises WithdrawalRefused: less than MIN_PAYOUT, more than there is, or no profile that can be paid to.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.REQUEST_PAYOUT)
    if turn is not None and turn.made_uuid is not None:
        return db.session.scalars(sa.select(Payout).where(Payout.uuid == turn.made_uuid)).one()
    return _request(actor, _money_of(amount, currency), profile_uuid, turn, now)


@transactional
def cancel_withdrawal(*, actor: Actor, payout: Payout, now: datetime) -> Payout:
    """Put what was asked for back into the balance, as long as nothing was sent.

    :raises Conflict: it is on its way, has arrived or was cancelled.
    """
    require(actor, Permission.CANCEL_PAYOUT, payout)
    lock_organizer(payout.organizer_id)
    if not put_back(payout, now):
        raise Conflict("This withdrawal can no longer be cancelled.")
    return payout


@transactional
def put_back(payout: Payout, now: datetime, *, reason: str = "") -> bool:
    """Put what was asked for back into the balance; False if it does not wait to be paid any more.

    The caller holds the lock of the organizer. `reason` is kept with it.
    """
    if not _leave_requested(payout, PayoutState.CANCELLED, now):
        return False
    db.session.refresh(payout)
    payout.last_error = reason
    ledger.post_payout_cancelled(payout, now)
    return True


@transactional
def record_payout_paid(*, actor: Actor, reference: str, now: datetime) -> Payout:
    """Note that the people who run the site have paid a withdrawal.

    :raises NotFound: there is none of this reference.
    :raises Conflict: it was paid or cancelled already, or must not be paid (code `payout_held`; rules/payouts.py).
    """
    require(actor, Permission.RECORD_PAYOUT)
    payout = db.session.scalar(sa.select(Payout).filter_by(reference=reference))
    if payout is None:
        raise NotFound("There is no such withdrawal.")
    lock_organizer(payout.organizer_id)
    for row in filter(None, (payout, payout.payment_profile)):
        db.session.refresh(row)
    if payout.state is not PayoutState.REQUESTED:
        raise Conflict("This withdrawal does not wait to be paid.")
    if obstacle := find_payout_obstacle(payout, now):
        raise Conflict(f"This withdrawal must not be paid: {obstacle}.", code="payout_held")
    _leave_requested(payout, PayoutState.PAID, now)
    db.session.refresh(payout)
    payout.paid_at, payout.recorded_by_id = now, actor.user_id
    ledger.post_payout_paid(payout, now)
    return payout


def _money_of(amount: Decimal, currency: str) -> Money:
    wanted = currency.strip().upper() or current_app.config["SETTINGS"].v1_default_currency
    if wanted not in CURRENCIES:
        raise invalid_field("currency", "This is no currency that events are sold in.")
    try:
        return Money.parse(amount, wanted)
    except MoneyError as error:
        raise invalid_field("amount", str(error)) from None


@transactional
def _request(
    actor: Actor, money: Money, profile_uuid: UUID | None, turn: Turn | None, now: datetime
) -> Payout:
    uuid = take_turn(turn, now)
    organizer = lock_own_account(actor.user_id)
    balance = get_balance(organizer.id, money.currency, now)
    profile = _payable_profile(organizer.id, profile_uuid, balance, now)
    _refuse_amount(money, balance)
    payout = Payout(
        uuid=uuid,
        organizer_id=organizer.id,
        payment_profile_id=profile.id,
        reference=f"wd-{random_code(26).lower()}",
        method=_BY_HAND,
        amount_minor=money.minor,
        currency=money.currency,
        created_at=now,
        updated_at=now,
    )
    db.session.add(payout)
    db.session.flush()
    ledger.post_payout_requested(payout, now)
    return payout


def _payable_profile(organizer_id: int, uuid: UUID | None, balance: Balance, now: datetime) -> PaymentProfile:
    if uuid is None:
        profile = find_default_profile(organizer_id)
        missing = "Add a payment profile first: money is paid out to a verified one."
    else:
        profile = find_payment_profile(organizer_id, uuid)
        missing = "There is no such payment profile."
    if profile is None:
        raise _refused(missing, balance)
    if profile.status is not ProfileStatus.VERIFIED:
        raise _refused("Money is paid out to verified payment profiles only. This one is not yet.", balance)
    if frozen_until := end_of_freeze(profile, now):
        sentence = f"This account is new or was changed. It can be paid to from {moment_text(frozen_until)}."
        raise _refused(sentence, balance)
    return profile


def _refuse_amount(money: Money, balance: Balance) -> None:
    least = _least(money.currency)
    if money < least:
        raise _refused(f"The least that can be paid out is {_text(least)}.", balance)
    most = Money(balance.payable_minor, balance.currency)
    if most < money:
        raise _refused(f"{_text(most)} can be paid out at the moment, and no more.", balance)


def _refused(message: str, balance: Balance) -> WithdrawalRefused:
    data = {
        "available_balance": Money(balance.payable_minor, balance.currency).as_text(),
        "minimum_amount": _least(balance.currency).as_text(),
        "currency": balance.currency,
    }
    return WithdrawalRefused(message, context={"data": data})


def _least(currency: str) -> Money:
    whole: int = current_app.config["SETTINGS"].min_payout
    return Money(whole * 10 ** currency_digits(currency), currency)


def _text(money: Money) -> str:
    return f"{money.currency} {money.as_text()}"


def _leave_requested(payout: Payout, state: PayoutState, now: datetime) -> bool:
    """Move a withdrawal on; False if it waits no more. The caller holds the lock of its organizer."""
    moved = (
        sa.update(Payout)
        .where(Payout.id == payout.id, Payout.state == PayoutState.REQUESTED)
        .values(state=state, updated_at=now)
        .returning(Payout.id)
    )
    return db.session.scalar(moved) is not None
