"""What is written to the log holds no key to anything, whoever writes it, and every line of it is ours."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from easyticket.http.logs import FactFormatter, SecretFreeRecord, tell_fault

SECRET = "96edfeb6dc1d4c2f96edfeb6dc1d4c2f"


@pytest.fixture
def written(app: Flask) -> Iterator[io.StringIO]:
    """What a handler of somebody else writes that takes every record of the process."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def fail_with(text: str) -> None:
    raise ValueError(text)


def test_no_record_of_any_library_holds_a_secret(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("GET /orders/%s/ by %s", SECRET, "ama@example.org")
    assert written.getvalue() == "WARNING GET /orders/***/ by ***\n"


def test_nor_does_a_traceback(written: io.StringIO) -> None:
    try:
        fail_with(f"no order {SECRET}\nERROR forged")
    except ValueError:
        logging.getLogger("some.library").exception("a fault")
    first, *lines = written.getvalue().splitlines()
    assert first == "ERROR a fault"
    assert "    ValueError: no order ***" in lines
    assert [line for line in lines if not line.startswith("    ")] == []


def test_a_line_break_in_a_message_starts_no_line_of_its_own(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("name: %s", "a\nERROR\x1b[31m forged\u2028here")
    assert written.getvalue() == "WARNING name: a\\nERROR\\x1b[31m forged\\u2028here\n"


def test_facts_beside_a_message_are_written_behind_it() -> None:
    record = SecretFreeRecord("easyticket", logging.ERROR, "", 0, "a refund failed", None, None)
    vars(record).update(refund_id=12, key=f"/orders/{SECRET}")
    assert FactFormatter("%(message)s").format(record) == "a refund failed (refund_id=12, key=/orders/***)"


def test_the_keys_of_the_site_are_known_by_heart(written: io.StringIO, app: Flask) -> None:
    key = app.config["SETTINGS"].secret_key
    logging.getLogger("some.library").warning("settings: %r", {"K": key})
    assert key not in written.getvalue()


def test_what_nobody_caught_is_told_without_secrets_too(written: io.StringIO) -> None:
    try:
        fail_with(f"no order {SECRET}")
    except ValueError as fault:
        tell_fault(ValueError, fault, fault.__traceback__)
    assert "CRITICAL nobody caught this" in written.getvalue()
    assert "ValueError: no order ***" in written.getvalue()
    assert SECRET not in written.getvalue()
