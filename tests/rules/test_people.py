"""Addresses, names and phone numbers are kept in one form, and what cannot be one is refused."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.rules.people import (
    check_all,
    normal_email,
    normal_line,
    normal_phone,
    normal_phone_abroad,
    normal_text,
    normal_username,
    split_name,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ama@Example.ORG ", "ama@example.org"),
        ("ama+tickets@example.org", "ama+tickets@example.org"),
        ("ama@Bücher.example", "ama@bücher.example"),
    ],
)
def test_an_address_is_kept_in_lower_case_without_space(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ama",
        "ama@",
        "@example.org",
        "ama@example",
        "a@b.org\r\nBcc: c@d.org",
        "=?utf-8?q?a=0D=0ABcc=3A=5Fz?=@x.org",
        "a b@example.org",
        "émile@example.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        normal_email(typed)
    assert refused.value.fields == {"email": ["Enter a valid email address."]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+233 24 123-4567", "+233241234567"), ("(024) 123 4567", "0241234567"), ("  ", "")],
)
def test_a_phone_number_is_kept_as_digits(typed: str, kept: str) -> None:
    assert normal_phone(typed) == kept


@pytest.mark.parametrize("typed", ["1234", "1" * 16, "024 123 CALL", "+", "٠٢٤١٢٣٤٥٦٧"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normal_phone(typed)


def test_a_phone_number_that_can_be_called_from_abroad_has_a_plus_and_nine_to_fifteen_digits() -> None:
    kept = {
        "+233 24 123-4567": "+233241234567",
        "+123456789": "+123456789",
        "+" + "1" * 15: "+" + "1" * 15,
        " ": "",
    }
    assert {typed: normal_phone_abroad(typed) for typed in kept} == kept
    for typed in (
        "0241234567",
        "233241234567",
        "+12345678",
        "+" + "1" * 16,
        "++233241234567",
        "+233 CALL ME",
    ):
        with pytest.raises(Invalid) as refused:
            normal_phone_abroad(typed)
        assert refused.value.message == (
            "Enter the phone number with + and the country code, 9 to 15 digits in all, for example +233241234567."
        )


@pytest.mark.parametrize("typed", ["ab", "a" * 21, "ama@example.org", "ama boateng", "amá"])
def test_a_username_has_three_to_twenty_plain_letters_digits_or_underscores(typed: str) -> None:
    with pytest.raises(Invalid):
        normal_username(typed)


def test_a_name_keeps_its_letters_and_loses_doubled_space() -> None:
    assert normal_line("  Kɔfi\tŊkrumah \n Ɖela ", field="first_name", longest=50) == "Kɔfi Ŋkrumah Ɖela"


@pytest.mark.parametrize("unseen", ["", "  ", "\u200b\u200b", "\u200d", "\ufeff"])
def test_of_a_name_that_cannot_be_seen_nothing_is_left(unseen: str) -> None:
    assert normal_line(unseen, field="name", longest=50) == ""


@pytest.mark.parametrize("hidden", ["\x00", "\x1b[31m", "\u202e", "\ud800"])
def test_a_name_hides_no_signs_that_cannot_be_seen(hidden: str) -> None:
    with pytest.raises(Invalid):
        normal_line(f"Ama{hidden}Boateng", field="first_name", longest=50)


def test_a_text_keeps_its_lines() -> None:
    assert normal_text("\r\nOne  \r\n\r\nTwo\n", field="bio", longest=20) == "One\n\nTwo"


def test_a_full_name_is_split_behind_its_first_word() -> None:
    assert split_name(" Ama  Serwaa Boateng ") == ("Ama", "Serwaa Boateng")
    assert split_name("Ama") == ("Ama", "")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_all(
            {"email": lambda: normal_email("ama"), "phone": lambda: normal_phone("1"), "name": lambda: "Ama"}
        )
    assert list(refused.value.fields) == ["email", "phone_number"]
    assert refused.value.message == "Enter a valid email address."
