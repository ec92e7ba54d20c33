"""Sends a double's webhooks from a thread of its own: twice, late, in another order, or not at all, as a test asks."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

# Seconds until the next try of a webhook that was not answered with 2xx. Providers wait for minutes and hours.
RETRIES = (0.1, 0.2, 0.4, 0.8)
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Delivery:
    """One try to hand over a webhook: what it was (`kind`), its bytes, and the status of the answer, 0 for none."""

    kind: str
    body: bytes = field(repr=False)
    url: str
    status: int


class Deliveries:
    """Webhooks on their way. `sign` gives the headers for the bytes that are sent; it is asked anew for every try.

    What tests change: `urls`, `duplicate` (how often each is sent), `parallel` (how many are sent at one time), `delay`
    (seconds), `dropping` and `holding` (nothing is sent; what is held can be released, in another order too), `retries`.
    """

    def __init__(self, sign: Callable[[bytes], dict[str, str]]) -> None:
        self.sign = sign
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._workers: list[threading.Thread] = []
        self._stopping = False
        self._busy = 0
        self.clear()

    def clear(self) -> None:
        """Forget the addresses, what waits and what was sent, and be well-behaved again; what is on its way arrives first."""
        with self._changed:
            self.urls: list[str] = []
            self.duplicate, self.parallel, self.delay = 1, 1, 0.0
            self.dropping, self.holding = False, False
            self.retries: tuple[float, ...] = RETRIES
            self.held: list[tuple[str, bytes]] = []
            self.sent: list[Delivery] = []
            self._waiting: list[tuple[float, int, int, str, str, bytes]] = []
            self._changed.wait_for(lambda: not self._busy, ANSWER_SECONDS)
            self.sent.clear()
            self._waiting.clear()

    def post(self, kind: str, body: bytes) -> None:
        """Send a webhook to every address as the settings of the moment say; return at once."""
        with self._changed:
            if self.dropping:
                return
            if self.holding:
                self.held.append((kind, body))
                return
            self._queue(kind, body)

    def release(self, shuffle: int | None = None, reverse: bool = False) -> int:
        """Send what was held, in the order of a seed or backwards if asked, and hold no more; return how many."""
        with self._changed:
            held, self.held, self.holding = self.held, [], False
            if reverse:
                held.reverse()
            if shuffle is not None:
                random.Random(shuffle).shuffle(held)  # noqa: S311
            for kind, body in held:
                self._queue(kind, body)
            return len(held)

    def wait(self, seconds: float = 10) -> list[Delivery]:
        """Return all deliveries once nothing waits any more, failed ones and their repetitions too.

        :raises TimeoutError: something is still on its way after `seconds`.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not (self._waiting or self._busy), seconds):
                raise TimeoutError(f"{len(self._waiting) + self._busy} webhooks are still on their way")
            return list(self.sent)

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopping = True
            workers, self._workers = self._workers, []
            self._changed.notify_all()
        for worker in workers:
            worker.join(ANSWER_SECONDS)

    def _queue(self, kind: str, body: bytes) -> None:
        for url in self.urls:
            for _ in range(self.duplicate):
                self._push(self.delay, 0, kind, url, body)
        self._stopping = False
        while len(self._workers) < self.parallel:
            self._workers.append(threading.Thread(target=self._run, daemon=True))
            self._workers[-1].start()

    def _push(self, delay: float, tries: int, kind: str, url: str, body: bytes) -> None:
        entry = (time.monotonic() + delay, next(self._numbers), tries, kind, url, body)
        heapq.heappush(self._waiting, entry)
        self._changed.notify_all()

    def _run(self) -> None:
        with httpx.Client(timeout=ANSWER_SECONDS, trust_env=False) as client:
            while (entry := self._next()) is not None:
                tries, kind, url, body = entry
                status = self._send(client, url, body)
                with self._changed:
                    self._note(Delivery(kind, body, url, status), tries)
                    self._changed.notify_all()

    def _next(self) -> tuple[int, str, str, bytes] | None:
        with self._changed:
            while not self._stopping:
                seconds = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if seconds is not None and seconds <= 0:
                    self._busy += 1
                    return heapq.heappop(self._waiting)[2:]
                self._changed.wait(seconds)
        return None

    def _send(self, client: httpx.Client, url: str, body: bytes) -> int:
        headers = {"Content-Type": "application/json; charset=utf-8", **self.sign(body)}
        try:
            return client.post(url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def _note(self, delivery: Delivery, tries: int) -> None:
        self._busy -= 1
        self.sent.append(delivery)
        if not 200 <= delivery.status < 300 and tries < len(self.retries):
            self._push(self.retries[tries], tries + 1, delivery.kind, delivery.url, delivery.body)
