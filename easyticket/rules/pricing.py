"""Fees, discounts and their rounding: once per order, then apportioned to lines and tickets so that the parts add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easyticket.core.money import Money, thousandths_per_minor
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


def service_fee(amount_minor: int, basis_points: int) -> int:
    """Return the fee on an amount, rounded half up to a whole minor unit."""
    return (amount_minor * basis_points + _WHOLE // 2) // _WHOLE


def discount(amount_minor: int, kind: PromoKind, value: int) -> int:
    """Return what a promo code takes off an amount, never more than the amount; percent is rounded half up."""
    if kind is PromoKind.PERCENT:
        return (amount_minor * value + _WHOLE // 2) // _WHOLE
    return min(value, amount_minor)


def apportion(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split `amount` by `weights` with the largest remainder method; the parts add up to `amount` exactly.

    Equal remainders go to the earlier part; all weights zero puts everything on the first part.
    """
    total = sum(weights)
    if not weights or total == 0:
        return tuple(amount if index == 0 else 0 for index in range(len(weights)))
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
) -> Quote:
    """Return what the lines cost together: discount on the subtotal first, then the fee on what is left, each rounded once."""
    weights = [line.subtotal_minor for line in lines]
    subtotal = sum(weights)
    taken_off = discount(subtotal, *promo) if promo else 0
    platform_fee = service_fee(subtotal - taken_off, fee_basis_points)
    fee = platform_fee if fee_bearer is FeeBearer.BUYER else 0
    return Quote(
        subtotal_minor=subtotal,
        discount_minor=taken_off,
        fee_minor=fee,
        platform_fee_minor=platform_fee,
        total_minor=subtotal - taken_off + fee,
        line_discounts=apportion(taken_off, weights),
        line_fees=apportion(fee, weights),
    )


def price_with_fee(price_minor: int, *, fee_basis_points: int, fee_bearer: FeeBearer) -> int:
    """Return what one ticket costs the buyer with all fees, as it is shown before anything is chosen."""
    fee = service_fee(price_minor, fee_basis_points) if fee_bearer is FeeBearer.BUYER else 0
    return price_minor + fee


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
