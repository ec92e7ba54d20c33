"""What an account to be paid to may look like, and how much of it is shown."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.models import ProfileMethod
from easyticket.rules.payment_accounts import (
    check_labels,
    is_same_holder,
    masked_number,
    read_account,
)

BANK, MOBILE = ProfileMethod.BANK_TRANSFER, ProfileMethod.MOBILE_MONEY
BANK_DETAILS = {"account_number": "1234567890", "bank_name": "CAL Bank", "bank_code": "140100"}
MOBILE_DETAILS = {"mobile_number": "+233241234567", "network": "MTN", "account_name": "Ama Owusu"}


def refused(method: ProfileMethod, details: dict[str, str], owner_name: str = "Ama Owusu") -> list[str]:
    with pytest.raises(Invalid) as refusal:
        read_account(method, details, owner_name)
    assert list(refusal.value.fields) == ["account_details"]
    return refusal.value.fields["account_details"]


def test_a_bank_account_is_held_by_its_owner_unless_another_name_is_given() -> None:
    account = read_account(BANK, BANK_DETAILS, "Ama Owusu")
    assert (account.number, account.account_name, account.branch) == ("1234567890", "Ama Owusu", "")
    other = read_account(BANK, {**BANK_DETAILS, "account_name": "Kofi  Mensah", "branch": "Osu"}, "Ama")
    assert (other.account_name, other.branch) == ("Kofi Mensah", "Osu")


def test_spaces_in_a_number_and_the_capitals_of_a_network_do_not_matter() -> None:
    details = {**MOBILE_DETAILS, "mobile_number": "+233 24 123 4567", "network": "airteltigo"}
    account = read_account(MOBILE, details, "")
    assert (account.number, account.network) == ("+233241234567", "AirtelTigo")


def test_everything_that_is_wrong_with_an_account_is_told_at_once() -> None:
    assert refused(BANK, {"account_number": "1234567"}, owner_name="") == [
        "The account number has 8 to 17 digits.",
        "The bank's name is missing.",
        "The bank's code is missing.",
        "The name of the account's holder is missing.",
    ]
    assert refused(MOBILE, {"mobile_number": "0241234567", "network": "Glo"}) == [
        "The mobile number is +233 and nine digits, for example +233241234567.",
        "The network is one of MTN, Vodafone, AirtelTigo.",
    ]


@pytest.mark.parametrize("number", ["12345678", "1" * 17])
def test_the_shortest_and_the_longest_bank_number_are_taken(number: str) -> None:
    assert read_account(BANK, {**BANK_DETAILS, "account_number": number}, "Ama").number == number


@pytest.mark.parametrize("number", ["1234567", "1" * 18, "12345678a", "١٢٣٤٥٦٧٨", ""])
def test_other_bank_numbers_are_refused(number: str) -> None:
    assert refused(BANK, {**BANK_DETAILS, "account_number": number})


def test_numbers_are_shown_masked() -> None:
    assert masked_number(BANK, "1234567890") == "******7890"
    assert masked_number(MOBILE, "+233241234567") == "+233***4567"


def test_a_name_of_3_characters_is_taken_and_one_of_2_is_not() -> None:
    assert check_labels(" CAL ", "") == ("CAL", "")
    with pytest.raises(Invalid) as refusal:
        check_labels("CA", "x" * 501)
    assert set(refusal.value.fields) == {"name", "description"}


def test_a_holder_is_the_same_in_any_order_and_spelling_of_the_words() -> None:
    assert is_same_holder("Ama Owusu-Ansah", "OWUSU ANSAH, AMÁ")
    assert not is_same_holder("Ama Owusu", "Ama Mensah")
    assert not is_same_holder("", "")
