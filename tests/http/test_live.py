"""The stream that tells pages of changes: what it sends, and that few can listen at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response

from easyticket.http.live import SEATS, changes, stream_changes

pytestmark = pytest.mark.usefixtures("db_session")


def reading(*answers: str) -> Callable[[], str]:
    left: Iterator[str] = iter(answers)
    return lambda: next(left)


def test_it_says_what_is_new_and_otherwise_that_it_is_there() -> None:
    waited: list[float] = []
    said = list(changes(reading("a", "a", "b"), turns=3, wait=waited.append))
    assert said[0].startswith("retry: ")
    assert said[1:] == ["event: pulse\ndata: a\n\n", ": \n\n", "event: pulse\ndata: b\n\n"]
    assert len(waited) == 2


def test_who_finds_no_seat_is_told_not_to_come_again_and_a_seat_is_given_back(app: Flask) -> None:
    with app.test_request_context("/"):
        taken = [stream_changes(reading("a")) for _ in range(SEATS)]
        assert stream_changes(reading("a")) == ("", 204)
        for answer in taken:
            assert isinstance(answer, Response)
            assert answer.mimetype == "text/event-stream"
            answer.close()
        again = stream_changes(reading("a"))
        assert isinstance(again, Response)
        again.close()
