"""Keys derived from the application's secret, and the secrets made with them: guest links, pages to
pay on, QR contents, mail tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID


def derived_key(secret_key: str, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose (HKDF-like, one HMAC-SHA256 step), so that no two uses share a key."""
    return hmac.new(secret_key.encode(), f"easyticket:{purpose}:1".encode(), hashlib.sha256).digest()


def digest(value: str) -> str:
    """Return the SHA-256 of a secret as hex: what the database keeps instead of the secret itself."""
    return hashlib.sha256(value.encode()).hexdigest()


def new_token() -> str:
    """Return a random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def order_secret(secret_key: str, order_uuid: UUID, generation: int = 0) -> str:
    """Return the 128-bit secret of a guest's order link as 32 hex digits; it can be made again for every mail.

    A link that came into the wrong hands is followed by one of a higher `generation`.
    """
    message = order_uuid.bytes + (generation.to_bytes(2, "big") if generation else b"")
    return hmac.new(derived_key(secret_key, "order-link"), message, hashlib.sha256).hexdigest()[:32]


def ticket_secret(secret_key: str, transfer_uuid: UUID) -> str:
    """Return the 128-bit secret of the link somebody gets who was sent a ticket, as 32 hex digits: each sending has its own."""
    key = derived_key(secret_key, "ticket-link")
    return hmac.new(key, transfer_uuid.bytes, hashlib.sha256).hexdigest()[:32]


def pay_token(secret_key: str, reference: str) -> str:
    """Return what opens our page of a payment, as 32 hex digits: its reference is seen by more people than may pay it."""
    return hmac.new(derived_key(secret_key, "pay-page"), reference.encode(), hashlib.sha256).hexdigest()[:32]


def mail_token(secret_key: str, token_uuid: UUID) -> str:
    """Return the 256-bit token of a mailed link; it can be made again for every try to send the mail."""
    return hmac.new(derived_key(secret_key, "mail-token"), token_uuid.bytes, hashlib.sha256).hexdigest()


def ticket_qr(secret_key: str, event_id: int, random_id: bytes, generation: int) -> str:
    """Return what a ticket's QR code holds: 64 lower-case hex digits that say nothing about anybody.

    The database stores only their digest, so a leaked database admits nobody; a re-issued ticket has a higher generation.
    """
    message = b"tkt0" + event_id.to_bytes(8, "big") + random_id + generation.to_bytes(2, "big")
    return hmac.new(derived_key(secret_key, "ticket-qr"), message, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time; text that is not ASCII is compared as bytes."""
    return hmac.compare_digest(left.encode(), right.encode())
