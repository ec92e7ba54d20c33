"""What can go wrong in a use case, in words for the person who asked. These know nothing of HTTP.

Each surface turns a kind into its own status and body (easyticket/http/errors.py). Concrete errors,
such as `SoldOut`, live beside the service that raises them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class AppError(Exception):
    """A refusal with a stable code, a sentence for people and, where it concerns input, messages by field.

    `context` is what a program may want to know besides: plain values that JSON can hold.
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.context = dict(context or {})
        self.code = code or type(self).code
        self.fields: dict[str, list[str]] = {name: list(texts) for name, texts in (fields or {}).items()}


class Invalid(AppError):
    """The request cannot be carried out as it was said; the fields name what would be right."""

    code = "invalid"


class Unauthenticated(AppError):
    """Nobody is signed in, or the proof of it is no longer good."""

    code = "not_authenticated"


class Forbidden(AppError):
    """The actor is known and may not do this."""

    code = "permission_denied"


class NotFound(AppError):
    """There is no such thing, or none that this actor may see."""

    code = "not_found"


class Conflict(AppError):
    """The request was fine, but the present state of the thing does not allow it."""

    code = "conflict"


class TooMany(AppError):
    """Too many tries; `retry_after` is in seconds."""

    code = "throttled"

    def __init__(self, message: str, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class ProviderDown(AppError):
    """An outside party did not answer or answered nonsense; nothing is known to have failed."""

    code = "provider_down"


class Unavailable(AppError):
    """This part of the service is switched off or cannot work now; `retry_after` is in seconds, None for nobody knows."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after: int | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


def invalid_field(name: str, message: str) -> Invalid:
    """Return the error for one wrong field, with the same sentence as its message."""
    return Invalid(message, fields={name: [message]})
