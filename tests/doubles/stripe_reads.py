"""Reading Stripe's objects: one by its id, lists in pages with the newest first, the balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_errors import Refusal, Thing, no_such
from tests.doubles.stripe_forms import BOOLEAN, INTEGER, LIST, TEXT, Spec
from tests.doubles.stripe_objects import new_list

RETRIEVE: Spec = {"expand": LIST}
PAGE: Spec = {
    "limit": INTEGER,
    "starting_after": TEXT,
    "ending_before": TEXT,
    "expand": LIST,
}
CREATED: Spec = {"created": {"gt": INTEGER, "gte": INTEGER, "lt": INTEGER, "lte": INTEGER}}
OF_A_CHARGE: Spec = PAGE | CREATED | {"charge": TEXT, "payment_intent": TEXT}
EVENTS: Spec = PAGE | CREATED | {"type": TEXT, "types": LIST, "delivery_success": BOOLEAN}
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda when, than: when > than,
    "gte": lambda when, than: when >= than,
    "lt": lambda when, than: when < than,
    "lte": lambda when, than: when <= than,
}


def retrieve(kind: str) -> Callable[[Books, Asked], Thing]:
    """Return what answers a request for one object of this kind; its id is the only one in the address."""

    def answer(books: Books, asked: Asked) -> Thing:
        (name,) = asked.ids.values()
        param = "intent" if kind == "payment_intent" else "id"
        return books.get(kind, name, asked.livemode, param, in_url=True)

    return answer


def list_of(kind: str) -> Callable[[Books, Asked], Thing]:
    """Return what answers a request for a page of objects of this kind."""

    def answer(books: Books, asked: Asked) -> Thing:
        found = [thing for thing in books.all(kind, asked.livemode) if _fits(books, thing, asked)]
        return _page(books, found, asked)

    return answer


def _fits(books: Books, thing: Thing, asked: Asked) -> bool:
    params = asked.params
    for name in ("charge", "payment_intent"):
        if name in params and thing.get(name) != books.get(name, params[name], asked.livemode, name)["id"]:
            return False
    if params.get("type", thing.get("type")) != thing.get("type"):
        return False
    if "types" in params and thing.get("type") not in params["types"]:
        return False
    return all(COMPARE[how](thing["created"], than) for how, than in params.get("created", {}).items())


def _page(books: Books, found: list[Thing], asked: Asked) -> Thing:
    params = asked.params
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal(
            "Invalid limit: it must be between 1 and 100.", code="parameter_invalid_integer", param="limit"
        )
    if "starting_after" in params:
        found = found[_place(found, params, "starting_after") + 1 :]
        page = found[:limit]
    elif "ending_before" in params:
        found = found[: _place(found, params, "ending_before")]
        page = found[-limit:]
    else:
        page = found[:limit]
    return new_list(asked.path, [books.show(thing, _within(params)) for thing in page], len(found) > limit)


def _within(params: Thing) -> list[str]:
    paths: list[Any] = params.get("expand", [])
    for path in paths:
        if not str(path).startswith("data."):
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    return [str(path).removeprefix("data.") for path in paths]


def _place(found: list[Thing], params: Thing, name: str) -> int:
    for place, thing in enumerate(found):
        if thing["id"] == params[name]:
            return place
    raise no_such("object", params[name], name)


def balance(books: Books, asked: Asked) -> Thing:
    """Tell what the account holds, by currency."""
    totals: dict[str, int] = {}
    for line in books.all("balance_transaction", asked.livemode):
        totals[line["currency"]] = totals.get(line["currency"], 0) + line["net"]
    lines = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(totals.items() or {"usd": 0}.items())
    ]
    return {
        "object": "balance",
        "available": lines,
        "livemode": asked.livemode,
        "pending": [{**line, "amount": 0, "source_types": {"card": 0}} for line in lines],
    }
