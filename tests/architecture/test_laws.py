"""Laws a glance at the source can check: who commits, who asks the time, who reads the environment."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "easyticket"
ASKS_THE_TIME = {
    *(f"{prefix}datetime.{name}" for prefix in ("", "datetime.") for name in ("now", "utcnow", "today")),
    *("date.today", "datetime.date.today", "time.time", "time.time_ns"),
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def places(breaks_the_law: Callable[[ast.AST], bool], lawful: str = "") -> list[str]:
    """Return file and line of everything that breaks a law, outside the one file that may."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / lawful
        for node in ast.walk(tree(path))
        if isinstance(node, ast.expr) and breaks_the_law(node)
    ]


def test_only_the_transaction_commits() -> None:
    def commits(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "commit"

    assert places(commits, lawful="db.py") == []


def test_only_the_clock_asks_the_time() -> None:
    def asks(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS_THE_TIME

    assert places(asks, lawful="core/clock.py") == []


def test_the_environment_is_only_handed_to_load_settings() -> None:
    def environment(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")

    def hands_over(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node) == "load_settings(os.environ)"

    assert len(places(environment)) == len(places(hands_over))
