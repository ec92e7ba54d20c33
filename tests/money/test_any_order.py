"""Whatever order the provider's news come in, however often, and although most are lost: the end is always the same.

MONEY_EXAMPLES says how many ways are tried with each life of an order; the ways are the same in every run.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.money.lives import LIVES, Life
from tests.money.site import Site
from tests.money.steps import AN_HOUR, begun

EXAMPLES = int(os.environ.get("MONEY_EXAMPLES", "2"))


@pytest.mark.parametrize("name", LIVES)
def test_news_in_any_order_doubled_and_lost_end_the_same(site: Site, name: str) -> None:
    expected = _live(site, name, None)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        # Finding a shorter example would take minutes.
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.data())
    def always_the_same(data: st.DataObject) -> None:
        assert _live(site, name, data) == expected

    always_the_same()


def _live(site: Site, name: str, data: st.DataObject | None) -> object:
    """Live through it; without `data` all is told at once and in order."""
    is_late, steps = LIVES[name]
    order, reference = begun(site, ago=AN_HOUR if is_late else timedelta(0), total_capacity=2)
    life = Life(site, order, reference)
    life.news()
    known = []
    for step in steps:
        step(life)
        known += life.news()
        life.hear(known if data is None else _some_of(known, data))
    if data is not None:
        life.hear(data.draw(st.permutations(_some_of(known, data) + life.last_words(known)), label="at last"))
    return life.end()


def _some_of(webhooks: list, data: st.DataObject) -> list:  # type: ignore[type-arg]
    """Draw some of the webhooks, in any order, some of them twice or more."""
    places = (
        st.lists(st.integers(0, len(webhooks) - 1), max_size=2 * len(webhooks)) if webhooks else st.just([])
    )
    return [webhooks[place] for place in data.draw(places, label="deliver")]
