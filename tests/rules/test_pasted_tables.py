"""Cells of a spreadsheet: told apart as people paste them, and read without guessing."""

from __future__ import annotations

import pytest

from easyticket.core.errors import Invalid
from easyticket.rules.pasted_tables import (
    columns_named,
    day_text,
    is_day,
    is_nothing,
    price_and_count,
    read_table,
)


@pytest.mark.parametrize(
    ("pasted", "rows"),
    [
        ("VIP\t12,50\t10\nRegular\t5\t20\n", [["VIP", "12,50", "10"], ["Regular", "5", "20"]]),
        ("VIP;12,50;10\r\n\r\nRegular;5;20", [["VIP", "12,50", "10"], ["Regular", "5", "20"]]),
        ('VIP,"12,50",10', [["VIP", "12,50", "10"]]),
        ('"Table; for four"\t50', [["Table; for four", "50"]]),
        (" VIP \t 5 ", [["VIP", "5"]]),
    ],
)
def test_cells_are_parted_by_tabs_else_semicolons_else_commas(pasted: str, rows: list[list[str]]) -> None:
    assert read_table(pasted) == rows


@pytest.mark.parametrize("pasted", ["", " \n\t\n", "a\n" * 501, "a\n" * 5_000, ",".join("a" * 51)])
def test_what_is_no_table_of_prices_is_refused_at_the_paste(pasted: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_table(pasted)
    assert list(refusal.value.fields) == ["paste"]


def test_a_heading_says_which_column_is_which() -> None:
    assert columns_named(["Quantity", "Tier", "Note", "PRICE"]) == ["quantity", "name", "", "price"]
    assert columns_named(["VIP", "50", "10"]) is None
    assert columns_named(["Day", "Regular"]) is None


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("50", ("50", "")),
        ("50 / 200", ("50", "200")),
        ("12,50/1.200", ("12,50", "1.200")),
        ("50 x 200", ("50", "200")),
        ("50×200", ("50", "200")),
        ("GH₵ 50", ("GH₵ 50", "")),
        ("XAF 500", ("XAF 500", "")),
    ],
)
def test_one_cell_may_hold_a_price_and_how_many(cell: str, parts: tuple[str, str]) -> None:
    assert price_and_count(cell) == parts


def test_only_days_that_mean_one_day_are_read() -> None:
    assert day_text("3.5.2030") == day_text("2030-05-03") == "2030-05-03"
    assert day_text("05/03/2030") == "05/03/2030"
    assert not is_day("05/03/2030")
    assert not is_day("31.2.2030")
    assert is_day(" 2030-05-03 ")


def test_a_dash_alone_means_nothing() -> None:
    assert is_nothing(" - ")
    assert is_nothing("–")
    assert not is_nothing("-5")
