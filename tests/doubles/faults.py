"""Faults a double makes on demand: each is armed for the next requests that fit it, and used up by them."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from werkzeug import Response

KINDS = (
    "slow",  # wait `seconds`, then answer as always
    "hang_before",  # wait `seconds` (longer than the client) and do the work then
    "hang_after",  # do the work, then wait `seconds` before the answer
    "error_before",  # answer `status` with nothing done
    "error_after",  # do the work and answer `status`
    "malformed",  # do the work; the answer is no JSON
    "html",  # do the work; the answer is a page of some proxy, with `status`
    "truncated",  # do the work; the connection ends in the middle of the answer
    "dropped",  # do the work; the connection ends before the answer
)


@dataclass
class Fault:
    """One kind of fault for the next `times` requests whose path matches the regular expression, after `skip` others."""

    kind: str
    path: str = ""
    method: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 30
    status: int = 500

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}; there are {', '.join(KINDS)}")

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a request is meant."""
        return self.times > 0 and self.method in ("", method) and re.search(self.path, path) is not None

    def spoil(self, response: Response) -> Response:
        """Return what arrives at the client instead of the answer."""
        if self.kind == "malformed":
            return Response(response.get_data()[:-1] + b",,", 200, content_type="application/json")
        if self.kind == "html":
            page = f"<!doctype html><title>{self.status}</title><h1>Bad gateway</h1>"
            return Response(page, self.status, content_type="text/html")
        if self.kind == "truncated":
            return _cut(response)
        return response


class Faults:
    """The armed faults, the first fitting one is taken; and the answers that hang, which can be released together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []
        self._released = threading.Event()
        self._hanging = 0
        self._begins_to_hang = threading.Condition()

    def add(self, fault: Fault) -> None:
        """Arm one more."""
        with self._lock:
            self._armed.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Use up one time of the first fault that fits."""
        with self._lock:
            for fault in self._armed:
                if not fault.fits(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        """Disarm all and release what hangs."""
        with self._lock:
            self._armed.clear()
        self.release()

    def wait(self, seconds: float) -> None:
        """Hang for so long, or until released."""
        with self._lock:
            released = self._released
        self._count(1)
        released.wait(seconds)
        self._count(-1)

    def _count(self, change: int) -> None:
        with self._begins_to_hang:
            self._hanging += change
            self._begins_to_hang.notify_all()

    def wait_until_hanging(self, count: int = 1, seconds: float = 5) -> None:
        """Return as soon as so many requests hang.

        :raises TimeoutError: fewer do after `seconds`.
        """
        with self._begins_to_hang:
            if not self._begins_to_hang.wait_for(lambda: self._hanging >= count, seconds):
                raise TimeoutError(f"{self._hanging} of {count} requests hang")

    def release(self) -> None:
        """Let go what hangs now; what comes later hangs again."""
        with self._lock:
            self._released.set()
            self._released = threading.Event()


def _cut(response: Response) -> Response:
    whole = response.get_data()
    cut = Response(whole[: len(whole) // 2], response.status_code, content_type=response.content_type)
    cut.automatically_set_content_length = False
    cut.headers["Content-Length"] = str(len(whole))
    return cut
