"""What tests can make happen at the Stripe double that no API call does: payers, banks, the dashboard, lies and noise."""

from __future__ import annotations

from typing import Any

from tests.doubles import stripe_collecting, stripe_disputes, stripe_payments, stripe_refunds
from tests.doubles.stripe_books import Asked, Books, encode
from tests.doubles.stripe_cards import CARDS, GOOD
from tests.doubles.stripe_errors import Refusal, Thing
from tests.doubles.stripe_objects import new_intent
from tests.doubles.stripe_webhooks import Webhooks

CONTROLS = (
    "configure", "pay", "authenticate", "process", "settle", "cancel", "refund", "next_refunds", "change_refund",
    "open_dispute", "escalate_dispute", "answer_dispute", "close_dispute", "late_fees", "post_fee", "settle_in",
    "cancels_processing", "tamper", "foreign", "webhooks", "release_webhooks", "wait_for_webhooks", "resend",
    "send_event", "intents", "thing", "events",
)  # fmt: skip


class StripeControls:
    """The controls; each returns plain values. An intent is named by its id."""

    lock: Any
    books: Books
    deliveries: Webhooks

    # Payers.

    def pay(self, intent: str, card: str = GOOD, passed: bool | None = None) -> Thing:
        """Pay with a test card as a browser does and return the intent as it is then, declined ones too.

        A card with 3-D Secure leaves it at `requires_action`, or `passed` says how that ends.
        """
        with self.lock:
            thing = self._intent(intent)
            asked = Asked({"return_url": "https://example.test/"}, {"intent": intent}, thing["livemode"])
            before = thing["status"], thing["payment_method"]
            if before[0] not in ("succeeded", "canceled", "processing"):
                method = stripe_collecting.add_method(self.books, CARDS[card], thing["livemode"])
                thing["payment_method"] = method["id"]
            asked.params["use_stripe_sdk"] = True
            try:
                stripe_payments.confirm_intent(self.books, asked)
                if thing["status"] == "requires_action" and passed is not None:
                    stripe_collecting.authenticate(self.books, thing, passed)
            except Refusal as refusal:
                if refusal.status != 402:
                    raise
            return self.books.show(thing)

    def authenticate(self, intent: str, passed: bool = True) -> Thing:
        """End 3-D Secure."""
        with self.lock:
            thing = self._intent(intent)
            try:
                stripe_collecting.authenticate(self.books, thing, passed)
            except Refusal as refusal:
                if refusal.status != 402:
                    raise
            return self.books.show(thing)

    def process(self, intent: str) -> Thing:
        """Let a payment be under way for long, as a bank debit is; `settle` ends it."""
        with self.lock:
            thing = self._intent(intent)
            if thing["status"] in ("succeeded", "canceled", "processing"):
                raise ValueError(f"The intent is {thing['status']}")
            method = stripe_collecting.add_method(self.books, CARDS[GOOD], thing["livemode"])
            thing |= {"status": "processing", "payment_method": method["id"], "next_action": None}
            thing["processing"] = {"type": "card"}
            self.books.tell("payment_intent.processing", thing)
            return self.books.show(thing)

    def settle(self, intent: str, card: str = GOOD) -> Thing:
        """End what was under way, well or as `card` is declined."""
        with self.lock:
            thing = self._intent(intent)
            if thing["status"] != "processing":
                raise ValueError(f"The intent is {thing['status']}")
            try:
                stripe_collecting.take_money(self.books, thing, CARDS[card])
            except Refusal as refusal:
                if refusal.status != 402:
                    raise
            return self.books.show(thing)

    # The dashboard.

    def cancel(self, intent: str) -> Thing:
        """Cancel an intent in the dashboard."""
        with self.lock:
            asked = Asked({}, {"intent": intent}, self._intent(intent)["livemode"])
            return self.books.show(stripe_payments.cancel_intent(self.books, asked))

    def refund(self, intent: str, amount: int | None = None, **metadata: str) -> Thing:
        """Refund in the dashboard, which tells our server only by events."""
        with self.lock:
            params: Thing = {"payment_intent": intent, "metadata": metadata}
            if amount is not None:
                params["amount"] = amount
            asked = Asked(params, livemode=self._intent(intent)["livemode"])
            return self.books.show(stripe_refunds.create_refund(self.books, asked))

    def foreign(self, amount: int = 4200, currency: str = "usd", paid: bool = True, **metadata: str) -> Thing:
        """Let another application of the same account open a payment, and have it paid."""
        with self.lock:
            params = {"amount": amount, "currency": currency, "metadata": metadata}
            intent = self.books.add(new_intent(self.books, params, livemode=False))
            self.books.tell("payment_intent.created", intent)
            return self.pay(intent["id"]) if paid else self.books.show(intent)

    # What becomes of refunds.

    def next_refunds(self, *states: str, plan: list[str] | None = None) -> None:
        """Let the next refunds begin so, one after the other.

        pending, pending_insufficient_funds, requires_action, succeeded, failed; or refused: an error, nothing begun.
        """
        with self.lock:
            self.books.plans.refunds.extend([*states, *(plan or [])])

    def change_refund(self, refund: str, status: str, reason: str = "") -> Thing:
        """Let a refund become succeeded, failed (also after success) or canceled."""
        with self.lock:
            return self.books.show(
                stripe_refunds.change_refund(self.books, self._thing(refund, "refund"), status, reason)
            )

    # The payer's bank.

    def open_dispute(
        self, intent: str, reason: str = "fraudulent", amount: int | None = None, warning: bool = False
    ) -> Thing:
        """Dispute a payment; a `warning` takes no money."""
        with self.lock:
            charge = self.books.charge_of(self._intent(intent))
            if charge is None:
                raise ValueError("The intent is not paid")
            return self.books.show(
                stripe_disputes.open_dispute(self.books, charge, reason, amount, warning=warning)
            )

    def escalate_dispute(self, dispute: str) -> Thing:
        """Turn a warning into a dispute about money."""
        with self.lock:
            return self.books.show(stripe_disputes.escalate(self.books, self._thing(dispute, "dispute")))

    def answer_dispute(self, dispute: str) -> Thing:
        """Hand in evidence: it is under review then."""
        with self.lock:
            return self.books.show(stripe_disputes.answer(self.books, self._thing(dispute, "dispute")))

    def close_dispute(self, dispute: str, won: bool) -> Thing:
        """Let the bank decide."""
        with self.lock:
            return self.books.show(stripe_disputes.close(self.books, self._thing(dispute, "dispute"), won))

    # How the account behaves.

    def late_fees(self, late: bool = True) -> None:
        """Tell no balance transaction (and so no fee) of new charges until `post_fee`."""
        with self.lock:
            self.books.plans.late_fees = late

    def post_fee(self, intent: str) -> None:
        """Enter a charge in the balance, which is told as charge.updated."""
        with self.lock:
            charge = self.books.charge_of(self._intent(intent))
            assert charge is not None and charge["balance_transaction"] is None
            stripe_collecting.post_fee(self.books, charge)
            self.books.tell("charge.updated", charge, {"balance_transaction": None})

    def settle_in(self, currency: str, rate: float = 1.0) -> None:
        """Pay the account out in this currency: fees of new charges are in it."""
        with self.lock:
            self.books.plans.settlement_currency, self.books.plans.exchange_rate = currency, rate

    def cancels_processing(self, cancels: bool = True) -> None:
        """Let payments that are under way be canceled, as Stripe does in rare cases."""
        with self.lock:
            self.books.plans.cancels_processing = cancels

    # Lies.

    def tamper(self, thing: str, **members: Any) -> None:
        """Show an object with these members from now on, in answers and events; without any, as it is.

        `amount` of an intent changes `amount_received` too, unless that is given.
        """
        with self.lock:
            found = self._thing(thing)
            if "amount" in members and found.get("amount_received"):
                members.setdefault("amount_received", members["amount"])
            self.books.tampered[thing] = members

    # Webhooks.

    def configure(
        self, url: str | list[str] = "", secrets: list[str] | None = None, wanted: list[str] | None = None
    ) -> None:
        """Set where webhooks go, the secrets they are signed with, and the kinds of events that are wanted."""
        with self.lock:
            self.deliveries.urls = [url] if isinstance(url, str) and url else list(url)
            self.deliveries.secrets = secrets or self.deliveries.secrets
            self.deliveries.wanted = tuple(wanted or ())

    def webhooks(self, **settings: Any) -> None:
        """Change how they are sent: duplicate, parallel, delay, dropping, holding, retries, offset (of the signed time)."""
        for name, value in settings.items():
            if name not in ("duplicate", "parallel", "delay", "dropping", "holding", "retries", "offset"):
                raise LookupError(f"Webhooks have no setting {name!r}")
            setattr(self.deliveries, name, value)

    def release_webhooks(self, shuffle: int | None = None, reverse: bool = False) -> int:
        """Send what was held; `shuffle` is a seed for another order."""
        return self.deliveries.release(shuffle, reverse)

    def wait_for_webhooks(self, seconds: float = 10) -> list[tuple[str, int]]:
        """Return kind and status of every delivery so far, once nothing is on its way any more."""
        return [(sent.kind, sent.status) for sent in self.deliveries.wait(seconds)]

    def resend(self, event: str) -> None:
        """Send an event again, as the dashboard can; it has the same id and bytes."""
        with self.lock:
            thing = self._thing(event, "event")
            self.deliveries.post(thing["type"], encode(thing))

    def send_event(self, kind: str, thing: Thing, livemode: bool = False) -> Thing:
        """Send a signed event about anything, for example an object that does not exist."""
        with self.lock:
            return self.books.tell(kind, {"id": "none", "livemode": livemode, **thing})

    # Looking.

    def intents(self, **metadata: str) -> list[Thing]:
        """Return the intents with this metadata as they really are, the oldest first."""
        with self.lock:
            found = [thing for thing in self.books.things.values() if thing["object"] == "payment_intent"]
            return [
                dict(thing)
                for thing in found
                if all(thing["metadata"].get(k) == v for k, v in metadata.items())
            ]

    def thing(self, name: str) -> Thing:
        """Return an object as it really is."""
        with self.lock:
            return dict(self._thing(name))

    def events(self, kind: str = "", about: str = "") -> list[Thing]:
        """Return the events of a kind about an object, the oldest first."""
        with self.lock:
            return [
                thing
                for thing in self.books.things.values()
                if thing["object"] == "event"
                and kind in ("", thing["type"])
                and about in ("", thing["data"]["object"]["id"])
            ]

    def _intent(self, name: str) -> Thing:
        return self._thing(name, "payment_intent")

    def _thing(self, name: str, kind: str = "") -> Thing:
        thing = self.books.things.get(name)
        if thing is None or kind not in ("", thing["object"]):
            raise LookupError(f"There is no {kind or 'object'} {name!r}")
        return thing
