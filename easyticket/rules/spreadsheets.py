"""What people wrote, made safe for programs that take the cells of a table for formulas."""

from __future__ import annotations

# What a formula begins with, also in full width, and the signs that programs drop before they look.
_BEGINS_FORMULA = tuple("=+-@＝＋－＠\t\r\n\0")


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet runs: with an apostrophe before it, which they take for "this is text"."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}\ufeff").startswith(_BEGINS_FORMULA) else text
