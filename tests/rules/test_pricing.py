"""Fees and discounts: rounded once, and the parts always add up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easyticket.core.money import smallest_step
from easyticket.models import FeeBearer, PromoKind
from easyticket.rules.pricing import (
    PricedLine,
    apportion,
    fee_within,
    listed_price_thousandths,
    price_with_fee,
    quote_order,
    service_fee,
    why_price_not_payable,
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


# Currencies of which cards know no thousandths: everything ends in 0.
stepped_lines = st.lists(
    st.builds(PricedLine, st.integers(0, 1_000_000).map(lambda dimes: dimes * 10), st.integers(1, 20)),
    min_size=1,
    max_size=8,
)


@given(
    stepped_lines, st.integers(0, 5_000), st.sampled_from(FeeBearer), st.integers(0, 10_000), st.booleans()
)
def test_in_dinars_every_amount_of_a_quote_can_be_charged_and_the_parts_add_up(
    parts: list[PricedLine], basis_points: int, bearer: FeeBearer, value: int, is_percent: bool
) -> None:
    promo = (PromoKind.PERCENT if is_percent else PromoKind.AMOUNT, value) if value else None
    quote = quote_order(
        parts, fee_basis_points=basis_points, fee_bearer=bearer, promo=promo, step=smallest_step("KWD")
    )
    amounts = (
        quote.discount_minor,
        quote.fee_minor,
        quote.platform_fee_minor,
        quote.total_minor,
        *quote.line_discounts,
        *quote.line_fees,
    )
    assert all(amount >= 0 and amount % 10 == 0 for amount in amounts)
    assert (sum(quote.line_discounts), sum(quote.line_fees)) == (quote.discount_minor, quote.fee_minor)
    assert quote.platform_fee_minor <= quote.subtotal_minor - quote.discount_minor
    lines = zip(parts, quote.line_discounts, quote.line_fees, strict=True)
    for line, taken_off, fee in lines:
        tickets = apportion(line.subtotal_minor - taken_off + fee, (1,) * line.quantity, 10)
        assert sum(tickets) == line.subtotal_minor - taken_off + fee
        assert all(ticket >= 0 and ticket % 10 == 0 for ticket in tickets)


@given(lines, st.integers(0, 5_000), st.integers(1, 10_000), st.integers(0, 500_000))
def test_what_a_promo_code_leaves_can_be_charged_or_costs_nothing(
    parts: list[PricedLine], basis_points: int, percent: int, least: int
) -> None:
    quote = quote_order(
        parts,
        fee_basis_points=basis_points,
        fee_bearer=FeeBearer.BUYER,
        promo=(PromoKind.PERCENT, percent),
        least_minor=least,
    )
    assert quote.total_minor == 0 or quote.total_minor >= least
    assert quote.total_minor == quote.subtotal_minor - quote.discount_minor + quote.fee_minor
    assert sum(quote.line_discounts) == quote.discount_minor
    assert quote.total_minor or not quote.platform_fee_minor


@pytest.mark.parametrize(
    ("currency", "price_minor", "fee_minor"),
    [
        ("JPY", 1_510, 76),
        ("XOF", 2_505, 125),
        ("UGX", 50_010, 2_501),
        ("KWD", 1_500, 80),
        ("GHS", 5_010, 251),
    ],
)
def test_the_fee_is_rounded_once_to_what_the_currency_knows(
    currency: str, price_minor: int, fee_minor: int
) -> None:
    step = smallest_step(currency)
    assert service_fee(price_minor, 500, step) == fee_minor
    priced = price_with_fee(price_minor, fee_basis_points=500, fee_bearer=FeeBearer.BUYER, step=step)
    assert priced == price_minor + fee_minor


def test_the_fee_of_an_order_is_rounded_once_and_not_once_a_line() -> None:
    quote = quote_order([PricedLine(30, 1)] * 3, fee_basis_points=500, fee_bearer=FeeBearer.BUYER)
    assert (quote.fee_minor, quote.line_fees) == (5, (2, 2, 1))
    assert sum(service_fee(30, 500) for _ in range(3)) == 6


def test_a_quote_of_prices_that_were_set_before_steps_were_known_still_adds_up() -> None:
    quote = quote_order([PricedLine(1_005, 3)], fee_basis_points=500, fee_bearer=FeeBearer.BUYER, step=10)
    assert (quote.fee_minor, quote.total_minor) == (151, 3_166)


def test_a_price_is_nothing_or_at_least_what_can_be_charged_in_steps_that_can_be_paid() -> None:
    assert why_price_not_payable(0, "GHS", 100) is None
    assert why_price_not_payable(100, "GHS", 100) is None
    assert why_price_not_payable(99, "GHS", 100) == (
        "The least that can be charged is GHS 1.00. Enter that or more, or 0 for a free ticket."
    )
    assert why_price_not_payable(1_005, "KWD", 1) == "Prices in KWD go in steps of 0.010."
    assert why_price_not_payable(1_010, "KWD", 1) is None


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
