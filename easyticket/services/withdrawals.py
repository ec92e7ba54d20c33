"""Money that organizers ask for: requested, given up, and recorded once people have paid it. What a provider sends is sent
by services/payout_transfers.py.

Each takes the lock of the organizer first, so that two at the same instant never spend the same money, and nothing is
noted as paid while it is given up.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Invalid, NotFound, invalid_field
from easyticket.core.ids import random_code
from easyticket.core.money import CURRENCIES, Money, MoneyError
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, PaymentProfile, Payout, PayoutState, User
from easyticket.queries.balances import Balance, get_balance, get_least_payout
from easyticket.queries.payment_profiles import find_payment_profile, get_site_currency, list_profiles_of
from easyticket.queries.withdrawals import find_payout_obstacle
from easyticket.queue import JobName, enqueue
from easyticket.rules.payouts import (
    BY_HAND,
    BY_HAND_ENDING,
    account_for,
    why_no_payment_to,
    why_nowhere_to_pay,
)
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services import ledger
from easyticket.services.change_log import record_change
from easyticket.services.idempotency import Repeated, Turn, find_record, take_turn
from easyticket.services.organizer_lock import lock_organizer, lock_own_account
from easyticket.services.providers import transfer_provider_for

# Its money is in the balance again: people may pay it all the same, as a payout of its own.
_CAME_BACK = (PayoutState.FAILED, PayoutState.REVERSED)


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
    """Ask for an amount in major units to be paid to a verified profile of this currency; without one, to the default one,
    or where that is of another currency, to the oldest of this one.

    `currency` is V1_DEFAULT_CURRENCY if it is empty. With a `turn` (an Idempotency-Key) it is asked for once.

    :raises Invalid: on `amount` or `currency`: not one.
    :raises WithdrawalRefused: less than MIN_PAYOUT, more than there is, or no profile that can be paid to.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.REQUEST_PAYOUT)
    if turn is not None and turn.made_uuid is not None:
        return db.session.scalars(sa.select(Payout).where(Payout.uuid == turn.made_uuid)).one()
    return _request(actor, _money_of(amount, currency), profile_uuid, turn, now)


def request_withdrawal_once(
    *, actor: Actor, key: str, amount: Decimal, currency: str, profile_uuid: UUID | None, now: datetime
) -> Payout:
    """Ask as `request_withdrawal` does, from a form with a `key` of its own: sent twice, it asks once.

    :raises Invalid: as there.
    """
    turn = Turn(f"user:{actor.user_id}", "ask_for_payout", key, body_digest="")
    try:
        return request_withdrawal(
            actor=actor, amount=amount, currency=currency, profile_uuid=profile_uuid, turn=turn, now=now
        )
    except Repeated:
        record = find_record(turn)
        made_uuid = record.made_uuid if record else None
        return db.session.scalars(sa.select(Payout).where(Payout.uuid == made_uuid)).one()


@transactional
def cancel_withdrawal(*, actor: Actor, payout: Payout, now: datetime) -> Payout:
    """Put what was asked for back into the balance, as long as nothing was sent.

    :raises Conflict: it is on its way, has arrived or was cancelled.
    """
    require(actor, Permission.CANCEL_PAYOUT, payout)
    lock_organizer(payout.organizer_id)
    if not put_back(payout, now):
        raise Conflict("This withdrawal can no longer be cancelled.")
    _note(actor, ChangeAction.PAYOUT_CANCELLED, payout, now)
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
    """Note that the people who run the site have paid a withdrawal by hand.

    For one whose transfer failed or came back, whose money is in the balance again, a payout of its own is noted and
    returned, once.

    :raises NotFound: there is none of this reference.
    :raises Conflict: it was paid, sent or cancelled already, or must not be paid (code `payout_held`; rules/payouts.py).
    """
    require(actor, Permission.RECORD_PAYOUT)
    payout = db.session.scalar(sa.select(Payout).filter_by(reference=reference))
    if payout is None:
        raise NotFound("There is no such withdrawal.")
    organizer = lock_organizer(payout.organizer_id)
    for row in filter(None, (payout, payout.payment_profile)):
        db.session.refresh(row)
    if payout.state in _CAME_BACK:
        payout = _once_more_by_hand(organizer, payout, now)
    if payout.state is not PayoutState.REQUESTED:
        raise Conflict("This withdrawal does not wait to be paid.")
    if obstacle := find_payout_obstacle(payout, now):
        raise Conflict(f"This withdrawal must not be paid: {obstacle}.", code="payout_held")
    payout.method, payout.recorded_by_id = BY_HAND, actor.user_id
    note_paid(payout, now)
    _note(actor, ChangeAction.PAYOUT_RECORDED, payout, now)
    return payout


