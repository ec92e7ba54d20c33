"""A slip of the finger in a mail domain is noticed; a domain that only looks like another is left alone."""

from __future__ import annotations

import pytest

from easyticket.web.forms.email_hint import KNOWN_DOMAINS, suggested_email


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ama@gmial.com", "ama@gmail.com"),
        ("ama@gmail.con", "ama@gmail.com"),
        ("Ama.Owusu+tickets@GMAI.COM", "Ama.Owusu+tickets@gmail.com"),
        ("ama@yahooo.com", "ama@yahoo.com"),
        ("ama@hotmial.com", "ama@hotmail.com"),
        (" ama@outlok.com ", "ama@outlook.com"),
    ],
)
def test_a_slip_is_noticed(typed: str, meant: str) -> None:
    assert suggested_email(typed) == meant


@pytest.mark.parametrize("domain", [*KNOWN_DOMAINS, "mtn.com.gh", "example.org", "theatre.gh", "GMAIL.com"])
def test_a_right_domain_is_left_alone(domain: str) -> None:
    assert suggested_email(f"ama@{domain}") == ""


@pytest.mark.parametrize("typed", ["", "ama", "@gmial.com", "ama@", "@"])
def test_what_is_no_address_gets_no_suggestion(typed: str) -> None:
    assert suggested_email(typed) == ""
