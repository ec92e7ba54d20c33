"""Absolute addresses, always made from PUBLIC_URL and never from the Host header, which a stranger can choose."""

from __future__ import annotations

import enum
from urllib.parse import urlencode, urlsplit

from flask import current_app


def public_url(endpoint: str, **values: object) -> str:
    """Return the absolute address of a route under PUBLIC_URL."""
    # Mails are made in jobs, without a request: the path is built for a neutral host.
    path = current_app.url_map.bind("neutral.invalid").build(endpoint, values)
    address: str = current_app.config["SETTINGS"].public_url + path
    return address


class FrontEnd(enum.StrEnum):
    """Whose pages a person uses, and so where the links in mails lead: ours, or those of a separate front end."""

    PAGES = "pages"
    EASYTICKET = "easyticket"
    CAFA = "cafa"


def front_end_url(front_end: FrontEnd, path: str, **query: str) -> str:
    """Return the absolute address of a page of a separate front end; nothing where there is none or no address is set."""
    settings = current_app.config["SETTINGS"]
    addresses = {FrontEnd.EASYTICKET: settings.frontend_url, FrontEnd.CAFA: settings.cafa_frontend_url}
    address: str = addresses.get(front_end, "")
    if not address:
        return ""
    return f"{address}{path}?{urlencode(query)}" if query else f"{address}{path}"


def public_host() -> str:
    """Return the host of PUBLIC_URL, which makes ids that leave the site (of mails, of calendar entries) ours alone."""
    return urlsplit(current_app.config["SETTINGS"].public_url).hostname or "localhost"


def safe_next(target: str | None, default: str) -> str:
    """Return `target` if it is a path of this site, else `default`.

    Browsers read `//host` and `/\\host` as other sites and drop control characters, so those are refused as well.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(letter) < 33 or letter == "\\" for letter in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
