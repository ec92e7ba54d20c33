"""One visitor is counted as one, however the address is written."""

from __future__ import annotations

import pytest

from easyticket.http.addresses import network_of


@pytest.mark.parametrize(
    "written", ["9.9.9.9", "9.9.9.9:4711", "::ffff:9.9.9.9", "[::ffff:9.9.9.9]:443", " 9.9.9.9 "]
)
def test_an_address_is_the_same_in_every_spelling(written: str) -> None:
    assert network_of(written) == "9.9.9.9"


@pytest.mark.parametrize(
    "written", ["2001:db8:1:2::1", "2001:0DB8:1:2:ffff::9", "[2001:db8:1:2::7]:8080", "2001:db8:1:2::1%eth0"]
)
def test_a_household_with_ipv6_is_one(written: str) -> None:
    assert network_of(written) == "2001:db8:1:2::/64"


def test_what_is_no_address_stays_apart() -> None:
    assert network_of("unknown") == "unknown"
    assert network_of("") == ""
