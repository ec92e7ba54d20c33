"""Pages of forms that only the owner of an account sends: whoever acts in their place is refused the page already."""

from __future__ import annotations

from flask import request

from easyticket.http.auth import current_actor
from easyticket.rules.permissions import require_in_person

# What their POST asks rules/permissions.IN_PERSON about.
_ENDPOINTS = frozenset(
    {
        "account.change_address",
        "account.change_password",
        "account.delete",
        "orders.send",
        "organizer.ask_for_payout",
        "organizer.delete_account",
        "organizer.edit_account",
        "organizer.new_account",
        "organizer.seller",
        "tickets.send",
    }
)


def refuse_in_place_of_others() -> None:
    """Refuse such a page to an administrator who acts in the place of its owner.

    :raises Forbidden: one does.
    """
    if request.endpoint in _ENDPOINTS:
        require_in_person(current_actor())
