"""What all parts of the Paystack double work on together: the books of both modes, the knobs, the webhooks and the timers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from tests.doubles.paystack_books import KEYS, Books, Charge, Knobs
from tests.doubles.paystack_webhooks import Webhooks


class Desk:
    """Whoever reads or writes here holds `lock`; webhooks only note what is to be sent and send it without it."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self.url = ""
        self.webhooks = Webhooks()
        self._timers: list[threading.Timer] = []
        self._begin()

    def clear(self) -> None:
        """Forget everything; what was to happen later does not. Webhooks on their way arrive before it returns."""
        with self.lock:
            for timer in self._timers:
                timer.cancel()
            self._begin()
        # Without the lock: whoever is told may be asking something first.
        self.webhooks.clear()

    def _begin(self) -> None:
        self._timers = []
        self.knobs = Knobs()
        self.books = {domain: Books(domain) for domain in KEYS}
        # Whose an account is, by the bank's code and the number.
        self.accounts: dict[tuple[str, str], str] = {}

    def charges(self) -> Iterator[tuple[Books, Charge]]:
        """Go through all charges of both modes."""
        for books in self.books.values():
            for charge in books.charges.values():
                yield books, charge

    def charge(self, reference: str) -> tuple[Books, Charge]:
        """Return the charge of a reference, in whichever mode.

        :raises LookupError: there is none.
        """
        for books, charge in self.charges():
            if charge.reference == reference:
                return books, charge
        raise LookupError(f"No charge {reference!r}")

    def tell(self, books: Books, event: str, data: dict[str, Any]) -> None:
        """Send a webhook, signed with the key of the mode."""
        self.webhooks.tell(event, data, KEYS[books.domain])

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do it after so many seconds, unless everything is forgotten before; at once where there are none to wait."""
        if seconds <= 0:
            act()
            return
        books = self.books

        def act_locked() -> None:
            with self.lock:
                if self.books is books:
                    act()

        timer = threading.Timer(seconds, act_locked)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()
