"""How passwords are kept: argon2id, and a check that takes as long for an account that does not exist."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from easyticket.core.errors import invalid_field
from easyticket.core.signing import new_token
from easyticket.rules.passwords import MAX_LENGTH

WRONG_PASSWORD = "Current password is incorrect"  # noqa: S105 (a sentence, not a password)

# OWASP's second choice, about 35 ms on a small server. Raising a number rehashes each password at its next sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODYS_HASH = _HASHER.hash(new_token())


def hash_password(password: str) -> str:
    """Return what the database keeps of a password. Slow on purpose: call it outside a transaction."""
    return _HASHER.hash(_normal(password))


def is_right_password(password_hash: str | None, password: str) -> bool:
    """Tell whether this is the password, as slowly for None (nobody of that name) as for a real hash."""
    try:
        return _HASHER.verify(password_hash or _NOBODYS_HASH, _normal(password[: MAX_LENGTH + 1]))
    except (VerificationError, InvalidHashError):
        return False


def check_own_password(password_hash: str, password: str, *, field: str) -> None:
    """Return if whoever is signed in knows the account's password as well. Slow: call it outside a transaction.

    :raises Invalid: on `field`: it is another.
    """
    if not is_right_password(password_hash, password):
        raise invalid_field(field, WRONG_PASSWORD)


def needs_new_hash(password_hash: str) -> bool:
    """True for a hash made with other numbers than the present ones."""
    return _HASHER.check_needs_rehash(password_hash)


def _normal(password: str) -> bytes:
    # The same letters typed on another keyboard may arrive as other code points; JSON may carry half a pair.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
