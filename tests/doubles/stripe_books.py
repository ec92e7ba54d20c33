"""Stripe's books: every object it knows, its events, and how objects look to whoever reads them."""

from __future__ import annotations

import copy
import json
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.stripe_cards import Card
from tests.doubles.stripe_errors import Refusal, Thing, no_such

VERSION = "2026-10-28.endive"
WORDS = {
    "payment_intent": "payment_intent",
    "charge": "charge",
    "refund": "refund",
    "dispute": "dispute",
    "balance_transaction": "balance transaction",
    "event": "event",
    "payment_method": "PaymentMethod",
}
# What of which object is an id that can be asked for whole.
EXPANDABLE = {
    "payment_intent": ("latest_charge", "payment_method"),
    "charge": ("balance_transaction", "payment_intent"),
    "refund": ("charge", "payment_intent", "balance_transaction", "failure_balance_transaction"),
    "dispute": ("charge", "payment_intent"),
    "balance_transaction": ("source",),
}


@dataclass
class Asked:
    """One request that passed the door: who asks (by key), for what, with which parameters."""

    params: Thing
    ids: dict[str, str] = field(default_factory=dict)
    livemode: bool = False
    is_publishable: bool = False
    request_id: str | None = None
    idempotency_key: str | None = None
    path: str = ""
    base: str = ""


@dataclass
class Plans:
    """What tests want to happen next."""

    # The states in which the next refunds begin: pending, requires_action, failed, or `refused` for too little money.
    refunds: list[str] = field(default_factory=list)
    late_fees: bool = False
    settlement_currency: str = ""
    exchange_rate: float = 1.0
    cancels_processing: bool = False


class Books:
    """Objects by id in the order they were made. Whoever reads or writes holds the double's lock."""

    def __init__(self, send: Callable[[str, bytes], None]) -> None:
        self.send = send
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.things: dict[str, Thing] = {}
        self.cards: dict[str, Card] = {}  # by the id of the payment method or charge
        self.tampered: dict[str, Thing] = {}
        self.plans = Plans()
        self.asked: Asked | None = None

    def new_id(self, prefix: str) -> str:
        """Return an id as Stripe makes them."""
        alphabet = string.ascii_letters + string.digits
        return f"{prefix}_3" + "".join(secrets.choice(alphabet) for _ in range(23))

    def add(self, thing: Thing) -> Thing:
        """Keep a new object."""
        self.things[thing["id"]] = thing
        return thing

    def get(self, kind: str, name: str, livemode: bool, param: str, *, in_url: bool = False) -> Thing:
        """Return the object of this kind and id.

        :raises Refusal: there is none in this mode.
        """
        thing = self.things.get(name)
        if thing is None or thing["object"] != kind:
            raise no_such(WORDS[kind], name, param, in_url=in_url)
        if self.is_live(thing) != livemode:
            mode, key = ("test", "live") if livemode else ("live", "test")
            hint = f"; a similar object exists in {mode} mode, but a {key} mode key was used to make this request."
            raise no_such(WORDS[kind], name, param, in_url=in_url, hint=hint)
        return thing

    def all(self, kind: str, livemode: bool, **members: Any) -> list[Thing]:
        """Return the objects of a kind with these members, the newest first."""
        return [
            thing
            for thing in reversed(self.things.values())
            if thing["object"] == kind
            and self.is_live(thing) == livemode
            and all(thing.get(name) == value for name, value in members.items())
        ]

    def is_live(self, thing: Thing) -> bool:
        """Tell the mode of an object; refunds and balance transactions do not say it themselves."""
        while "livemode" not in thing:
            thing = self.things[thing.get("charge") or thing["source"]]
        return bool(thing["livemode"])

    def charge_of(self, intent: Thing) -> Thing | None:
        """Return the charge that collected the money of an intent."""
        charge = self.things.get(intent["latest_charge"] or "")
        return charge if charge and charge["status"] == "succeeded" else None

    def show(self, thing: Thing, expand: list[str] | None = None) -> Thing:
        """Return what a reader gets: a copy, with what tests have tampered with, and with the expanded objects."""
        shown = copy.deepcopy(thing) | copy.deepcopy(self.tampered.get(thing["id"], {}))
        for path in expand or []:
            self._expand(shown, path.split("."), path)
        return shown

    def _expand(self, shown: Thing, parts: list[str], path: str) -> None:
        first, rest = parts[0], parts[1:]
        if first not in EXPANDABLE.get(shown["object"], ()):
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
        if isinstance(shown[first], str):
            shown[first] = self.show(self.things[shown[first]])
        if rest and isinstance(shown[first], dict):
            self._expand(shown[first], rest, path)

    def tell(self, kind: str, thing: Thing, before: Thing | None = None) -> Thing:
        """Write an event about the object as it is now and send it to the webhooks."""
        data: Thing = {"object": self.show(thing)}
        if before is not None:
            data["previous_attributes"] = before
        asked = self.asked
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": VERSION,
            "created": int(time.time()),
            "data": data,
            "livemode": data["object"].get("livemode", self.is_live(thing)),  # as tampered with
            "pending_webhooks": 1,
            "request": {
                "id": asked.request_id if asked else None,
                "idempotency_key": asked.idempotency_key if asked else None,
            },
            "type": kind,
        }
        self.add(event)
        self.send(kind, encode(event))
        return event


def encode(thing: Thing) -> bytes:
    """Return the bytes Stripe sends: indented JSON, so that who signs anew what was parsed gets something else."""
    return json.dumps(thing, indent=2, ensure_ascii=False).encode()
