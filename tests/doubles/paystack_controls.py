"""What tests can make happen at the Paystack double, from python and over HTTP; everything returns plain values."""

from __future__ import annotations

from typing import Any

from tests.doubles import paystack_charges as charges
from tests.doubles import paystack_disputes as disputes
from tests.doubles import paystack_refunds as refunds
from tests.doubles import paystack_transfers as transfers
from tests.doubles.paystack_books import Books, Refund, Transfer
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_papers import (
    card,
    charge_paper,
    dispute_paper,
    phone,
    refund_paper,
    transfer_paper,
)
from tests.doubles.server import Double

Paper = dict[str, Any]


class PaystackControls(Double):
    """The controls. References find charges and transfers of both modes."""

    controls = (
        *Double.controls,
        *("configure", "webhooks", "release_webhooks", "repeat_webhooks", "wait_webhooks", "told"),
        *("pay", "pay_later", "decline", "begin", "tamper", "charges"),
        *("refund", "finish_refund", "move_refund", "refunds"),
        *("open_dispute", "remind_dispute", "resolve_dispute"),
        *("finish_transfer", "transfers", "set_balance", "add_account"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(self.lock)

    def clear(self) -> None:
        """Forget everything, the knobs and the webhooks' address too."""
        self.desk.clear()

    def stop(self) -> None:
        """Answer and tell nothing any more."""
        super().stop()
        self.desk.webhooks.stop()

    def configure(self, webhook_url: str = "", **knobs: Any) -> None:
        """Turn knobs (see `Knobs`), and say where webhooks go."""
        with self.lock:
            self.desk.knobs.turn(**knobs)
        if webhook_url:
            self.desk.webhooks.urls = [webhook_url]

    # Webhooks.

    def webhooks(self, **settings: Any) -> None:
        """Change how webhooks are sent: duplicate, parallel, delay, dropping, holding, retries (see `Deliveries`).

        :raises LookupError: there is no such setting.
        """
        for name, value in settings.items():
            if name not in ("duplicate", "parallel", "delay", "dropping", "holding", "retries"):
                raise LookupError(f"Webhooks have no setting {name!r}")
            setattr(self.desk.webhooks, name, tuple(value) if name == "retries" else value)

    def release_webhooks(self, shuffle: int | None = None, reverse: bool = False) -> int:
        """Send what was held."""
        return self.desk.webhooks.release(shuffle, reverse)

    def repeat_webhooks(self, event: str = "", times: int = 1) -> int:
        """Send events again, dropped ones too."""
        return self.desk.webhooks.again(event, times)

    def wait_webhooks(self, seconds: float = 10) -> list[int]:
        """Return the statuses of all tries when nothing is on its way."""
        return [delivery.status for delivery in self.desk.webhooks.wait(seconds)]

    def told(self, event: str = "") -> list[Paper]:
        """Return the events so far, delivered or not: event, data, body and headers."""
        return [
            {"event": each.event, "data": each.data, "body": each.body.decode(), "headers": each.headers}
            for each in self.desk.webhooks.of(event)
        ]

    # Charges.

    def pay(
        self,
        reference: str,
        channel: str = "card",
        number: str = "",
        network: str = "mtn",
    ) -> Paper:
        """Let the payer pay, by a card or by mobile money, also when the checkout page would not let them any more."""
        with self.lock:
            books, charge = self.desk.charge(reference)
            by_phone = channel == "mobile_money"
            paid_with = (
                phone(number or "0551234987", network) if by_phone else card(number or "4084084084084081")
            )
            charges.succeed(self.desk, books, charge, paid_with)
            return charge_paper(charge, self.desk.knobs)

    def pay_later(self, reference: str, seconds: float) -> None:
        """Let the payer pay after so many seconds."""
        with self.lock:
            books, charge = self.desk.charge(reference)
            self.desk.later(seconds, lambda: charges.succeed(self.desk, books, charge, card()))

    def decline(self, reference: str, channel: str = "card", reason: str = "Declined") -> Paper:
        """Let the bank refuse; the payer may try again."""
        with self.lock:
            _, charge = self.desk.charge(reference)
            charges.refuse(charge, channel, reason)
            return charge_paper(charge, self.desk.knobs)

    def begin(self, reference: str, status: str = "pending", channel: str = "mobile_money") -> Paper:
        """Put a charge into a state that needs waiting: ongoing, pending, processing, queued; or back to abandoned."""
        if status not in charges.STATUSES:
            raise LookupError(f"No charge is {status!r}")
        with self.lock:
            _, charge = self.desk.charge(reference)
            charges.begin(charge, status, channel)
            return charge_paper(charge, self.desk.knobs)

    def tamper(self, reference: str, members: Paper) -> Paper:
        """Change members of a charge in reads and webhooks: amount, requested_amount, currency, domain, reference…"""
        with self.lock:
            _, charge = self.desk.charge(reference)
            charge.tampered |= members
            return charge_paper(charge, self.desk.knobs)

    def charges(self) -> list[Paper]:
        """Return all charges of both modes."""
        with self.lock:
            return [charge_paper(charge, self.desk.knobs) for _, charge in self.desk.charges()]

    # Refunds.

    def refund(self, reference: str, amount: int, merchant_note: str = "") -> Paper:
        """Refund from the dashboard, past the shop."""
        with self.lock:
            books, charge = self.desk.charge(reference)
            if not charge.was_paid or amount > refunds.left_of(books, charge):
                raise ValueError("There is not so much left")
            made = refunds.begin(
                self.desk, books, charge, amount, customer_note="", merchant_note=merchant_note
            )
            return refund_paper(made)

    def finish_refund(self, refund_id: int, outcome: str = "") -> Paper:
        """Bring a refund by way of processing to processed (or what its test card does), failed or needs-attention."""
        with self.lock:
            books, refund = self._refund(refund_id)
            refunds.finish(self.desk, books, refund, outcome)
            return refund_paper(refund)

    def move_refund(self, refund_id: int, status: str) -> Paper:
        """Put a refund into a state, whichever it was in."""
        with self.lock:
            books, refund = self._refund(refund_id)
            refunds.move(self.desk, books, refund, status)
            return refund_paper(refund)

    def refunds(self, reference: str = "") -> list[Paper]:
        """Return all refunds, or those of a charge."""
        with self.lock:
            return [
                refund_paper(refund)
                for books in self.desk.books.values()
                for refund in books.refunds.values()
                if reference in ("", refund.charge.reference)
            ]

    def _refund(self, refund_id: int) -> tuple[Books, Refund]:
        for books in self.desk.books.values():
            if refund_id in books.refunds:
                return books, books.refunds[refund_id]
        raise LookupError(f"No refund {refund_id}")

    # Disputes.

    def open_dispute(
        self, reference: str, amount: int = 0, category: str = "chargeback", due_days: int = 3
    ) -> Paper:
        """Let the payer's bank ask for the money back; all of it where no amount is given."""
        with self.lock:
            books, charge = self.desk.charge(reference)
            opened = disputes.open_for(self.desk, books, charge, amount, category, due_days)
            return dispute_paper(opened, self.desk.knobs)

    def remind_dispute(self, dispute_id: int) -> Paper:
        """Remind the merchant of a dispute."""
        with self.lock:
            books, dispute = disputes.find(self.desk, dispute_id)
            disputes.remind(self.desk, books, dispute)
            return dispute_paper(dispute, self.desk.knobs)

    def resolve_dispute(self, dispute_id: int, resolution: str, with_refund: bool = False) -> Paper:
        """End a dispute: declined (won), merchant-accepted or auto-accepted (lost, with a refund on record if wanted)."""
        with self.lock:
            books, dispute = disputes.find(self.desk, dispute_id)
            disputes.resolve(self.desk, books, dispute, resolution, with_refund)
            return dispute_paper(dispute, self.desk.knobs)

    # Money out.

    def finish_transfer(self, reference: str, outcome: str = "success", reason: str = "") -> Paper:
        """Bring a transfer to success, failed or reversed (also after success)."""
        with self.lock:
            books, transfer = self._transfer(reference)
            transfers.move(self.desk, books, transfer, outcome, reason)
            return transfer_paper(transfer)

    def transfers(self) -> list[Paper]:
        """Return all transfers."""
        with self.lock:
            return [
                transfer_paper(each)
                for books in self.desk.books.values()
                for each in books.transfers.values()
            ]

    def set_balance(self, amount: int, currency: str = "GHS", domain: str = "test") -> None:
        """Say what the merchant has at Paystack."""
        with self.lock:
            self.desk.books[domain].balance[currency] = amount

    def add_account(self, bank_code: str, account_number: str, name: str) -> None:
        """Make an account known to bank/resolve."""
        with self.lock:
            self.desk.accounts[bank_code, account_number] = name

    def _transfer(self, reference: str) -> tuple[Books, Transfer]:
        for books in self.desk.books.values():
            if reference in books.transfers:
                return books, books.transfers[reference]
        raise LookupError(f"No transfer {reference!r}")
