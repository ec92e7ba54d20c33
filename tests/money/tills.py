"""The doubles of both providers with the same handles: what payers, banks and dashboards do, and what gets lost on the way.

A charge is named by our reference, which is known also where the answer to its start was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from tests.doubles.paystack import TEST_KEY, PaystackDouble
from tests.doubles.paystack_webhooks import body_of, signature_of
from tests.doubles.stripe import PUBLISHABLE_KEY, SECRET_KEY, StripeDouble
from tests.doubles.stripe_books import encode
from tests.doubles.stripe_cards import DECLINED, GOOD
from tests.doubles.stripe_webhooks import SECRET

# Stripe's library tries three times by itself.
_TRIES = 3


@dataclass(frozen=True)
class Webhook:
    """One webhook, as it is handed over: any number of times, in any order, by anybody."""

    kind: str
    path: str
    body: bytes
    headers: dict[str, str]


class Till(Protocol):
    """One provider. Amounts are minor units; `moved` counts what the provider itself has returned or is returning."""

    name: str
    currency: str
    webhook_path: str
    double: Any

    def pay(self, reference: str) -> None:
        """Let the payer pay."""

    def decline(self, reference: str) -> None:
        """Let the bank refuse."""

    def hesitate(self, reference: str) -> None:
        """Let the payment be under way and not decided."""

    def decide(self, reference: str) -> None:
        """Let what was under way end well."""

    def seem(self, reference: str, **lies: Any) -> None:
        """Answer with something else than what is true: `amount`, `currency`, `of` (a reference), `live`, `canceled`."""

    def refund(self, reference: str, amount: int) -> None:
        """Refund on the dashboard."""

    def finish_refunds(self, reference: str, *, succeeded: bool = True) -> None:
        """Decide every refund of the charge that is not decided, or fail those that had succeeded."""

    def returned(self, reference: str) -> int:
        """Return how much of the charge the provider gave back or is giving back."""

    def dispute(self, reference: str, amount: int | None = None) -> str:
        """Let the payer's bank take money back; return the dispute's name."""

    def decide_dispute(self, name: str, *, won: bool) -> None:
        """Let the bank decide."""

    def taken(self, reference: str) -> int:
        """Return how much the payer was charged."""

    def named(self, reference: str) -> dict[str, str]:
        """Return the name by which the double's own controls know the charge."""

    def count_charges(self, *, paid: bool = False) -> int:
        """Return how many charges the provider has, or how many were paid."""

    def lose_answers(self, what: str) -> None:
        """Do the next `start`, `refund` or `read`, and lose the answer to it."""

    def be_down(self, times: int = 1000) -> None:
        """Answer nothing but faults, so often."""

    def be_poor(self) -> None:
        """Have too little money for the next refund: it is not begun."""

    def be_well(self) -> None:
        """Answer as always again."""

    def told(self) -> list[Webhook]:
        """Return every event so far, delivered or not, signed now."""

    def deliver(self, url: str, **how: Any) -> None:
        """Deliver what is told from now on to the site at `url`, as the settings say (see `Deliveries`)."""

    def delivered(self) -> list[int]:
        """Return the answers to all deliveries, once nothing is on its way any more."""


