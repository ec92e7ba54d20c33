"""Who may do what: one table that services and templates ask. Surfaces establish the `Actor`, never the answer."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from easyticket.core.errors import Forbidden, Unauthenticated
from easyticket.core.signing import digest, same


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `order_digest` is set for someone who came with the secret link of one order, `ticket_digest` with that
    of one ticket that was sent on."""

    user_id: int | None = None
    email: str = ""
    is_staff: bool = False
    is_organizer: bool = False
    is_email_verified: bool = False
    order_digest: str = ""
    ticket_digest: str = ""
    # The administrator who acts in this person's place, if one does.
    staff_id: int | None = None
    # The application itself: jobs, the command line, demo data.
    is_system: bool = False

    def with_order_secret(self, secret: str) -> Actor:
        """Return the same actor holding the secret of one order's link."""
        return replace(self, order_digest=digest(secret))

    def with_ticket_secret(self, secret: str) -> Actor:
        """Return the same actor holding the secret of one sent ticket's link."""
        return replace(self, ticket_digest=digest(secret))


ANONYMOUS = Actor()
SYSTEM = Actor(is_staff=True, is_system=True)

# What whoever has to prove their address first is told.
NOT_PROVED = "Verify your e-mail address first: the mail we sent you has a link for it."


class Permission(enum.StrEnum):
    """One thing somebody may or may not do."""

    BUY = "buy"
    CREATE_EVENT = "create_event"
    CREATE_OWN_EVENT = "create_own_event"
    SEE_EVENT = "see_event"
    EDIT_EVENT = "edit_event"
    COPY_EVENT = "copy_event"
    PUBLISH_EVENT = "publish_event"
    CANCEL_EVENT = "cancel_event"
    DELETE_EVENT = "delete_event"
    FEATURE_EVENT = "feature_event"
    TAKE_DOWN_EVENT = "take_down_event"
    SET_EVENT_FEE = "set_event_fee"
    RUN_SITE = "run_site"
    LIST_OWN_EVENTS = "list_own_events"
    ADD_TICKET_TYPES = "add_ticket_types"
    EDIT_TICKET_TYPES = "edit_ticket_types"
    ADD_OFFERS = "add_offers"
    EDIT_OFFERS = "edit_offers"
    SEE_SALES = "see_sales"
    EDIT_SOLD_ORDER = "edit_sold_order"
    SELL_AT_DOOR = "sell_at_door"
    USE_GATES = "use_gates"
    SCAN_TICKETS = "scan_tickets"
    SEE_ORDER = "see_order"
    PAY_ORDER = "pay_order"
    CANCEL_ORDER = "cancel_order"
    REFUND_ORDER = "refund_order"
    RETRY_REFUND = "retry_refund"
    CLEAN_UP_ORDERS = "clean_up_orders"
    REVIEW_PAYMENTS = "review_payments"
    SEE_TICKET = "see_ticket"
    SEND_TICKET_ON = "send_ticket_on"
    EDIT_CATEGORIES = "edit_categories"
    EDIT_OWN_PROFILE = "edit_own_profile"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    MANAGE_PEOPLE = "manage_people"
    ACT_FOR_OTHERS = "act_for_others"
    EDIT_PAYMENT_PROFILE = "edit_payment_profile"
    CHECK_ACCOUNTS = "check_accounts"
    REQUEST_PAYOUT = "request_payout"
    CANCEL_PAYOUT = "cancel_payout"
    RECORD_PAYOUT = "record_payout"
    SEE_MONEY = "see_money"
    EDIT_SELLER = "edit_seller"


def _anyone(_actor: Actor, _target: Any) -> bool:
    return True


def _signed_in(actor: Actor, _target: Any) -> bool:
    return actor.user_id is not None or actor.is_system


def _staff(actor: Actor, _target: Any) -> bool:
    return actor.is_staff


def _organizer(actor: Actor, _target: Any) -> bool:
    return actor.is_organizer or actor.is_system


def _organizer_account(actor: Actor, _target: Any) -> bool:
    return actor.is_organizer and not actor.is_staff


def _organizer_or_staff(actor: Actor, _target: Any) -> bool:
    return actor.is_organizer or actor.is_staff


def _owns_event(actor: Actor, event: Any) -> bool:
    return actor.is_staff or (actor.user_id is not None and event.organizer_id == actor.user_id)


