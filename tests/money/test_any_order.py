"""Whatever order the provider's news come in, however often, and although most are lost: the end is always the same.

MONEY_EXAMPLES says how many ways are tried with each life of an order; the ways are the same in every run.
"""

from __future__ import annotations

import os
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.money.lives import LIVES, Life
from tests.money.site import Site
from tests.money.steps import AN_HOUR, Standing, begun
from tests.money.tills import Webhook

EXAMPLES = int(os.environ.get("MONEY_EXAMPLES", "2"))


@pytest.mark.parametrize("name", LIVES)
def test_news_in_any_order_doubled_and_lost_end_the_same(site: Site, name: str) -> None:
    expected = _live(site, name, None)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        # Finding a shorter example would take minutes; the seed of the one that fails is told.
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(seed=st.integers(0, 2**32))
    def always_the_same(seed: int) -> None:
        assert _live(site, name, Random(seed)) == expected  # noqa: S311 (nothing to guess)

    always_the_same()


def _live(site: Site, name: str, chance: Random | None) -> Standing:
    """Live through it; where nothing is left to chance, all is told at once and in order."""
    is_late, steps = LIVES[name]
    order, reference = begun(site, ago=AN_HOUR if is_late else timedelta(0), total_capacity=2)
    life = Life(site, order, reference)
    life.news()
    known: list[Webhook] = []
    for step in steps:
        step(life)
        known += life.news()
        life.hear(known if chance is None else _some_of(known, chance))
    if chance is not None:
        last = [*_some_of(known, chance), *life.last_words(known)]
        chance.shuffle(last)
        life.hear(last)
    return life.end()


def _some_of(webhooks: list[Webhook], chance: Random) -> list[Webhook]:
    """Return some of the webhooks, in any order, some of them twice or more; often none."""
    return chance.choices(webhooks, k=chance.randrange(2 * len(webhooks))) if webhooks else []
