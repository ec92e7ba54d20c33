"""What must not be paid, and the sentence that says so to the people who pay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.money import Money
from easyticket.models import PaymentProfile, Payout, ProfileMethod, ProfileStatus, User
from easyticket.rules.payment_accounts import currency_of
from easyticket.rules.payouts import (
    account_for,
    why_no_payment_to,
    why_not_paid_automatically,
    why_not_to_be_paid,
)

NOW = clock.now()


def why(uncovered_minor: int = 0, *, organizer: Any = None, profile: Any = None) -> str | None:
    payout = Payout(
        organizer=User(**{"is_active": True, **(organizer or {})}),
        payment_profile=PaymentProfile(**{"status": ProfileStatus.VERIFIED, **(profile or {})}),
    )
    return why_not_to_be_paid(payout, Money(uncovered_minor, "GHS"), NOW, site_currency="GHS")


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
        ({"profile": {"currency": "EUR"}}, "is paid in EUR only, and this is GHS"),
    ],
)
def test_each_reason_not_to_pay_is_told(wrong: dict[str, Any], words: str) -> None:
    assert words in (why(**wrong) or "")


def test_a_withdrawal_that_names_no_account_is_not_paid() -> None:
    payout = Payout(organizer=User(is_active=True), payment_profile=None)
    assert "no payment profile" in (
        why_not_to_be_paid(payout, Money(0, "GHS"), NOW, site_currency="GHS") or ""
    )


MOMO, BANK = ProfileMethod.MOBILE_MONEY, ProfileMethod.BANK_TRANSFER


def an_account(number: int, *, is_default: bool = False, **fields: Any) -> PaymentProfile:
    values = {"id": number, "method": BANK, "status": ProfileStatus.VERIFIED, "is_default": is_default}
    return PaymentProfile(**values | fields)


def test_mobile_money_is_paid_in_the_currency_of_its_country_and_in_no_other() -> None:
    account = an_account(1, method=MOMO, network="MTN")
    assert currency_of(account, "EUR") == "GHS"
    assert why_no_payment_to(account, "GHS", NOW, site_currency="EUR") is None
    for currency in ("NGN", "USD", "EUR"):
        assert why_no_payment_to(account, currency, NOW, site_currency="EUR") == (
            "This account is paid in GHS only. "
            f"Money in {currency} can only go to a bank account in {currency}."
        )


def test_a_bank_account_is_paid_in_its_own_currency_and_one_nobody_said_of_in_the_sites() -> None:
    assert currency_of(an_account(1, currency="NGN"), "GHS") == "NGN"
    assert currency_of(an_account(1), "GHS") == "GHS"
    wrong = why_no_payment_to(an_account(1, currency="NGN"), "GHS", NOW, site_currency="GHS") or ""
    assert "mobile money (MTN, Vodafone, AirtelTigo) or a bank account in GHS" in wrong


def test_money_goes_to_the_default_account_or_to_the_oldest_that_can_be_paid_in_its_currency() -> None:
    momo = an_account(1, method=MOMO, network="MTN", is_default=True)
    frozen = an_account(2, currency="NGN", frozen_until=NOW + timedelta(hours=1))
    naira, newer = an_account(3, currency="NGN"), an_account(4, currency="NGN")
    everything = [momo, newer, naira, frozen, an_account(5, currency="GHS")]

    def goes_to(currency: str, *accounts: PaymentProfile) -> PaymentProfile | None:
        return account_for(accounts or everything, currency, NOW, site_currency="GHS")

    assert goes_to("GHS") is momo
    assert goes_to("NGN") is naira
    assert goes_to("NGN", momo, frozen) is frozen
    assert goes_to("EUR") is None


def test_what_is_paid_by_itself_waits_for_an_account_in_its_currency() -> None:
    momo = an_account(1, method=MOMO, network="MTN", is_default=True)

    def why_not(currency: str, *accounts: PaymentProfile) -> str | None:
        return why_not_paid_automatically(accounts, currency, NOW, site_currency="GHS")

    assert why_not("GHS", momo) is None
    assert (why_not("NGN", momo) or "").startswith("Add an account for NGN first.")
    assert (why_not("GHS") or "").startswith("Add a payment profile first")
