"""Texts for the measurement: the demo's own words as often as the demo uses them, and one rare name an event."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from easyticket.rules.search import fold
from easyticket.services.demo.events import EVENTS

_STARTS = "ba da fe go ha ju ka le mo na os pe ra sa to va we yo za kwe".split()
_ENDS = "bo dun fi gan hem jo kor lin mar nor pa rith sey tam vel wor".split()


def _counted() -> Counter[str]:
    texts = (text for plan in EVENTS for text in (plan.title, plan.short, plan.description, plan.tags))
    return Counter(word for text in texts for word in fold(text).split())


class Words:
    """Gives the same texts for the same seed; all are folded already."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (texts, not secrets)
        counted = _counted()
        self._words = list(counted)
        self._weights = list(accumulate(counted.values()))

    def text(self, shortest: int, longest: int) -> str:
        """Return so many words."""
        length = self._random.randint(shortest, longest)
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=length))

    def name(self) -> str:
        """Return a made-up name, which about one event in thirty thousand has."""
        syllables = (self._random.choice(_STARTS) for _ in range(2))
        return "".join(syllables) + self._random.choice(_ENDS) + self._random.choice(_ENDS)


def event_texts(count: int) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield number, title, short description, description and tags of so many events."""
    words = Words(seed=1)
    for number in range(1, count + 1):
        title = f"{words.name()} {words.text(2, 7)}"[:255]
        yield number, title, words.text(8, 16), words.text(40, 140), words.text(2, 5)


def ticket_type_texts(count: int) -> Iterator[tuple[int, str, str]]:
    """Yield number, description and benefits of so many ticket types."""
    words = Words(seed=2)
    for number in range(1, count + 1):
        yield number, words.text(4, 14), words.text(3, 10)
