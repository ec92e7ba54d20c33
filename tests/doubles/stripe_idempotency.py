"""Idempotency keys as Stripe has them: the first answer that work was begun for is kept and given again, failures too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug import Request, Response

from tests.doubles.stripe_errors import Refusal

KEEP_SECONDS = 24 * 3600
# Members of an answer that says nothing was begun: it is not kept.
NOT_BEGUN = "X-Double-Not-Begun"


@dataclass
class Kept:
    """The request a key came with first, and its answer once there is one."""

    path: str
    params: str
    at: float
    status: int = 0
    body: bytes = b""
    request_id: str = ""


class Idempotency:
    """The keys of an account. One key belongs to one request: its path and parameters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Kept] = {}

    def clear(self) -> None:
        """Forget all keys."""
        with self._lock:
            self._kept.clear()

    def once(self, account: str, request: Request, params: str, work: Callable[[], Response]) -> Response:
        """Return the answer kept for the key of the request, or do the work and keep its answer.

        :raises Refusal: the key came with another request before, or its first request still runs.
        """
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key:
            return work()
        if len(key) > 255:
            raise Refusal("Idempotency keys have at most 255 characters.", kind="idempotency_error")
        with self._lock:
            kept = self._kept.get((account, key))
            if kept and time.time() - kept.at < KEEP_SECONDS:
                return self._again(kept, key, request.path, params)
            kept = self._kept[account, key] = Kept(request.path, params, time.time())
        return self._first(kept, account, key, work)

    def _first(self, kept: Kept, account: str, key: str, work: Callable[[], Response]) -> Response:
        response = None
        try:
            response = work()
            return response
        finally:
            with self._lock:
                if response is None or NOT_BEGUN in response.headers:
                    self._kept.pop((account, key), None)
                else:
                    kept.body, kept.status = response.get_data(), response.status_code
                    kept.request_id = response.headers.get("Request-Id", "")

    def _again(self, kept: Kept, key: str, path: str, params: str) -> Response:
        other = f" Try using a key other than '{key}' if you meant to execute a different request."
        if kept.path != path:
            raise Refusal(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{path}' vs '{kept.path}').{other}",
                kind="idempotency_error",
            )
        if kept.params != params:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                + other,
                kind="idempotency_error",
            )
        if not kept.status:
            raise Refusal(
                "There is currently another in-progress request using this Stripe Idempotency Key.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        response = Response(kept.body, kept.status, content_type="application/json")
        response.headers |= {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
        return response
