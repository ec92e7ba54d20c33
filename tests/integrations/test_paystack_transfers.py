"""Money out by Paystack: sent once to the account that was meant, whatever is lost on the way."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from easyticket.core.errors import ProviderDown
from easyticket.integrations.paystack_transfers import PaystackTransfers
from easyticket.integrations.transfers import TransferRequest, TransferState
from tests.doubles.paystack import TEST_KEY, PaystackDouble
from tests.doubles.paystack_books import Recipient
from tests.doubles.paystack_papers import recipient_paper
from tests.integrations.paystack_shop import client_of

REFERENCE = "po-7q3m9zk2v8x4b6n1"
NUMBER = "+233551234987"


def request(**changes: Any) -> TransferRequest:
    asked: dict[str, Any] = {
        "reference": REFERENCE,
        "amount_minor": 25000,
        "currency": "GHS",
        "is_mobile_money": True,
        "account_number": NUMBER,
        "account_name": "Kofi Mensah",
        "bank": "MTN",
        "reason": "EasyTicket payout",
        **changes,
    }
    return TransferRequest(**asked)


@pytest.fixture
def transfers(paystack_double: PaystackDouble) -> PaystackTransfers:
    return PaystackTransfers(client_of(paystack_double), ("GHS", "USD"))


def test_money_is_sent_to_a_phone_and_told_until_its_end(
    paystack_double: PaystackDouble, transfers: PaystackTransfers
) -> None:
    sent = transfers.send(request())
    assert (sent.state, sent.reference, sent.amount_minor, sent.currency) == (
        TransferState.PENDING,
        REFERENCE,
        25000,
        "GHS",
    )
    [made] = paystack_double.transfers()
    assert made["recipient"]["details"]["account_number"] == "0551234987"
    assert (made["recipient"]["type"], made["recipient"]["details"]["bank_code"]) == ("mobile_money", "MTN")
    paystack_double.finish_transfer(REFERENCE)
    done = transfers.fetch_transfer(REFERENCE)
    assert (done.state, done.fee_minor, done.provider_ref) == (TransferState.PAID, 100, made["transfer_code"])
    paystack_double.finish_transfer(REFERENCE, "reversed")
    assert transfers.fetch_transfer(REFERENCE).state is TransferState.REVERSED


@pytest.mark.parametrize(
    ("bank", "code"), [("Vodafone", "VOD"), ("AirtelTigo", "ATL"), ("MTN", "MTN"), ("040100", "040100")]
)
def test_networks_and_banks_have_their_codes(
    paystack_double: PaystackDouble, transfers: PaystackTransfers, bank: str, code: str
) -> None:
    is_bank = bank == "040100"
    transfers.send(
        request(bank=bank, is_mobile_money=not is_bank, account_number="1234567890" if is_bank else NUMBER)
    )
    [made] = paystack_double.transfers()
    assert made["recipient"]["details"]["bank_code"] == code
    assert made["recipient"]["type"] == ("ghipss" if is_bank else "mobile_money")


def test_a_failure_is_told_with_its_reason(
    paystack_double: PaystackDouble, transfers: PaystackTransfers
) -> None:
    transfers.send(request())
    paystack_double.finish_transfer(REFERENCE, "failed", "Account 0551234987 is blocked")
    failed = transfers.fetch_transfer(REFERENCE)
    assert (failed.state, failed.message) == (TransferState.FAILED, "Account *** is blocked")


def test_asked_again_it_tells_how_the_transfer_stands(
    paystack_double: PaystackDouble, transfers: PaystackTransfers
) -> None:
    transfers.send(request())
    paystack_double.finish_transfer(REFERENCE)
    assert transfers.send(request()).state is TransferState.PAID
    assert len(paystack_double.transfers()) == 1


@pytest.mark.parametrize("kind", ["hang_after", "dropped", "truncated", "malformed", "html", "error_after"])
def test_a_transfer_whose_answer_was_lost_is_made_once(
    paystack_double: PaystackDouble, transfers: PaystackTransfers, kind: str
) -> None:
    paystack_double.fault(kind, method="POST", path="/transfer$", status=502)
    assert transfers.send(request()).state is TransferState.PENDING
    assert transfers.send(request()).state is TransferState.PENDING
    assert len(paystack_double.transfers()) == 1


def test_what_did_not_arrive_is_not_known_until_it_is_sent_again(
    paystack_double: PaystackDouble, transfers: PaystackTransfers
) -> None:
    for path in ("/transferrecipient$", "/transfer$"):
        paystack_double.fault("error_before", method="POST", path=path)
        with pytest.raises(ProviderDown):
            transfers.send(request())
        assert transfers.fetch_transfer(REFERENCE).state is TransferState.MISSING
    transfers.send(request())
    assert len(paystack_double.transfers()) == 1


def test_a_transfer_may_need_a_code(paystack_double: PaystackDouble, transfers: PaystackTransfers) -> None:
    paystack_double.configure(transfer_outcome="otp")
    assert transfers.send(request()).state is TransferState.NEEDS_CODE
    assert transfers.fetch_transfer(REFERENCE).state is TransferState.NEEDS_CODE


def test_too_little_money_blocks_and_is_sent_later(
    paystack_double: PaystackDouble, transfers: PaystackTransfers
) -> None:
    paystack_double.set_balance(25000)  # the amount without the fee
    blocked = transfers.send(request())
    assert (blocked.state, blocked.amount_minor) == (TransferState.BLOCKED, 25000)
    assert transfers.fetch_transfer(REFERENCE).state is TransferState.MISSING
    paystack_double.set_balance(25100)
    assert transfers.send(request()).state is TransferState.PENDING


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bank": "999999", "is_mobile_money": False, "account_number": "12345678"}, "Bank code is invalid"),
        ({"reference": "short"}, "Transfer reference"),
    ],
)
def test_what_paystack_does_not_send_has_failed(
    paystack_double: PaystackDouble, transfers: PaystackTransfers, changes: dict[str, Any], words: str
) -> None:
    refused = transfers.send(request(**changes))
    assert refused.state is TransferState.FAILED
    assert words in refused.message
    assert paystack_double.transfers() == []


def test_an_account_that_is_not_the_one_that_was_meant_gets_nothing(
    paystack_double: PaystackDouble, transfers: PaystackTransfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_another(recipient: Recipient) -> dict[str, Any]:
        paper = recipient_paper(recipient)
        return {**paper, "details": {**paper["details"], "account_number": "0209999999"}}

    monkeypatch.setattr("tests.doubles.paystack_transfers.recipient_paper", of_another)
    refused = transfers.send(request())
    assert refused.state is TransferState.FAILED and "another account" in refused.message
    assert paystack_double.transfers() == []


def test_where_money_is_sent(transfers: PaystackTransfers) -> None:
    assert transfers.sends("GHS")
    assert not transfers.sends("USD")  # held, and no bank of that country is reached
    assert not transfers.sends("NGN")


def test_no_account_and_no_key_is_written_down(
    paystack_double: PaystackDouble, transfers: PaystackTransfers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    transfers.send(request())
    for private in (NUMBER, "0551234987", "Kofi", TEST_KEY):
        assert private not in caplog.text + repr(request())