class StripeTill:
    """Stripe's double."""

    name, currency, webhook_path = "stripe", "USD", "/api/webhooks/stripe/"
    settings = {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
    _PATHS = {
        "start": ("POST", r"^/v1/payment_intents$"),
        "refund": ("POST", r"^/v1/refunds$"),
        "read": ("GET", r"^/v1/"),
    }

    def __init__(self, double: StripeDouble) -> None:
        self.double = double

    def pay(self, reference: str, card: str = GOOD) -> None:
        self.double.pay(self._intent(reference), card)

    def decline(self, reference: str) -> None:
        self.double.pay(self._intent(reference), DECLINED)

    def hesitate(self, reference: str) -> None:
        self.double.process(self._intent(reference))

    def decide(self, reference: str) -> None:
        self.double.settle(self._intent(reference))

    def seem(self, reference: str, **lies: Any) -> None:
        said: dict[str, Any] = {}
        if "amount" in lies:
            said |= {"amount": lies["amount"], "amount_received": lies["amount"]}
        if "currency" in lies:
            said["currency"] = lies["currency"].lower()
        if "of" in lies:
            said["metadata"] = {"app": "easyticket", "reference": lies["of"]}
        if "live" in lies:
            said["livemode"] = lies["live"]
        if lies.get("canceled"):
            said["status"] = "canceled"
        self.double.tamper(self._intent(reference), **said)

    def refund(self, reference: str, amount: int) -> None:
        self.double.refund(self._intent(reference), amount)

    def finish_refunds(self, reference: str, *, succeeded: bool = True) -> None:
        for refund in self._refunds(reference):
            if succeeded and refund["status"] == "pending":
                self.double.change_refund(refund["id"], "succeeded")
            if not succeeded and refund["status"] in ("pending", "succeeded"):
                self.double.change_refund(refund["id"], "failed", "expired_or_canceled_card")

    def returned(self, reference: str) -> int:
        gone = ("failed", "canceled")
        return sum(each["amount"] for each in self._refunds(reference) if each["status"] not in gone)

    def taken(self, reference: str) -> int:
        return sum(intent["amount_received"] for intent in self.double.intents(reference=reference))

    def named(self, reference: str) -> dict[str, str]:
        return {"intent": self._intent(reference)}

    def dispute(self, reference: str, amount: int | None = None) -> str:
        return str(self.double.open_dispute(self._intent(reference), amount=amount)["id"])

    def decide_dispute(self, name: str, *, won: bool) -> None:
        self.double.close_dispute(name, won)

    def count_charges(self, *, paid: bool = False) -> int:
        return len([each for each in self.double.intents() if not paid or each["status"] == "succeeded"])

    def lose_answers(self, what: str) -> None:
        method, path = self._PATHS[what]
        self.double.fault("dropped", path=path, method=method, times=_TRIES)

    def be_down(self, times: int = 1000) -> None:
        self.double.fault("error_before", path="^/v1/", status=503, times=times)

    def be_poor(self) -> None:
        self.double.next_refunds("refused")

    def be_well(self) -> None:
        self.double.faults.clear()

    def deliver(self, url: str, **how: Any) -> None:
        self.double.configure(url + self.webhook_path)
        self.double.webhooks(**how)

    def delivered(self) -> list[int]:
        return [status for _, status in self.double.wait_for_webhooks()]

    def told(self) -> list[Webhook]:
        return [
            Webhook(event["type"], self.webhook_path, body, self.double.deliveries.sign(body))
            for event in self.double.events()
            for body in (encode(event),)
        ]

    def _intent(self, reference: str) -> str:
        return str(self.double.intents(reference=reference)[0]["id"])

    def _refunds(self, reference: str) -> list[dict[str, Any]]:
        with self.double.lock:
            return self.double.books.all("refund", False, payment_intent=self._intent(reference))


class PaystackTill:
    """Paystack's double."""

    name, currency, webhook_path = "paystack", "GHS", "/api/v1/payments/webhook/"
    settings = {
        "PAYSTACK_SECRET_KEY": TEST_KEY,
        "PAYSTACK_PUBLIC_KEY": "pk_test_easyticketdouble",
        "PAYSTACK_CURRENCIES": "GHS",
    }
    _PATHS = {
        "start": ("POST", r"^/transaction/initialize$"),
        "refund": ("POST", r"^/refund$"),
        "read": ("GET", "."),
    }

    def __init__(self, double: PaystackDouble) -> None:
        self.double = double

    def pay(self, reference: str) -> None:
        self.double.pay(reference)

    def decline(self, reference: str) -> None:
        self.double.decline(reference)

    def hesitate(self, reference: str) -> None:
        self.double.begin(reference, "pending")

    def decide(self, reference: str) -> None:
        self.double.pay(reference)

    def seem(self, reference: str, **lies: Any) -> None:
        said: dict[str, Any] = {}
        if "amount" in lies:
            said |= {"amount": lies["amount"], "requested_amount": lies["amount"]}
        if "currency" in lies:
            said["currency"] = lies["currency"]
        if "of" in lies:
            said["reference"] = lies["of"]
        if "live" in lies:
            said["domain"] = "live" if lies["live"] else "test"
        if lies.get("canceled"):
            said["status"] = "failed"
        with self.double.lock:
            self.double.desk.charge(reference)[1].tampered.clear()
        self.double.tamper(reference, said)

    def refund(self, reference: str, amount: int) -> None:
        self.double.refund(reference, amount)

    def finish_refunds(self, reference: str, *, succeeded: bool = True) -> None:
        for refund in self.double.refunds(reference):
            if succeeded and refund["status"] in ("pending", "processing"):
                self.double.finish_refund(refund["id"], "processed")
            if not succeeded and refund["status"] != "failed":
                self.double.finish_refund(refund["id"], "failed")

    def returned(self, reference: str) -> int:
        return sum(each["amount"] for each in self.double.refunds(reference) if each["status"] != "failed")

    def taken(self, reference: str) -> int:
        return sum(
            each["amount"]
            for each in self.double.charges()
            if each["reference"] == reference and each["paid_at"]
        )

    def named(self, reference: str) -> dict[str, str]:
        return {"reference": reference}

    def dispute(self, reference: str, amount: int | None = None) -> str:
        return str(self.double.open_dispute(reference, amount or 0)["id"])

    def decide_dispute(self, name: str, *, won: bool) -> None:
        self.double.resolve_dispute(int(name), "declined" if won else "merchant-accepted")

    def count_charges(self, *, paid: bool = False) -> int:
        return len([each for each in self.double.charges() if not paid or each["status"] == "success"])

    def lose_answers(self, what: str) -> None:
        method, path = self._PATHS[what]
        self.double.fault("dropped", path=path, method=method)

    def be_down(self, times: int = 1000) -> None:
        self.double.fault("error_before", path="^/[^c]", status=503, times=times)

    def be_poor(self) -> None:
        self.double.configure(refund_balance_too_low=True)

    def be_well(self) -> None:
        self.double.faults.clear()
        self.double.configure(refund_balance_too_low=False)

    def deliver(self, url: str, **how: Any) -> None:
        self.double.configure(url + self.webhook_path)
        self.double.webhooks(**how)

    def delivered(self) -> list[int]:
        return list(self.double.wait_webhooks())

    def told(self) -> list[Webhook]:
        return [
            Webhook(each.event, self.webhook_path, each.body, each.headers)
            for each in self.double.desk.webhooks.of("")
        ]


__all__ = ["PaystackTill", "StripeTill", "Till", "Webhook", "body_of", "signature_of"]
