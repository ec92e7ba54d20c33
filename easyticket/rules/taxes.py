"""Tax that is included in prices, and how the pieces a sum goes back in take their part of it, so that they add up exactly."""

from __future__ import annotations

_WHOLE = 10_000
# The highest rate a seller can set, in hundredths of a percent.
HIGHEST_RATE = 5_000


def tax_included(price_minor: int, basis_points: int) -> int:
    """Return what of a price is tax at a rate in hundredths of a percent: price − price / (1 + rate), rounded half up once."""
    return _rounded(price_minor * basis_points, _WHOLE + basis_points)


def part_of_piece(
    whole_minor: int, total_minor: int, gone_minor: int, piece_minor: int, parts_minor: int
) -> int:
    """Return how much of `whole` goes with the next piece of `total`, in minor units.

    `gone` is what of the total went before, and `parts` how much of the whole went with it. The piece brings the parts to
    their share of all that is gone then, rounded half up: once all of the total is gone, so is all of the whole, however
    it was cut. The part is never more than its piece.
    """
    if total_minor == 0:
        return 0
    target = _rounded(whole_minor * (gone_minor + piece_minor), total_minor)
    return min(max(target - parts_minor, 0), piece_minor)


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
