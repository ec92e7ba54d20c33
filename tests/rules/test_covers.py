"""The cut of a cover lies in the picture, is 16 by 9, and goes where it was put."""

from __future__ import annotations

import pytest

from easyticket.rules.covers import Cut, box_of, cut_of
from easyticket.rules.pictures import Size

TALL, WIDE = Size(900, 1600), Size(3200, 900)


@pytest.mark.parametrize(
    ("picture", "cut", "box"),
    [
        (WIDE, Cut(), (800, 0, 2400, 900)),
        (WIDE, Cut(across=0), (0, 0, 1600, 900)),
        (WIDE, Cut(across=100, zoom=200), (2400, 225, 3200, 675)),
        (TALL, Cut(down=0), (0, 0, 900, 506)),
        (TALL, Cut(down=100), (0, 1094, 900, 1600)),
        (Size(1, 1), Cut(zoom=300), (0, 0, 1, 1)),
    ],
)
def test_the_part_is_where_it_was_put(picture: Size, cut: Cut, box: tuple[int, int, int, int]) -> None:
    assert box_of(picture, cut) == box


@pytest.mark.parametrize("wrong", [{"across": 101}, {"down": -1}, {"zoom": 99}, {"zoom": 301}])
def test_a_cut_outside_the_picture_is_none(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in the picture"):
        Cut(**wrong)


def test_a_cut_is_stored_and_found_again() -> None:
    assert cut_of(Cut(10, 20, 150).as_fields()) == Cut(10, 20, 150)
    assert cut_of(None) == Cut()
