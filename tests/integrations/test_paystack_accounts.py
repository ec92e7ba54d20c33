"""Whose an account is, by Paystack; what it cannot look up waits for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from easyticket.core.errors import ProviderDown
from easyticket.integrations.account_check import (
    AccountQuestion,
    CheckState,
    SandboxAccountVerifier,
    open_account_verifier,
)
from easyticket.integrations.paystack_accounts import PaystackAccountVerifier
from tests.doubles.paystack import PaystackDouble
from tests.integrations.paystack_shop import client_of
from tests.servers.settings import settings_for_tests

PAYSTACK = {"PAYSTACK_SECRET_KEY": "sk_test_0", "PAYSTACK_PUBLIC_KEY": "pk_test_0"}
STRIPE = {
    "STRIPE_SECRET_KEY": "sk_test_0",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_0",
    "STRIPE_WEBHOOK_SECRET": "whsec_0",
}


def question(number: str = "1234567890", bank: str = "040100") -> AccountQuestion:
    return AccountQuestion(reference="pv-1", number=number, bank=bank, account_name="Kofi Mensah")


@pytest.fixture
def verifier(paystack_double: PaystackDouble) -> PaystackAccountVerifier:
    return PaystackAccountVerifier(client_of(paystack_double))


def test_an_account_is_found_under_its_holders_name(
    paystack_double: PaystackDouble, verifier: PaystackAccountVerifier
) -> None:
    paystack_double.add_account("040100", "1234567890", "MENSAH KOFI")
    paystack_double.add_account("VOD", "0201234567", "Ama Owusu")
    found = verifier.check(question())
    assert (found.state, found.resolved_name) == (CheckState.FOUND, "MENSAH KOFI")
    assert verifier.check(question("+233201234567", "Vodafone")).resolved_name == "Ama Owusu"


@pytest.mark.parametrize("status", [400, 422])
def test_an_unknown_account_is_told_apart_from_what_cannot_be_looked_up(
    paystack_double: PaystackDouble, verifier: PaystackAccountVerifier, status: int
) -> None:
    paystack_double.configure(resolve_status=status)
    unknown = verifier.check(question())
    assert (unknown.state, unknown.reason) == (CheckState.UNKNOWN, "Account number not found")
    assert verifier.check(question("+233201234567", "MTN")).state is CheckState.UNKNOWN
    no_bank = verifier.check(question(bank="999999"))
    assert (no_bank.state, no_bank.reason) == (CheckState.UNKNOWN, "The bank's code is not known")


def test_where_mobile_money_is_no_bank_people_check(
    verifier: PaystackAccountVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.doubles.paystack_accounts.find_bank", lambda _code: None)
    assert verifier.check(question("+233201234567", "MTN")).state is CheckState.BY_HAND


def test_no_answer_says_nothing(paystack_double: PaystackDouble, verifier: PaystackAccountVerifier) -> None:
    for kind in ("error_before", "malformed", "truncated"):
        paystack_double.fault(kind)
        with pytest.raises(ProviderDown):
            verifier.check(question())


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, SandboxAccountVerifier),
        ({"SANDBOX_PAYMENTS": "false"}, type(None)),
        (STRIPE, type(None)),
        (PAYSTACK, PaystackAccountVerifier),
        ({**PAYSTACK, **STRIPE}, PaystackAccountVerifier),
        ({**PAYSTACK, "PAYSTACK_CURRENCIES": "NGN"}, type(None)),
    ],
)
def test_who_looks_accounts_up(tmp_path: Path, variables: dict[str, str], kind: type) -> None:
    assert type(open_account_verifier(settings_for_tests(tmp_path, **variables))) is kind
