"""Templates and styles keep to the Content-Security-Policy: nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "easyticket"
ELSEWHERE = r"""(https?:)?//"""

FORBIDDEN = {
    "an inline script": r"<script(?![^>]*(\ssrc=|application/(ld\+)?json))",
    "a style attribute": r"<[a-z][^<>]*\sstyle=",
    "an inline style sheet": r"<style",
    "an event handler": r"<[a-z][^<>]*\son[a-z]+=",
    "something loaded from elsewhere": rf"""<(?!a\s)[a-z][^<>]*\s(src|srcset|href|action|data)=["']{ELSEWHERE}""",
}
# Mails and documents are no pages: mail programs know inline styles only, and WeasyPrint loads nothing.
STYLED = {"mail", "documents"}
MAY_BE_STYLED = {"a style attribute", "an inline style sheet"}


def templates_for(fault: str) -> list[Path]:
    paths = sorted((PACKAGE / "templates").rglob("*.html"))
    return [
        path
        for path in paths
        if fault not in MAY_BE_STYLED or not STYLED & set(path.relative_to(PACKAGE).parts)
    ]


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_has(fault: str) -> None:
    pattern = re.compile(FORBIDDEN[fault], re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {match.group()[:80]}"
        for path in templates_for(fault)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_style_sheet_loads_from_elsewhere() -> None:
    pattern = re.compile(rf"""(url\(\s*["']?|@import\s+["']){ELSEWHERE}[^)"']*""")
    found = [
        f"{path.relative_to(PACKAGE)}: {match.group()}"
        for path in sorted((PACKAGE / "static").rglob("*.css"))
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
