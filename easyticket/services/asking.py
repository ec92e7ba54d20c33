"""How long a round of asking providers goes on: one that does not answer must not keep the others, or a buyer, waiting,
and one row that nobody can read must not end the round of all."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from easyticket.db import db
from easyticket.integrations.sandbox import SandboxProvider

log = logging.getLogger(__name__)
Done = TypeVar("Done")

# How many threads of a process may wait for providers at a time, because somebody looks at a page: a provider that hangs
# holds each for most of a minute, and the others have the rest of the site to serve.
_SEATS = threading.BoundedSemaphore(2)
# How often one provider may leave us without an answer in one round.
FAILURES = 2


class Round:
    """One round of questions to providers. Who asks says so when no answer came."""

    def __init__(self, *, seconds: float, failures: int = FAILURES) -> None:
        self._unanswered: Counter[str] = Counter()
        self._failures = failures
        self.go_on(seconds)

    def go_on(self, seconds: float) -> None:
        """Give the round so much time from now on; who did not answer before is still left alone."""
        self._until = time.monotonic() + seconds

    def may_ask(self, provider: str) -> bool:
        """Tell whether there is time left and the provider has answered so far, but for a time or two."""
        return time.monotonic() < self._until and self._unanswered[provider] < self._failures

    def note_unanswered(self, provider: str) -> None:
        """Remember that a provider did not answer."""
        self._unanswered[provider] += 1


@contextmanager
def seat_to_wait(provider: str) -> Iterator[bool]:
    """Tell whether this thread may wait for a provider's answer inside; where all seats are taken, go on with what is known.

    The sandbox is in this process and keeps nobody waiting.
    """
    if provider == SandboxProvider.name:
        yield True
        return
    has_seat = _SEATS.acquire(blocking=False)
    try:
        yield has_seat
    finally:
        if has_seat:
            _SEATS.release()


def each_by_itself(what: str, row_ids: Iterable[int], act: Callable[[int], Done]) -> Iterator[Done]:
    """Do something about each row and give what came of it; nothing of one that failed in a way nobody foresaw."""
    for row_id in row_ids:
        try:
            done = act(row_id)
        except Exception:  # whatever it is, it is this row's trouble and not that of the others
            go_past(what, row_id)
        else:
            yield done


def go_past(what: str, row_id: int) -> None:
    """Let a round go on after an exception that nobody foresaw (call it while that is handled): one value that the database
    does not take must not stop everybody else's orders.

    What the row began is rolled back and the log has the whole story. The row stays as it was, so it is tried again in its
    turn and the audit tells of it as stuck.
    """
    db.session.rollback()
    log.exception("%s %s stopped its own turn only: the round goes on", what, row_id)
