"""Every route says who may come in."""

from __future__ import annotations

from flask import Flask

from easyticket.http.auth import declared_access


def test_every_route_declares_its_authentication(built_app: Flask) -> None:
    silent = [
        endpoint
        for endpoint, view in built_app.view_functions.items()
        if endpoint != "static" and declared_access(view) is None
    ]
    assert silent == []


def test_no_route_hides_another(built_app: Flask) -> None:
    """Two routes with the same path and method would hide one another."""
    seen: dict[tuple[str, str], str] = {}
    hidden = []
    for rule in built_app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            first = seen.setdefault((rule.rule, method), rule.endpoint)
            if first != rule.endpoint:
                hidden.append(f"{method} {rule.rule}: {first} hides {rule.endpoint}")
    assert hidden == []