def _organizes_event(actor: Actor, event: Any) -> bool:
    return actor.is_organizer and actor.user_id is not None and event.organizer_id == actor.user_id


def _sees_event(actor: Actor, event: Any) -> bool:
    is_out = event.status != "draft" and event.taken_down_at is None
    return is_out or _owns_event(actor, event)


def _owns_order(actor: Actor, order: Any) -> bool:
    owner = actor.user_id is not None and order.user_id == actor.user_id
    return owner or (bool(actor.order_digest) and same(actor.order_digest, order.secret_digest))


def _owns_order_or_staff(actor: Actor, order: Any) -> bool:
    return actor.is_staff or _owns_order(actor, order)


def _may_refund(actor: Actor, order: Any) -> bool:
    return _owns_order_or_staff(actor, order) or _owns_event(actor, order.event)


def _sold_order(actor: Actor, order: Any) -> bool:
    return _owns_event(actor, order.event)


def _holds_ticket(actor: Actor, ticket: Any) -> bool:
    """Whoever bought it, until it is sent on; from then on whoever it was sent to, and nobody who had it before."""
    if ticket.sent_on_at is None:
        return _owns_order(actor, ticket.order)
    if actor.user_id is not None and ticket.owner_id == actor.user_id:
        return True
    return bool(actor.ticket_digest) and same(actor.ticket_digest, ticket.transfers[-1].secret_digest)


def _sees_ticket(actor: Actor, ticket: Any) -> bool:
    return actor.is_staff or _holds_ticket(actor, ticket)


def _verified(actor: Actor, _target: Any) -> bool:
    return actor.user_id is not None and actor.is_email_verified


def _owns_payment_profile(actor: Actor, profile: Any) -> bool:
    return _verified(actor, profile) and (profile is None or profile.user_id == actor.user_id)


def _owns_payout(actor: Actor, payout: Any) -> bool:
    return actor.user_id is not None and payout.organizer_id == actor.user_id


Rule = Callable[[Actor, Any], bool]

