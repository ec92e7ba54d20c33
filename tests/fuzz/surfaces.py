"""The two surfaces that are fuzzed: where their documents are, who gets furthest with which paths, and what gets used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.api import access_table as easyticket
from tests.api.access_table import Row
from tests.api_v1 import access_table as cafa


@dataclass(frozen=True)
class Surface:
    """One of them."""

    name: str
    document: str
    rows: Sequence[Row]
    # The cases that follow from the document alone (`coverage`) are many and the same for everybody: each operation's are
    # sent by who gets furthest with it. What takes longest stands first and is begun first.
    covered: Mapping[str, str]
    # What is made anew after something was done to it that can be done once only, by what the operation's path begins with.
    used_up: Mapping[str, tuple[str, ...]]
    # Ends of the paths of such operations.
    once: tuple[str, ...]
    # Who does these loses the session or the password: an account of its own is thrown away for each.
    ends_session: tuple[str, ...]
    # Bodies and paths of these stand for an operation that is fuzzed already.
    left_out: str = r"^$"


SURFACES = {
    surface.name: surface
    for surface in (
        Surface(
            name="easyticket",
            document="/api/schema/",
            rows=easyticket.ROWS,
            covered={
                "organizer": r"^/api/(events/(?!categories)|tickets/(?!my-tickets))",
                "consumer": r"^/api/(auth|orders|tickets/my-tickets)/(?!cleanup)",
                "staff": r"^/api/(events/categories|orders/cleanup)",
                "anonymous": r"^/api/(schema|docs|redoc|webhooks)/",
                "other": r"^$",
            },
            used_up={
                "/api/events/categories/": ("category", "event"),
                "/api/events/": ("event", "draft", "pending", "paid"),
                "/api/tickets/types/": ("event", "draft", "pending", "paid"),
                "/api/tickets/my-tickets/": ("code_at_the_gate",),
                "/api/orders/": ("pending", "paid"),
            },
            once=(
                "publish/",
                "cancel/",
                "confirm_payment/",
                "create-payment-intent/",
                "refund/",
                "verify/",
            ),
            ends_session=("/api/auth/logout/", "/api/auth/change-password/"),
        ),
        Surface(
            name="cafa",
            document="/api/v1/schema/",
            rows=cafa.ROWS,
            covered={
                "organizer": r"^/api/v1/(events|organizers|auth/users/payment-profile|auth/withdrawal)/",
                "consumer": r"^/api/v1/(tickets|payments|auth/(?!users/payment-profile|withdrawal))",
                "anonymous": r"^/api/v1/(event-categories|public|contact|newsletter|schema|docs|redoc|webhooks)/",
                "other": r"^$",
                "staff": r"^$",
            },
            used_up=cafa.USED_UP,
            once=cafa.ONCE,
            ends_session=cafa.ENDS_SESSION,
            left_out=cafa.ALIASES,
        ),
    )
}
