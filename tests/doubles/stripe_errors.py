"""Stripe's errors: a status and an envelope with type, code, message and param."""

from __future__ import annotations

from typing import Any

Thing = dict[str, Any]
DOCS = "https://docs.stripe.com/error-codes/"


class Refusal(Exception):
    """What Stripe answers instead of the object; `more` are further members of the error, as `payment_intent`."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: Thing = {"message": message, "type": kind}
        if code:
            self.error |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        self.error |= more

    @property
    def is_before_the_work(self) -> bool:
        """Tell whether the request was refused before anything was begun: such an answer is not kept for its key."""
        code = self.error.get("code", "")
        return self.status in (401, 409, 429) or code.startswith("parameter_")


def unknown_parameter(name: str) -> Refusal:
    """The request names a parameter that the endpoint does not have."""
    return Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Refusal:
    """A required parameter is not there."""
    return Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


def no_such(what: str, name: str, param: str, *, in_url: bool = False, hint: str = "") -> Refusal:
    """There is no such object, or none that this key may see."""
    return Refusal(
        f"No such {what}: '{name}'{hint}",
        status=404 if in_url else 400,
        code="resource_missing",
        param=param,
    )


def unexpected_state(message: str, intent: Thing) -> Refusal:
    """The payment intent is in a state in which this cannot be done."""
    return Refusal(message, code="payment_intent_unexpected_state", payment_intent=intent)
