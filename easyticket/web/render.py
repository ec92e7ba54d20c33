"""What templates may call: addresses, assets by their content's hash, and the words for money, moments and numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, url_for

from easyticket.http.auth import current_actor
from easyticket.http.csrf import csrf
from easyticket.links import public_url
from easyticket.rules.permissions import Permission, may
from easyticket.rules.wording import clock_text, day_text, moment_text, money_text


def init_render(app: Flask) -> None:
    """Give every template the names below."""
    csrf.init_app(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(money=money_text, day=day_text, clock=clock_text, moment=moment_text)
    app.jinja_env.globals.update(
        asset_url=asset_url,
        public_url=public_url,
        site_name="EasyTicket",
        source_url=app.config["SETTINGS"].source_url,
        allowed=allowed,
        Permission=Permission,
        dev_mailbox=not app.config["SETTINGS"].is_production and not app.config["SETTINGS"].mail_url,
    )


def allowed(permission: Permission, target: object = None) -> bool:
    """Tell whether whoever asked for the page may do this to `target`, by the one table: buttons stand where it says yes."""
    return may(current_actor(), permission, target)


def asset_url(path: str) -> str:
    """Return the address of a static file with its content's hash, so that it may be cached for a year."""
    root = Path(current_app.static_folder or "")
    return url_for("static", filename=path, v=_content_hash(root / path))


@cache
def _content_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
