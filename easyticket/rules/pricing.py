"""Fees, discounts and their rounding: once per order, then apportioned to lines and tickets so that the parts add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money, smallest_step, thousandths_per_minor
from easyticket.models import Event, FeeBearer, PromoKind

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line to be quoted: price of one ticket in minor units, and how many."""

    unit_price_minor: int
    quantity: int

    @property
    def subtotal_minor(self) -> int:
        """Price times quantity, in minor units."""
        return self.unit_price_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order costs, in minor units; stored with the order and never computed again.

    `fee_minor` is what the buyer pays on top, `platform_fee_minor` what the platform keeps whoever bears it.
    The per-line tuples are in the order of the lines.
    """

    subtotal_minor: int
    discount_minor: int
    fee_minor: int
    platform_fee_minor: int
    total_minor: int
    line_discounts: tuple[int, ...]
    line_fees: tuple[int, ...]


def service_fee(amount_minor: int, basis_points: int, step: int = 1) -> int:
    """Return the fee on an amount, rounded half up to a multiple of `step` minor units."""
    return _part_of(amount_minor, basis_points, step)


def discount(amount_minor: int, kind: PromoKind, value: int, step: int = 1) -> int:
    """Return what a promo code takes off an amount, never more than the amount.

    Percent is rounded half up to a multiple of `step` minor units; of an amount what is less than a step is left out.
    """
    taken = _part_of(amount_minor, value, step) if kind is PromoKind.PERCENT else value // step * step
    return min(taken, amount_minor)


def apportion(amount: int, weights: Sequence[int], step: int = 1) -> tuple[int, ...]:
    """Split `amount` by `weights` with the largest remainder method; the parts add up to `amount` exactly.

    Parts are multiples of `step` if the amount is one. Equal remainders go to the earlier part; all weights zero puts
    everything on the first part.
    """
    total = sum(weights)
    if not weights or total == 0:
        return tuple(amount if index == 0 else 0 for index in range(len(weights)))
    if step > 1 and amount % step == 0:
        return tuple(part * step for part in apportion(amount // step, weights))
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def fee_within(part_minor: int, fee_minor: int, total_minor: int) -> int:
    """Return how much of a part of an order's total is the platform's fee, in proportion and rounded half up.

    It never falls while the part grows, and all of the total holds all of the fee: what two parts differ by is the fee
    in the piece between them.
    """
    return apportion(part_minor, (fee_minor, total_minor - fee_minor))[0]


def quote_order(
    lines: Sequence[PricedLine],
    *,
    fee_basis_points: int,
    fee_bearer: FeeBearer,
    promo: tuple[PromoKind, int] | None = None,
    step: int = 1,
    least_minor: int = 0,
) -> Quote:
    """Return what the lines cost together: discount on the subtotal first, then the fee on what is left, each rounded once.

    `step` is what every amount is a multiple of (`core.money.smallest_step`) if the prices are. What a promo code leaves
    of the total is taken off too where it is less than the least that can be paid.
    """
    weights = [line.subtotal_minor for line in lines]
    subtotal = sum(weights)
    step = 1 if any(weight % step for weight in weights) else step
    taken_off = discount(subtotal, *promo, step) if promo else 0
    platform_fee = service_fee(subtotal - taken_off, fee_basis_points, step)
    fee = platform_fee if fee_bearer is FeeBearer.BUYER else 0
    if promo and subtotal - taken_off + fee < least_minor:
        taken_off, platform_fee, fee = subtotal, 0, 0
    return Quote(
        subtotal_minor=subtotal,
        discount_minor=taken_off,
        fee_minor=fee,
        platform_fee_minor=platform_fee,
        total_minor=subtotal - taken_off + fee,
        line_discounts=apportion(taken_off, weights, step),
        line_fees=apportion(fee, weights, step),
    )


def price_with_fee(price_minor: int, *, fee_basis_points: int, fee_bearer: FeeBearer, step: int = 1) -> int:
    """Return what one ticket costs the buyer with all fees, as it is shown before anything is chosen."""
    step = step if price_minor % step == 0 else 1
    fee = service_fee(price_minor, fee_basis_points, step) if fee_bearer is FeeBearer.BUYER else 0
    return price_minor + fee


def why_price_not_payable(price_minor: int, currency: str, least_minor: int) -> str | None:
    """Return why a ticket cannot be sold at a price above zero, or None. `least_minor` is the smallest amount collected."""
    if price_minor <= 0:
        return None
    if price_minor < least_minor:
        least = Money(least_minor, currency).as_text()
        return f"The least that can be charged is {currency} {least}. Enter that or more, or 0 for a free ticket."
    step = smallest_step(currency)
    if price_minor % step:
        return f"Prices in {currency} go in steps of {Money(step, currency).as_text()}."
    return None


def _part_of(amount_minor: int, basis_points: int, step: int) -> int:
    return (amount_minor * basis_points + _WHOLE * step // 2) // (_WHOLE * step) * step


def listed_price_thousandths(
    base_price_minor: int | None, lowest_offer_minor: int | None, currency: str
) -> int:
    """Return the one price an event is listed at, without fees, in thousandths of a major unit.

    It is the organizer's base price if there is one above zero, else that of the cheapest offer, else zero.
    """
    return (base_price_minor or lowest_offer_minor or 0) * thousandths_per_minor(currency)


def listed_price(event: Event) -> Money:
    """Return the one price the event is listed at, without fees."""
    return Money(event.listed_price_thousandths // thousandths_per_minor(event.currency), event.currency)
