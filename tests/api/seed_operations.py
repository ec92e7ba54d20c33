"""The 77 operations of the API by the tag they stand under, in the order in which the API's documents give them.

Tests go through this list so that an operation can neither be missing nor be added unseen.
"""

from __future__ import annotations

#: (method, path), the parts of a path that vary in braces.
Operation = tuple[str, str]

OPERATIONS_BY_TAG: dict[str, tuple[Operation, ...]] = {
    "Authentication": (
        ("POST", "/api/auth/signup/"),
        ("POST", "/api/auth/verify-email/"),
        ("POST", "/api/auth/resend-verification/"),
        ("POST", "/api/auth/login/"),
        ("POST", "/api/auth/logout/"),
        ("POST", "/api/auth/token/refresh/"),
        ("GET", "/api/auth/profile/"),
        ("PUT", "/api/auth/profile/"),
        ("PATCH", "/api/auth/profile/"),
        ("POST", "/api/auth/change-password/"),
    ),
    "Event Categories": (
        ("GET", "/api/events/categories/"),
        ("GET", "/api/events/categories/{slug}/"),
        ("POST", "/api/events/categories/"),
        ("PUT", "/api/events/categories/{slug}/"),
        ("PATCH", "/api/events/categories/{slug}/"),
        ("DELETE", "/api/events/categories/{slug}/"),
    ),
    "Events": (
        ("GET", "/api/events/"),
        ("GET", "/api/events/{slug}/"),
        ("POST", "/api/events/"),
        ("PUT", "/api/events/{slug}/"),
        ("PATCH", "/api/events/{slug}/"),
        ("DELETE", "/api/events/{slug}/"),
        ("GET", "/api/events/my_events/"),
        ("GET", "/api/events/upcoming/"),
        ("GET", "/api/events/featured/"),
        ("GET", "/api/events/search/"),
        ("POST", "/api/events/{slug}/publish/"),
        ("POST", "/api/events/{slug}/cancel/"),
    ),
    "Tickets": (
        ("GET", "/api/tickets/types/"),
        ("GET", "/api/tickets/types/{id}/"),
        ("POST", "/api/tickets/types/"),
        ("PUT", "/api/tickets/types/{id}/"),
        ("PATCH", "/api/tickets/types/{id}/"),
        ("DELETE", "/api/tickets/types/{id}/"),
        ("GET", "/api/tickets/types/by_event/"),
        ("GET", "/api/tickets/types/available/"),
    ),
    "Ticket Tiers": (
        ("GET", "/api/tickets/tiers/"),
        ("GET", "/api/tickets/tiers/{id}/"),
        ("POST", "/api/tickets/tiers/"),
        ("PUT", "/api/tickets/tiers/{id}/"),
        ("PATCH", "/api/tickets/tiers/{id}/"),
        ("DELETE", "/api/tickets/tiers/{id}/"),
    ),
    "Day Passes": (
        ("GET", "/api/tickets/day-passes/"),
        ("GET", "/api/tickets/day-passes/{id}/"),
        ("POST", "/api/tickets/day-passes/"),
        ("PUT", "/api/tickets/day-passes/{id}/"),
        ("PATCH", "/api/tickets/day-passes/{id}/"),
        ("DELETE", "/api/tickets/day-passes/{id}/"),
    ),
    "Day+Tier Prices": (
        ("GET", "/api/tickets/day-tier-prices/"),
        ("GET", "/api/tickets/day-tier-prices/{id}/"),
        ("POST", "/api/tickets/day-tier-prices/"),
        ("PUT", "/api/tickets/day-tier-prices/{id}/"),
        ("PATCH", "/api/tickets/day-tier-prices/{id}/"),
        ("DELETE", "/api/tickets/day-tier-prices/{id}/"),
        ("GET", "/api/tickets/day-tier-prices/matrix/"),
    ),
    "My Tickets": (
        ("GET", "/api/tickets/my-tickets/"),
        ("GET", "/api/tickets/my-tickets/{id}/"),
        ("POST", "/api/tickets/my-tickets/verify/"),
        ("GET", "/api/tickets/my-tickets/stats/"),
        ("GET", "/api/tickets/my-tickets/{id}/download/"),
    ),
    "Orders": (
        ("GET", "/api/orders/"),
        ("GET", "/api/orders/{id}/"),
        ("POST", "/api/orders/"),
        ("GET", "/api/orders/pending/"),
        ("GET", "/api/orders/confirmed/"),
        ("POST", "/api/orders/{id}/cancel/"),
        ("POST", "/api/orders/{id}/confirm_payment/"),
        ("GET", "/api/orders/stats/"),
        ("GET", "/api/orders/my_tickets/"),
        ("POST", "/api/orders/cleanup_expired/"),
    ),
    "Payments": (
        ("POST", "/api/orders/{id}/create-payment-intent/"),
        ("GET", "/api/orders/{id}/payment-status/"),
        ("POST", "/api/orders/{id}/refund/"),
    ),
    "Webhooks": (("POST", "/api/webhooks/stripe/"),),
    "API Documentation": (
        ("GET", "/api/schema/"),
        ("GET", "/api/docs/"),
        ("GET", "/api/redoc/"),
    ),
}

TAGS = tuple(OPERATIONS_BY_TAG)
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for operations in OPERATIONS_BY_TAG.values() for operation in operations
)
