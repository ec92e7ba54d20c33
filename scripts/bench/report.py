"""The measurement as a Markdown table."""

from __future__ import annotations

from scripts.bench.measuring import Answered
from scripts.bench.plans import Plan

HEAD = """| List | Asked for | Part | Read through | Rows read | Time | × look-up |
|---|---|---|---|--:|--:|--:|"""


def row(answered: Answered, milliseconds: float, look_up: float) -> str:
    """Return one line of the table; both times are milliseconds."""
    cells = (
        f"`{answered.listed.path}`",
        f"`{answered.listed.asked}`" if answered.listed.asked else "",
        answered.part,
        _through(answered.plans),
        f"{sum(plan.rows_read for plan in answered.plans):,}",
        f"{milliseconds:.1f} ms",
        f"{milliseconds / look_up:,.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _through(plans: list[Plan]) -> str:
    """Return the indexes, but for the keys of rows that are known, and the sorts that are large."""
    access = dict.fromkeys(each for plan in plans for each in plan.access if not _is_by_key(each))
    sorts = dict.fromkeys(each for plan in plans for each in plan.sorts)
    return "; ".join([*access, *sorts]) or "primary keys"


def _is_by_key(access: str) -> bool:
    # Categories are a dozen: all of them are read sooner than one by its key.
    return ": pk_" in access or access == "category: all rows"