@transactional
def make_payout(
    organizer: User, profile: PaymentProfile | None, money: Money, now: datetime, **values: Any
) -> Payout:
    """Take money out of a balance for a payout, to be sent by a provider if one sends this currency, else paid by hand.

    The caller holds the lock of the organizer and has looked at balance and profile. `values` are columns of the payout.
    """
    sender = transfer_provider_for(money.currency)
    values = {"method": f"{sender.name}_transfer" if sender else BY_HAND, **values}
    payout = Payout(
        organizer_id=organizer.id,
        payment_profile_id=profile.id if profile else None,
        amount_minor=money.minor,
        currency=money.currency,
        created_at=now,
        updated_at=now,
        **{"reference": f"wd-{random_code(26).lower()}", **values},
    )
    db.session.add(payout)
    db.session.flush()
    ledger.post_payout_requested(payout, now)
    if payout.method != BY_HAND:
        enqueue(JobName.SEND_PAYOUT, {"payout_id": payout.id}, key=f"send-payout:{payout.id}")
    return payout


@transactional
def note_paid(payout: Payout, now: datetime) -> None:
    """Note that an open payout has left our account, and tell its organizer. The caller holds the lock of the organizer."""
    payout.state, payout.paid_at, payout.updated_at, payout.last_error = PayoutState.PAID, now, now, ""
    db.session.flush()
    ledger.post_payout_paid(payout, now)
    enqueue(JobName.MAIL_PAYOUT_PAID, {"payout_id": payout.id}, key=f"payout-paid:{payout.id}")


def _once_more_by_hand(organizer: User, failed: Payout, now: datetime) -> Payout:
    money = Money(failed.amount_minor, failed.currency)
    balance = get_balance(organizer.id, money.currency, now)
    reference = f"{failed.reference}{BY_HAND_ENDING}"
    if db.session.scalar(sa.select(Payout.id).filter_by(reference=reference)):
        raise Conflict("This withdrawal does not wait to be paid.")
    if balance.payable_minor < money.minor:
        raise Conflict("This withdrawal must not be paid: its money was used otherwise.", code="payout_held")
    return make_payout(organizer, failed.payment_profile, money, now, reference=reference, method=BY_HAND)


def _money_of(amount: Decimal, currency: str) -> Money:
    wanted = currency.strip().upper() or get_site_currency()
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
    # The amount first: who has no money of a currency needs no account for it.
    _refuse_amount(money, balance)
    profile = _payable_profile(organizer.id, profile_uuid, balance, now)
    payout = make_payout(organizer, profile, money, now, uuid=uuid)
    _note(actor, ChangeAction.PAYOUT_REQUESTED, payout, now)
    return payout


def _note(actor: Actor, action: ChangeAction, payout: Payout, now: datetime) -> None:
    record_change(
        actor,
        action,
        subject=payout.reference,
        user_id=payout.organizer_id,
        after={"amount_minor": payout.amount_minor, "currency": payout.currency},
        now=now,
    )


def _payable_profile(organizer_id: int, uuid: UUID | None, balance: Balance, now: datetime) -> PaymentProfile:
    currency, site_currency = balance.currency, get_site_currency()
    if uuid is None:
        profiles = list_profiles_of(organizer_id)
        profile = account_for(profiles, currency, now, site_currency=site_currency)
        missing = why_nowhere_to_pay(profiles, currency)
    else:
        profile = find_payment_profile(organizer_id, uuid)
        missing = "There is no such payment profile."
    if profile is None:
        raise _refused(missing, balance)
    if obstacle := why_no_payment_to(profile, currency, now, site_currency=site_currency):
        raise _refused(obstacle, balance)
    return profile


def _refuse_amount(money: Money, balance: Balance) -> None:
    least = get_least_payout(money.currency)
    if money < least:
        raise _refused(f"The least that can be paid out is {_text(least)}.", balance)
    most = Money(balance.payable_minor, balance.currency)
    if most < money:
        raise _refused(f"{_text(most)} can be paid out at the moment, and no more.", balance)


def _refused(message: str, balance: Balance) -> WithdrawalRefused:
    data = {
        "available_balance": Money(balance.payable_minor, balance.currency).as_text(),
        "minimum_amount": get_least_payout(balance.currency).as_text(),
        "currency": balance.currency,
    }
    return WithdrawalRefused(message, context={"data": data})


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
