"""Long lists on the JSON surfaces: which page is asked for, and what stands around its rows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from easyticket.core.errors import NotFound
from easyticket.queries.pages import Page

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# Rows of a plain array that was asked for without a page.
MAX_ROWS = 1000


def wanted_page(size: int = PAGE_SIZE) -> dict[str, int]:
    """Return `page` and `per_page` for a query, as the address asks for them (the API contract: 20 a page, 100 at most).

    `size` is how many a page has where the address does not say.

    :raises NotFound: the page is zero or no number.
    """
    text = request.args.get("page", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0):
        raise NotFound("Invalid page.", code="no_such_page")
    return {"page": int(text or 1), "per_page": _page_size(size)}


def wanted_rows() -> dict[str, int]:
    """Return `page` and `per_page` for a plain array: every row up to 1,000, or a page where one is asked for."""
    return wanted_page() if _asks_for_page() else {"page": 1, "per_page": MAX_ROWS}


def envelope(page: Page[Any]) -> dict[str, Any]:
    """Return the page as `count`, absolute `next` and `previous`, and `results`."""
    return {
        "count": page.count,
        "next": _address(page.page + 1, page.per_page) if page.has_next else None,
        "previous": _address(page.page - 1, page.per_page) if page.has_previous else None,
        "results": list(page.items),
    }


def list_headers(page: Page[Any]) -> dict[str, str]:
    """Return `Link` (RFC 8288) and `X-Total-Count` for a plain array."""
    per_page = page.per_page if _asks_for_page() else MAX_PAGE_SIZE
    shown = page.page * page.per_page
    last = max(-(-page.count // per_page), 1)
    links = {"first": 1, "last": last}
    if page.has_previous:
        links["prev"] = page.page - 1
    if shown < page.count:
        links["next"] = shown // per_page + 1
    return {
        "Link": ", ".join(f'<{_address(number, per_page)}>; rel="{name}"' for name, number in links.items()),
        "X-Total-Count": str(page.count),
    }


def _asks_for_page() -> bool:
    return any(request.args.get(name) for name in ("page", "page_size"))


def _page_size(size: int) -> int:
    text = request.args.get("page_size", "").strip()
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        return size
    return min(int(text[:19]), MAX_PAGE_SIZE)


def _address(page: int, per_page: int) -> str:
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in ("page", "page_size")
    ]
    kept.append(("page", str(page)))
    if per_page != PAGE_SIZE or request.args.get("page_size"):
        kept.append(("page_size", str(per_page)))
    return f"{current_app.config['SETTINGS'].public_url}{request.path}?{urlencode(kept)}"
