"""Whether an event may be shown to everybody, as far as the people are concerned."""

from __future__ import annotations

from easyticket.models import User
from easyticket.rules.permissions import Actor


def may_go_live(actor: Actor, organizer: User) -> bool:
    """Tell whether `actor` may publish events of `organizer`: an address is proved, or an administrator vouches for it."""
    return actor.is_staff or organizer.is_email_verified
