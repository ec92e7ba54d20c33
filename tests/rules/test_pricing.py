"""Fees and discounts: rounded once, and the parts always add up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from easyticket.models import FeeBearer, PromoKind
from easyticket.rules.pricing import (
    PricedLine,
    apportion,
    fee_within,
    listed_price_thousandths,
    price_with_fee,
    quote_order,
    service_fee,
)

prices = st.integers(0, 10_000_000)
lines = st.lists(st.builds(PricedLine, prices, st.integers(1, 20)), min_size=1, max_size=8)


def test_five_percent_is_rounded_half_up() -> None:
    assert [service_fee(amount, 500) for amount in (0, 9, 10, 29, 30, 10_000)] == [0, 0, 1, 1, 2, 500]


def test_the_fee_is_taken_from_what_is_left_after_the_discount() -> None:
    quote = quote_order(
        [PricedLine(5_000, 2)],
        fee_basis_points=500,
        fee_bearer=FeeBearer.BUYER,
        promo=(PromoKind.PERCENT, 1_000),
    )
    assert (quote.discount_minor, quote.fee_minor, quote.total_minor) == (1_000, 450, 9_450)


def test_a_discount_is_never_more_than_the_order() -> None:
    quote = quote_order(
        [PricedLine(300, 1)],
        fee_basis_points=500,
        fee_bearer=FeeBearer.BUYER,
        promo=(PromoKind.AMOUNT, 1_000),
    )
    assert quote.total_minor == 0


def test_the_price_shown_has_the_fee_in_it_only_if_the_buyer_pays_it() -> None:
    assert price_with_fee(5_000, fee_basis_points=500, fee_bearer=FeeBearer.BUYER) == 5_250
    assert price_with_fee(5_000, fee_basis_points=500, fee_bearer=FeeBearer.ORGANIZER) == 5_000


@given(lines, st.integers(0, 5_000), st.sampled_from(FeeBearer), st.integers(0, 10_000))
def test_the_parts_of_a_quote_always_add_up(
    parts: list[PricedLine], basis_points: int, bearer: FeeBearer, percent: int
) -> None:
    promo = (PromoKind.PERCENT, percent) if percent else None
    quote = quote_order(parts, fee_basis_points=basis_points, fee_bearer=bearer, promo=promo)
    assert quote.total_minor == quote.subtotal_minor - quote.discount_minor + quote.fee_minor
    assert sum(quote.line_discounts) == quote.discount_minor
    assert sum(quote.line_fees) == quote.fee_minor
    assert min(quote.total_minor, *quote.line_fees, *quote.line_discounts) >= 0


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_an_amount_is_split_without_rest_and_nobody_gets_more_than_a_unit_too_much(
    amount: int, weights: list[int]
) -> None:
    shares = apportion(amount, weights)
    assert sum(shares) == amount
    if sum(weights):
        assert all(
            abs(share - amount * weight / sum(weights)) <= 1
            for share, weight in zip(shares, weights, strict=True)
        )


def test_an_event_is_listed_at_its_base_price_else_at_its_cheapest_ticket_in_thousandths() -> None:
    assert listed_price_thousandths(2_000, 1_500, "GHS") == 20_000
    assert listed_price_thousandths(None, 1_500, "JPY") == 1_500_000
    assert listed_price_thousandths(0, 1_500, "KWD") == 1_500
    assert listed_price_thousandths(None, None, "GHS") == listed_price_thousandths(0, 0, "GHS") == 0


@given(st.integers(1, 100_000), st.integers(0, 5_000), st.lists(st.integers(1, 100_000), max_size=20))
def test_however_a_total_is_cut_each_piece_has_a_part_of_the_fee_and_all_of_them_all_of_it(
    total: int, basis_points: int, wanted: list[int]
) -> None:
    fee = service_fee(total, basis_points)
    marks = [0, *sorted(mark for mark in wanted if mark < total), total]
    pieces = list(pairwise(marks))
    fees = [fee_within(end, fee, total) - fee_within(start, fee, total) for start, end in pieces]
    assert sum(fees) == fee
    assert all(0 <= part <= end - start for part, (start, end) in zip(fees, pieces, strict=True))
