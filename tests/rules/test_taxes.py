"""Tax that is in the price, and pieces of a sum that take their part of it along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easyticket.rules.taxes import part_of_piece, tax_included


@pytest.mark.parametrize(
    ("price", "rate", "tax"),
    [
        (11_500, 1_500, 1_500),
        (10_000, 1_500, 1_304),  # 1304.35
        (10_000, 1_900, 1_597),  # 1596.64
        (10_000, 0, 0),
        (1, 5_000, 0),  # 0.33
        (3, 5_000, 1),
        (105, 500, 5),
        (5_000, 750, 349),  # 348.84
    ],
)
def test_tax_is_what_the_price_has_above_the_net_rounded_half_up_once(
    price: int, rate: int, tax: int
) -> None:
    assert tax_included(price, rate) == tax


def test_half_a_unit_counts_as_a_whole_one() -> None:
    # 21 at 5 % holds exactly one; 63 at 50 % exactly 21; 1.5 is rounded up.
    assert [tax_included(price, rate) for price, rate in ((21, 500), (63, 5_000))] == [1, 21]
    assert part_of_piece(3, 2, 0, 1, 0) == 1  # 1.5, and never more than the piece
    assert part_of_piece(1, 2, 0, 1, 0) == 1


def in_pieces(whole: int, total: int, pieces: list[int]) -> list[int]:
    """Give each piece its part, one after the other."""
    parts: list[int] = []
    for number, piece in enumerate(pieces):
        parts.append(part_of_piece(whole, total, sum(pieces[:number]), piece, sum(parts)))
    return parts


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=12), st.floats(0, 1))
def test_however_a_sum_goes_back_its_parts_add_up_to_the_whole(pieces: list[int], share: float) -> None:
    total = sum(pieces)
    whole = int(total * share)
    parts = in_pieces(whole, total, pieces)
    assert sum(parts) == whole
    assert all(0 <= part <= piece for part, piece in zip(parts, pieces, strict=True))


@given(st.lists(st.tuples(st.integers(1, 300), st.booleans()), min_size=1, max_size=10), st.data())
def test_pieces_that_came_back_and_go_again_still_add_up(
    tries: list[tuple[int, bool]], data: st.DataObject
) -> None:
    kept: list[tuple[int, int]] = []
    total = sum(piece for piece, _ in tries)
    whole = data.draw(st.integers(0, total))

    def go(piece: int) -> None:
        gone, parts = sum(each for each, _ in kept), sum(part for _, part in kept)
        kept.append((piece, part_of_piece(whole, total, gone, piece, parts)))

    for piece, comes_back in tries:
        go(piece)
        if comes_back:
            kept.pop(data.draw(st.integers(0, len(kept) - 1)))
    left = total - sum(each for each, _ in kept)
    if left:
        go(left)
    assert sum(part for _, part in kept) == whole
    assert all(0 <= part <= piece for piece, part in kept)


def test_nothing_is_part_of_nothing() -> None:
    assert part_of_piece(0, 0, 0, 0, 0) == 0
