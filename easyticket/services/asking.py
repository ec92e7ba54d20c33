"""How long a round of asking providers goes on: one that does not answer must not keep the others, or a buyer, waiting."""

from __future__ import annotations

import time
from collections import Counter

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
