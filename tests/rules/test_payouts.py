"""What must not be paid, and the sentence that says so to the people who pay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.money import Money
from easyticket.models import PaymentProfile, Payout, ProfileStatus, User
from easyticket.rules.payouts import why_not_to_be_paid

NOW = clock.now()


def why(uncovered_minor: int = 0, *, organizer: Any = None, profile: Any = None) -> str | None:
    payout = Payout(
        organizer=User(**{"is_active": True, **(organizer or {})}),
        payment_profile=PaymentProfile(**{"status": ProfileStatus.VERIFIED, **(profile or {})}),
    )
    return why_not_to_be_paid(payout, Money(uncovered_minor, "GHS"), NOW)


def test_what_sales_cover_is_paid_to_a_verified_account() -> None:
    assert why() is None
    assert why(profile={"frozen_until": NOW}) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"uncovered_minor": 1_250}, "GHS 12.50 of what was asked for went back to buyers"),
        ({"organizer": {"deleted_at": NOW}}, "account was deleted"),
        ({"organizer": {"is_active": False}}, "account is switched off"),
        ({"profile": {"deleted_at": NOW}}, "no payment profile any more"),
        ({"profile": {"status": ProfileStatus.PENDING}}, "is not verified (pending_verification)"),
        ({"profile": {"frozen_until": NOW + timedelta(hours=1)}}, "is frozen until"),
    ],
)
def test_each_reason_not_to_pay_is_told(wrong: dict[str, Any], words: str) -> None:
    assert words in (why(**wrong) or "")


def test_a_withdrawal_that_names_no_account_is_not_paid() -> None:
    payout = Payout(organizer=User(is_active=True), payment_profile=None)
    assert "no payment profile" in (why_not_to_be_paid(payout, Money(0, "GHS"), NOW) or "")
