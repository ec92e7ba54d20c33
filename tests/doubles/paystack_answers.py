"""How Paystack answers: the envelope, the refusals, one page of a list, and what a request must hold to be taken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from tests.doubles.paystack_books import Books, now
from tests.doubles.paystack_desk import Desk

CURRENCIES = ("GHS", "NGN", "ZAR", "KES", "USD", "XOF")


class Refused(Exception):
    """Paystack does not do it; `said` is the whole answer."""

    def __init__(
        self,
        message: str,
        code: str = "invalid_params",
        *,
        status: int = 400,
        kind: str = "validation_error",
        next_step: str = "Ensure that the parameters you pass are valid",
    ) -> None:
        super().__init__(message)
        self.response = _response(
            {
                "status": False,
                "message": message,
                "meta": {"nextStep": next_step},
                "type": kind,
                "code": code,
            },
            status,
        )


def told(message: str, data: Any = None, status: int = 200, meta: dict[str, Any] | None = None) -> Response:
    """Return an answer that all went well, which says nothing about a charge's state."""
    envelope: dict[str, Any] = {"status": True, "message": message}
    if data is not None:
        envelope["data"] = data
    if meta is not None:
        envelope["meta"] = meta
    return _response(envelope, status)


def _response(envelope: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(envelope), status, content_type="application/json; charset=utf-8")


@dataclass(frozen=True)
class Ask:
    """A request to the API: whose books it is about, and what it holds."""

    desk: Desk
    books: Books
    query: Mapping[str, str]
    body: dict[str, Any]

    def only(self, *names: str) -> None:
        """Refuse a body with other members. Paystack ignores those; here a misspelt one is found."""
        for name in self.body:
            if name not in names:
                raise Refused(f"{name} is not a parameter of this call", "unknown_params")

    def text(self, name: str, label: str = "") -> str:
        """Return a text that must be given."""
        value = self.body.get(name)
        if value is None or value == "":
            raise Refused(f"{label or name} is required", "missing_params")
        if not isinstance(value, str):
            raise Refused(f"{label or name} must be a string")
        return value

    def text_or(self, name: str, default: str) -> str:
        """Return a text that may be left out."""
        return self.text(name) if self.body.get(name) else default

    def amount(self) -> int:
        """Return the amount in hundredths: a whole number, or a text of one."""
        value = self.body.get("amount")
        if value is None or value == "":
            raise Refused("Amount is required", "missing_params")
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**15:
            raise Refused("Invalid Amount Sent", "invalid_amount")
        return value

    def currency(self) -> str:
        """Return a currency that this merchant has; the first one where none is given."""
        currency = self.text_or("currency", self.desk.knobs.currencies[0])
        if currency not in CURRENCIES or currency not in self.desk.knobs.currencies:
            raise Refused(
                "Currency not supported by merchant",
                "unsupported_currency",
                status=403,
                next_step="Ensure that the currency is enabled on your integration",
            )
        return currency


Handler = Callable[..., Response]
Route = tuple[str, str, Handler]


def read_body(request: Request) -> dict[str, Any]:
    """Return the members of the JSON object a request carries."""
    if request.method not in ("POST", "PUT") or not request.get_data():
        return {}
    if request.mimetype != "application/json":
        raise Refused("Content-Type must be application/json", "unsupported_media_type", status=415)
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise Refused("Invalid JSON body", "invalid_json") from None
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object", "invalid_json")
    return body


def page_of(ask: Ask, items: list[dict[str, Any]], message: str, **more_meta: Any) -> Response:
    """Return the page of a list that is asked for by perPage (50) and page (1), the newest first."""
    per_page, page = _whole(ask.query, "perPage", 50), _whole(ask.query, "page", 1)
    if not 1 <= per_page <= 100 or page < 1:
        raise Refused("perPage must be 1 to 100 and page at least 1")
    skipped = (page - 1) * per_page
    meta = {
        "total": len(items),
        "skipped": skipped,
        "perPage": per_page,
        "page": page,
        "pageCount": -(-len(items) // per_page),
    }
    newest_first = sorted(items, key=lambda item: -int(item["id"]))
    return told(message, newest_first[skipped : skipped + per_page], meta=meta | more_meta)


def is_listed(ask: Ask, moment: datetime) -> bool:
    """Tell whether a moment lies in the from and to that were asked for, both inclusive, and is old enough for lists."""
    start, end = _moment(ask.query, "from"), _moment(ask.query, "to")
    is_fresh = moment > now() - timedelta(seconds=ask.desk.knobs.list_lag)
    return not is_fresh and (start is None or moment >= start) and (end is None or moment <= end)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    given = query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", given):
        raise Refused(f"{name} must be a number")
    return int(given)


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    given = query.get(name)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise Refused(f"{name} must be a timestamp such as 2016-09-24T00:00:05.000Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
