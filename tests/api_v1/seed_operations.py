"""The operations of the Cafa Tickets API: the 32 of its own page, what its two clients call beyond them, and other names.

Tests go through these lists so that an operation can neither be missing nor be added unseen.
"""

from __future__ import annotations

from tests.openapi import Operation

SEED: tuple[Operation, ...] = (
    ("POST", "/api/v1/auth/users/"),
    ("POST", "/api/v1/auth/login/"),
    ("POST", "/api/v1/auth/jwt/refresh/"),
    ("GET", "/api/v1/auth/profile/"),
    ("PATCH", "/api/v1/auth/profile/"),
    ("GET", "/api/v1/auth/users/stats/"),
    ("GET", "/api/v1/event-categories/"),
    ("GET", "/api/v1/events/"),
    ("GET", "/api/v1/events/past/"),
    ("GET", "/api/v1/events/{ref}/"),
    ("POST", "/api/v1/events/create/"),
    ("PATCH", "/api/v1/events/{ref}/update/"),
    ("GET", "/api/v1/events/my-events/"),
    ("GET", "/api/v1/events/my-events/{ref}/"),
    ("POST", "/api/v1/tickets/purchase/"),
    ("GET", "/api/v1/payments/{payment_id}/status/"),
    ("POST", "/api/v1/tickets/purchase/{purchase_id}/cancel/"),
    ("POST", "/api/v1/payments/{payment_id}/resend-tickets/"),
    ("GET", "/api/v1/tickets/my-tickets/"),
    ("GET", "/api/v1/tickets/{code}/"),
    ("GET", "/api/v1/tickets/{code}/download/"),
    ("GET", "/api/v1/tickets/attended-events/"),
    ("POST", "/api/v1/auth/users/payment-profile/"),
    ("GET", "/api/v1/auth/users/payment-profile/"),
    ("PATCH", "/api/v1/auth/users/payment-profile/{id}/"),
    ("DELETE", "/api/v1/auth/users/payment-profile/{id}/"),
    ("POST", "/api/v1/auth/users/payment-profile/{id}/set-default/"),
    ("GET", "/api/v1/auth/users/payment-profile/{id}/verification-status/"),
    ("POST", "/api/v1/auth/users/payment-profile/{id}/retry-verification/"),
    ("GET", "/api/v1/events/{ref}/analytics/"),
    ("GET", "/api/v1/events/{ref}/attendees/"),
    ("POST", "/api/v1/events/{ref}/checkin/"),
)

EXTRAS: tuple[Operation, ...] = (
    ("POST", "/api/v1/payments/initiate/"),
    ("GET", "/api/v1/payments/verify/{reference}/"),
    ("GET", "/api/v1/payments/mobile-callback/"),
    ("GET", "/api/v1/payments/"),
    ("GET", "/api/v1/payments/{payment_id}/"),
    ("POST", "/api/v1/auth/users/activation/"),
    ("POST", "/api/v1/auth/users/resend_activation/"),
    ("POST", "/api/v1/auth/users/reset_password/"),
    ("POST", "/api/v1/auth/users/reset_password_confirm/"),
    ("GET", "/api/v1/events/{ref}/checkin-history/"),
    ("POST", "/api/v1/events/{ref}/tickets/"),
    ("PATCH", "/api/v1/events/{ref}/tickets/{ticket_type_id}/"),
    ("DELETE", "/api/v1/events/{ref}/tickets/{ticket_type_id}/delete/"),
    ("DELETE", "/api/v1/events/{ref}/delete/"),
    ("GET", "/api/v1/organizers/revenue/"),
    ("GET", "/api/v1/auth/verification/status/"),
    ("POST", "/api/v1/auth/verification/upload-id/"),
    ("POST", "/api/v1/auth/verification/upload-selfie/"),
    ("POST", "/api/v1/auth/verification/retry/"),
    ("POST", "/api/v1/auth/withdrawal/request/"),
    ("GET", "/api/v1/auth/withdrawal/history/"),
    ("GET", "/api/v1/auth/withdrawal/{id}/"),
    ("POST", "/api/v1/auth/withdrawal/{id}/cancel/"),
    ("GET", "/api/v1/public/stats/"),
    ("POST", "/api/v1/auth/change-password/"),
    ("POST", "/api/v1/auth/change-username/"),
    ("POST", "/api/v1/auth/update-email/"),
    ("DELETE", "/api/v1/auth/delete/"),
    ("PATCH", "/api/v1/auth/settings/"),
    ("POST", "/api/v1/auth/logout/"),
    ("POST", "/api/v1/contact/"),
    ("POST", "/api/v1/newsletter/subscribe/"),
    ("POST", "/api/v1/payments/webhook/"),
    ("GET", "/api/v1/schema/"),
    ("GET", "/api/v1/docs/"),
    ("GET", "/api/v1/redoc/"),
)

#: The paths at which some of them stand as well, with the path they stand for.
ALIASES: dict[str, str] = {
    "/api/v1/auth/stats/": "/api/v1/auth/users/stats/",
    "/api/v1/auth/password/reset/": "/api/v1/auth/users/reset_password/",
    "/api/v1/auth/password/reset/confirm/": "/api/v1/auth/users/reset_password_confirm/",
    "/api/v1/auth/delete-account/": "/api/v1/auth/delete/",
    "/api/v1/auth/payment-profile/": "/api/v1/auth/users/payment-profile/",
    "/api/v1/auth/payment-profile/{id}/": "/api/v1/auth/users/payment-profile/{id}/",
    "/api/v1/auth/payment-profile/{id}/set-default/": "/api/v1/auth/users/payment-profile/{id}/set-default/",
    "/api/v1/auth/payment-profile/{id}/verification-status/": (
        "/api/v1/auth/users/payment-profile/{id}/verification-status/"
    ),
    "/api/v1/auth/payment-profile/{id}/retry-verification/": (
        "/api/v1/auth/users/payment-profile/{id}/retry-verification/"
    ),
    "/api/v1/events/my-events/{ref}/edit/": "/api/v1/events/{ref}/update/",
    "/api/v1/events/my-events/{ref}/analytics/": "/api/v1/events/{ref}/analytics/",
    "/api/v1/events/{ref}/tickets/create/": "/api/v1/events/{ref}/tickets/",
    "/api/v1/events/{ref}/tickets/{ticket_type_id}/edit/": "/api/v1/events/{ref}/tickets/{ticket_type_id}/",
    "/api/v1/webhooks/paystack/transfer/": "/api/v1/payments/webhook/",
}

OPERATIONS = (*SEED, *EXTRAS)
TAGS = (
    "Authentication",
    "User Profile",
    "Identity Verification",
    "Event Categories",
    "Events",
    "Organizing Events",
    "Ticket Types",
    "Purchases",
    "Payments",
    "Tickets",
    "Payment Profiles",
    "Withdrawals",
    "Analytics",
    "Attendees and Check-in",
    "Public",
    "Webhooks",
    "API Documentation",
)
