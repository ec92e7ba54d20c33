"""The measurement as a Markdown table: a line for each list, its times as multiples of one look-up by primary key."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.bench.measuring import Answered
from scripts.bench.plans import Plan

HEAD = """| Asked for | First page is found through | Rows read | × | Its rows × | Counted through | × | Last page | × |
|---|---|--:|--:|--:|---|--:|--:|--:|"""


def line(parts: Sequence[tuple[Answered, float]], look_up: float) -> str:
    """Return the line of one list from its parts with their times; all times are milliseconds."""
    by_name = {answered.part: (answered, milliseconds) for answered, milliseconds in parts}
    listed = parts[0][0].listed
    asked = listed.path + (
        f"?{listed.asked}" if listed.asked and listed.asked[0] != "(" else f" {listed.asked}"
    )
    last = next((name for name in by_name if name.startswith("page ")), "")
    cells = [f"`{asked.strip()}`", *_cells(by_name.get("first page"), look_up)]
    cells.append(_times(by_name.get("rows"), look_up))
    count = by_name.get("count")
    cells += [_through(count[0].plans) if count else "", _times(count, look_up)]
    cells += [last.removeprefix("page "), _times(by_name.get(last), look_up)]
    return f"| {' | '.join(cells)} |"


def _cells(part: tuple[Answered, float] | None, look_up: float) -> list[str]:
    if part is None:
        return ["nothing found", "", ""]
    rows = sum(plan.rows_read for plan in part[0].plans)
    return [_through(part[0].plans), f"{rows:,}", _times(part, look_up)]


def _times(part: tuple[Answered, float] | None, look_up: float) -> str:
    return f"{part[1] / look_up:,.0f}" if part else ""


def _through(plans: Sequence[Plan]) -> str:
    """Return the indexes, but for the keys of rows that are known, and the sorts that are large."""
    access = dict.fromkeys(each for plan in plans for each in plan.access if not _is_by_key(each))
    sorts = dict.fromkeys(each for plan in plans for each in plan.sorts)
    return "; ".join([*access, *sorts]) or "primary keys"


def _is_by_key(access: str) -> bool:
    # Categories are a dozen: all of them are read sooner than one by its key.
    return ": pk_" in access or access == "category: all rows"
