"""What is written to the log holds no key to anything."""

from __future__ import annotations

import logging

import pytest

from easyticket.http.logs import SecretFreeFormatter


def line_of(message: str, *, error: Exception | None = None) -> str:
    record = logging.LogRecord("easyticket", logging.ERROR, "", 0, message, None, None)
    if error is not None:
        record.exc_info = (type(error), error, None)
    return SecretFreeFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    "secret",
    [
        "/checkout/96edfeb6dc1d4c2f96edfeb6dc1d4c2f",
        "/orders/96edfeb6dc1d4c2f96edfeb6dc1d4c2f",
        "/reset/" + "ab" * 32,
        "/new-address/" + "aB_-" * 10,
        "ab" * 32,
        "ET-0123456789ABCDEFGHJKMNPQRS",
        "sk_live_abcdefghijkl",
    ],
)
def test_a_secret_is_starred_in_message_and_traceback(secret: str) -> None:
    key = secret.rpartition("/")[2]
    line = line_of(f"fault at {secret} now", error=ValueError(f"parameters: {secret!r}"))
    assert key not in line
    assert "***" in line


def test_a_line_break_in_a_message_starts_no_line_of_its_own() -> None:
    assert line_of("name: a\nERROR forged") == "name: a\\nERROR forged"