# The whole table. The sentence is what the refused read; where the API contract gives one, it is that one.
PERMISSIONS: dict[Permission, tuple[Rule, str]] = {
    Permission.BUY: (_anyone, "You may not buy tickets."),
    Permission.CREATE_EVENT: (_organizer, "Only organizers can perform this action"),
    # Clients of the API know administrators as those who manage the events of others.
    Permission.CREATE_OWN_EVENT: (_organizer_account, "Only organizers can perform this action"),
    Permission.SEE_EVENT: (_sees_event, "You may not see this event."),
    Permission.EDIT_EVENT: (_owns_event, "You can only modify your own events"),
    # The copy is whoever's who makes it, so nobody copies for somebody else.
    Permission.COPY_EVENT: (_organizes_event, "You can only copy your own events"),
    Permission.PUBLISH_EVENT: (_owns_event, "You do not have permission to publish this event."),
    Permission.CANCEL_EVENT: (_owns_event, "You do not have permission to cancel this event."),
    Permission.DELETE_EVENT: (_owns_event, "You can only modify your own events"),
    Permission.FEATURE_EVENT: (_staff, "Only administrators can feature an event."),
    Permission.TAKE_DOWN_EVENT: (_staff, "Only administrators can hide an event or take it down."),
    Permission.SET_EVENT_FEE: (_staff, "Only administrators can set the fee of an event."),
    Permission.RUN_SITE: (_staff, "Only administrators can see how the site runs."),
    Permission.LIST_OWN_EVENTS: (_organizer_account, "Only organizers can access this endpoint."),
    Permission.ADD_TICKET_TYPES: (_organizer, "Only organizers can perform this action"),
    Permission.EDIT_TICKET_TYPES: (_owns_event, "Only the event organizer can manage tickets"),
    Permission.ADD_OFFERS: (_organizer, "You do not have permission to perform this action."),
    Permission.EDIT_OFFERS: (_owns_event, "You do not have permission to perform this action."),
    Permission.SEE_SALES: (_owns_event, "You can only see the sales of your own events"),
    Permission.EDIT_SOLD_ORDER: (_sold_order, "You can only change orders of your own events"),
    Permission.SELL_AT_DOOR: (_owns_event, "You can only sell tickets of your own events"),
    # Somebody's tickets, whoever's they are; which ones is asked when the code is known.
    Permission.USE_GATES: (_organizer_or_staff, "Only staff and event organizers can scan tickets"),
    Permission.SCAN_TICKETS: (_owns_event, "Only staff and event organizers can scan tickets"),
    Permission.SEE_ORDER: (_owns_order_or_staff, "You may not see this order."),
    Permission.PAY_ORDER: (_owns_order, "You may not pay this order."),
    Permission.CANCEL_ORDER: (_owns_order_or_staff, "You may not cancel this order."),
    Permission.REFUND_ORDER: (_may_refund, "You may not refund this order."),
    Permission.RETRY_REFUND: (_sold_order, "You may not refund this order."),
    Permission.CLEAN_UP_ORDERS: (_staff, "Only administrators can trigger order cleanup."),
    Permission.REVIEW_PAYMENTS: (_staff, "Only administrators can decide about payments."),
    Permission.SEE_TICKET: (_sees_ticket, "You may not see this ticket."),
    Permission.SEND_TICKET_ON: (_holds_ticket, "You may not send this ticket on."),
    Permission.EDIT_CATEGORIES: (_staff, "You do not have permission to perform this action."),
    Permission.EDIT_OWN_PROFILE: (_signed_in, "You do not have permission to perform this action."),
    # How one signs in, where one is signed in, everything that is kept about one, and the end of the account.
    Permission.KEEP_OWN_ACCOUNT: (_signed_in, "You do not have permission to perform this action."),
    Permission.MANAGE_PEOPLE: (_staff, "Only administrators can see and change the accounts of others."),
    Permission.ACT_FOR_OTHERS: (_staff, "Only administrators can act in the place of others."),
    Permission.EDIT_PAYMENT_PROFILE: (_owns_payment_profile, NOT_PROVED),
    Permission.CHECK_ACCOUNTS: (_staff, "Only administrators can check accounts."),
    Permission.REQUEST_PAYOUT: (_verified, NOT_PROVED),
    Permission.CANCEL_PAYOUT: (_owns_payout, "You may not cancel this withdrawal."),
    Permission.RECORD_PAYOUT: (_staff, "Only administrators can record payouts."),
    # One's own, whoever one is.
    Permission.SEE_MONEY: (_organizer, "Only organizers can see what they earned."),
    Permission.EDIT_SELLER: (_organizer, "Only organizers can say what their receipts say."),
}

_NEEDS_NOBODY = {
    Permission.BUY,
    Permission.SEE_EVENT,
    Permission.SEE_ORDER,
    Permission.SEE_TICKET,
    Permission.SEND_TICKET_ON,
}


# What nobody does in the place of somebody else: it is about their money, about who they are, or gives away what is theirs.
IN_PERSON = {
    Permission.SEND_TICKET_ON,
    Permission.KEEP_OWN_ACCOUNT,
    Permission.EDIT_PAYMENT_PROFILE,
    Permission.REQUEST_PAYOUT,
    Permission.CANCEL_PAYOUT,
    Permission.EDIT_SELLER,
}
_IN_PERSON_ONLY = "Only the owner of the account can do this. You act in their place."


def require_in_person(actor: Actor) -> None:
    """Return if nobody acts in the place of the actor: for pages of forms that only the owner of an account sends.

    :raises Forbidden: an administrator acts in their place.
    """
    if actor.staff_id is not None:
        raise Forbidden(_IN_PERSON_ONLY, code="in_person_only")


def may(actor: Actor, permission: Permission, target: Any = None) -> bool:
    """Tell whether `actor` may do this to `target` (the event, order or ticket it is about)."""
    if actor.staff_id is not None and permission in IN_PERSON:
        return False
    rule, _ = PERMISSIONS[permission]
    return actor.is_system or rule(actor, target)


def require(actor: Actor, permission: Permission, target: Any = None) -> None:
    """Return if `actor` may do this to `target`.

    :raises Unauthenticated: nobody is signed in and signing in could help.
    :raises Forbidden: the actor is known and may not.
    """
    if may(actor, permission, target):
        return
    if actor.user_id is None and not actor.order_digest and permission not in _NEEDS_NOBODY:
        raise Unauthenticated("Authentication credentials were not provided.")
    if actor.staff_id is not None and permission in IN_PERSON:
        require_in_person(actor)
    raise Forbidden(PERMISSIONS[permission][1])
