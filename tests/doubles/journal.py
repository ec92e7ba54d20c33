"""The requests a double was asked, in their order, so that tests see what was sent and how often."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field

from werkzeug import Request


@dataclass
class Call:
    """One request; `status` is 0 until it is answered."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str] = field(repr=False)
    status: int = 0


class Journal:
    """All calls since the last `clear`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[Call] = []

    def begin(self, request: Request) -> Call:
        """Write down a request that has come in."""
        call = Call(
            method=request.method,
            path=request.path,
            query=request.query_string.decode("latin-1"),
            body=request.get_data().decode("utf-8", "replace"),
            headers=dict(request.headers),
        )
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()
        return call

    def calls(self, method: str = "", path: str = "") -> list[Call]:
        """Return the calls of a method (any when empty) whose path matches the regular expression."""
        with self._changed:
            return [
                call for call in self._calls if method in ("", call.method) and re.search(path, call.path)
            ]

    def wait_for(self, count: int, method: str = "", path: str = "", seconds: float = 5) -> list[Call]:
        """Return such calls as soon as there are `count`.

        :raises TimeoutError: there are fewer after `seconds`.
        """
        ends = time.monotonic() + seconds
        with self._changed:
            while len(found := self.calls(method, path)) < count:
                if not self._changed.wait(ends - time.monotonic()) and time.monotonic() >= ends:
                    raise TimeoutError(f"{len(found)} of {count} calls {method} {path}")
        return found

    def clear(self) -> None:
        """Forget all."""
        with self._changed:
            self._calls.clear()
