"""Parts of a whole in percent, as statistics show them."""

from __future__ import annotations


def percentage(part: int, whole: int) -> float:
    """Return how many percent `part` is of `whole`, with two digits after the point; 0 of nothing."""
    return round(part * 100 / whole, 2) if whole else 0.0
