"""Every page people can see: where it is, who opens it, and what they type wrong into its form.

Names in braces are places that tests/journeys/odd_content.py makes. A page with a form is looked at as it comes back with
what was wrong: all of the page before is on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from easyticket.services.demo.people import ADMIN, ATTENDEE, ORGANIZER
from tests.journeys.odd_content import LONG, NONE, ODD, ONE, UNPROVED


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a page: in whose browser ("" is a stranger's), and what is typed into its form before it is sent."""

    path: str
    who: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


FOR_EVERYBODY = {
    "home": Look("/"),
    "browse": Look("/events/"),
    "nothing found": Look("/events/?q=zzzz&city=Accra&date=never&min=x"),
    "past events": Look("/events/?when=past"),
    "simple pricing": Look("/events/waakye-friends-a-street-food-saturday/"),
    "tiers": Look("/events/harmattan-nights-highlife-under-the-baobab/"),
    "day passes": Look("/events/jollof-without-borders/"),
    "days and tiers": Look("/events/build-west-africa-product-and-engineering-days/"),
    "free": Look("/events/open-mic-at-number-nine/"),
    "sold out": Look("/events/kiezklang-four-bands-one-courtyard/"),
    "all held": Look("/events/brass-on-the-rooftop/"),
    "cancelled": Look("/events/homecoming-picnic-at-the-lake/"),
    "over": Look("/events/choirs-of-the-garden-city/"),
    "odd event": Look("/events/{event}/", wrong={"promo_code": "NO SUCH CODE"}),
    "sign up": Look("/sign-up/", wrong={"email": "nobody@example", "password": "short"}),
    "sign in": Look("/sign-in/", wrong={"email": ODD, "password": "wrong"}),
    "forgotten": Look("/forgotten/", wrong={"email": ""}),
    "resend": Look("/verify/", wrong={"email": ""}),
    "verify": Look("/verify/{verify}/", wrong={"password": "wrong"}),
    "reset": Look("/reset/{reset}/", wrong={"password": "short"}),
    "new address": Look("/new-address/{new_address}/", wrong={"password": "wrong"}),
    "dead link": Look("/verify/no-such-token/"),
    "dead reset": Look("/reset/no-such-token/"),
    "mailbox": Look("/dev/mailbox/"),
    "taken down": Look("/events/{taken_down}/"),
    # Whoever has the link of an order or of a ticket.
    "details": Look("/checkout/{held}/", wrong={"buyer_name": "", "buyer_email": "nobody"}),
    "order": Look("/orders/{order}/"),
    "ask for a refund": Look("/orders/{order}/refund/"),
    "what a refund comes to": Look("/orders/{order}/refund/?all=1"),
    "ticket": Look("/orders/{order}/{code}/"),
    "send a ticket on": Look("/orders/{order}/{code}/send/", wrong={"to_name": LONG, "to_email": ODD}),
    "received ticket": Look("/tickets/{received}/"),
    "send a received ticket on": Look("/tickets/{received}/send/", wrong={"to_name": "", "to_email": "x"}),
    "sent ticket": Look("/tickets/{passed}/"),
}
FOR_ATTENDEES = {
    "my tickets": Look("/orders/", ATTENDEE.email),
    "past tickets": Look("/orders/past/", ATTENDEE.email),
    "own orders": Look("/orders/bought/", ATTENDEE.email),
    "odd tickets": Look("/orders/", ODD),
    "odd orders": Look("/orders/bought/", ODD),
    "no tickets": Look("/orders/", NONE),
    "no past tickets": Look("/orders/past/", NONE),
    "no orders": Look("/orders/bought/", NONE),
    "profile": Look("/profile/", ODD, {"name": ""}),
    "sessions": Look("/profile/sessions/", ODD),
    "change password": Look("/profile/password/", ODD, {"old_password": "wrong", "new_password": "short"}),
    "change the address": Look("/profile/address/", ODD, {"new_email": ODD, "password": "wrong"}),
    "delete account": Look("/profile/delete/", NONE, {"password": "wrong"}),
    "account that cannot go": Look("/profile/delete/", ODD),
    "welcome": Look("/welcome/", ODD),
    "not allowed": Look("/organizer/", ATTENDEE.email),
}
FOR_ORGANIZERS = {
    # A desk of many, one of one, and one of none.
    "overview": Look("/organizer/", ORGANIZER.email),
    "overview of one": Look("/organizer/", ONE),
    "overview of none": Look("/organizer/", NONE),
    "overview before the address is proved": Look("/organizer/", UNPROVED),
    "odd overview": Look("/organizer/", ODD),
    "events": Look("/organizer/events/", ORGANIZER.email),
    "odd events": Look("/organizer/events/", ODD),
    "no events": Look("/organizer/events/", NONE),
    "all orders": Look("/organizer/orders/", ORGANIZER.email),
    "one order": Look("/organizer/orders/", ONE),
    "no order": Look("/organizer/orders/", NONE),
    "gates": Look("/gate/", ORGANIZER.email),
    "no gates": Look("/gate/", NONE),
    "money": Look("/organizer/money/", ORGANIZER.email),
    "odd money": Look("/organizer/money/", ODD),
    "money of none": Look("/organizer/money/", NONE),
    # Making events.
    "new event": Look(
        "/organizer/events/new/", ODD, {"title": "", "venue_name": "", "price": "x", "quantity": "0"}
    ),
    "edit event": Look("/organizer/events/{event}/edit/", ODD, {"title": "", "end_at": ""}),
    "picture": Look("/organizer/events/{event}/picture/", ODD),
    "ticket types": Look("/organizer/events/{event}/ticket-types/", ODD),
    "no ticket types": Look("/organizer/events/{draft}/ticket-types/", ODD),
    "new ticket type": Look("/organizer/events/{draft}/ticket-types/new/", ODD, {"name": "", "price": "x"}),
    "ticket type": Look("/organizer/events/{event}/ticket-types/{type}/", ODD, {"price": "x"}),
    "price rows": Look("/organizer/events/{tiers}/", ODD, {"rows-0-price": "x", "rows-1-quantity": "many"}),
    "day passes' prices": Look("/organizer/events/{days}/", ODD, {"rows-0-price": "x"}),
    "price grid": Look("/organizer/events/{grid}/", ODD, {"days-0-cells-0-price": "x"}),
    "remove a ticket type": Look("/organizer/events/{event}/ticket-types/{type}/delete/", ODD),
    "checks": Look("/organizer/events/{event}/check/", ODD),
    "checks of a draft": Look("/organizer/events/{draft}/check/", ODD),
    "copy": Look("/organizer/events/{event}/copy/", ODD, {"title": "", "start_at": ""}),
    "cancel event": Look("/organizer/events/{event}/cancel/", ODD, {"reason": LONG}),
    "delete event": Look("/organizer/events/{draft}/delete/", ODD),
    "news to tell": Look("/organizer/events/{event}/news/", ODD),
    "nothing to tell": Look("/organizer/events/{draft}/news/", ODD),
    "own draft": Look("/organizer/events/{draft}/", ODD),
    "draft's preview": Look("/events/{draft}/", ODD),
    "own event": Look("/organizer/events/harmattan-nights-highlife-under-the-baobab/", ORGANIZER.email),
    "odd own event": Look("/organizer/events/{event}/", ODD),
    "own cancelled event": Look("/organizer/events/homecoming-picnic-at-the-lake/", ORGANIZER.email),
    "own event taken down": Look("/organizer/events/{taken_down}/", ODD),
    # Selling.
    "orders": Look("/organizer/events/harmattan-nights-highlife-under-the-baobab/orders/", ORGANIZER.email),
    "odd orders": Look("/organizer/events/{event}/orders/", ODD),
    "no orders found": Look("/organizer/events/{event}/orders/?q=zzzz&status=held", ODD),
    "sold order": Look("/organizer/orders/{number}/", ODD),
    "order at the door": Look("/organizer/orders/{door}/", ODD),
    "refund": Look("/organizer/orders/{number}/refund/", ODD, {"what": "amount", "amount": "x"}),
    "buyer": Look("/organizer/orders/{number}/buyer/", ODD, {"name": "", "email": "x"}),
    "attendee": Look("/organizer/orders/{number}/tickets/{code}/", ODD, {"name": "", "email": "x"}),
    "attendees": Look("/organizer/events/{event}/attendees/", ODD),
    "no attendees": Look("/organizer/events/{draft}/attendees/", ODD),
    "door": Look("/organizer/events/{event}/door/", ODD, {"email": "x"}),
    "door sale": Look("/organizer/events/{event}/door/{door}/", ODD),
    "history": Look("/organizer/events/{event}/history/", ODD),
    "history of the demo": Look(
        "/organizer/events/harmattan-nights-highlife-under-the-baobab/history/", ORGANIZER.email
    ),
    "gate's name": Look("/gate/{event}/?rename=1", ODD),
    "gate": Look("/gate/{event}/?gate=" + LONG[:40], ODD),
    # Being paid.
    "bank account": Look(
        "/organizer/money/accounts/new/bank/", ODD, {"bank_name": "", "account_number": "x"}
    ),
    "mobile money": Look("/organizer/money/accounts/new/mobile-money/", ODD, {"mobile_number": "x"}),
    "edit account": Look("/organizer/money/accounts/{account}/", ODD, {"bank_code": ""}),
    "delete account to be paid to": Look("/organizer/money/accounts/{account}/delete/", ODD),
    "ask for a payout": Look("/organizer/money/payouts/new/GHS/", ODD, {"amount": "x"}),
    "receipts": Look("/organizer/money/receipts/", ODD, {"tax_rate": "x"}),
}
FOR_ADMINISTRATORS = {
    "desk of administrators": Look("/admin/", ADMIN.email),
    "people": Look("/admin/people/", ADMIN.email),
    "nobody found": Look("/admin/people/?q=zzzz", ADMIN.email),
    "person": Look("/admin/people/{person}/", ADMIN.email),
    "organizers": Look("/admin/organizers/", ADMIN.email),
    "all events": Look("/admin/events/", ADMIN.email),
    "any event": Look("/admin/events/{event}/", ADMIN.email, {"reason": ""}),
    "any event taken down": Look("/admin/events/{taken_down}/", ADMIN.email),
    "categories": Look("/admin/categories/", ADMIN.email),
    "new category": Look("/admin/categories/new/", ADMIN.email, {"name": ""}),
    "category": Look("/admin/categories/{category}/", ADMIN.email, {"name": ""}),
    "orders of all": Look("/admin/orders/", ADMIN.email),
    "payments": Look("/admin/payments/", ADMIN.email),
    "refunds": Look("/admin/refunds/", ADMIN.email),
    "payouts": Look("/admin/payouts/", ADMIN.email),
    "fees": Look("/admin/fees/?q=a", ADMIN.email),
    "fee": Look("/admin/fees/{event}/", ADMIN.email, {"percent": "x"}),
    "jobs": Look("/admin/jobs/", ADMIN.email),
    "webhooks": Look("/admin/webhooks/", ADMIN.email),
    "changes": Look("/admin/changes/", ADMIN.email),
    "health": Look("/admin/health/", ADMIN.email),
    "somebody else's desk": Look("/organizer/events/{event}/", ADMIN.email),
}

# Addresses that answer GET and are looked at elsewhere, or are no pages.
NO_PAGES = {
    "card.page": "looked at with Stripe's fields in it, in test_pay_by_stripe.py",
    "checkout.choose_again": "leads to the event",
    "checkout.details_again": "leads to the details",
    "checkout.status": "a part of the page of the return",
    "dev.mail_html": "a mail as its reader shows it, in a frame of dev.mail",
    "gate.counts": "a part of the gate",
    "organizer.event_live": "tells a page when to ask again",
    "organizer.live": "tells a page when to ask again",
    "organizer.progress": "a part of the page of a cancelled event",
    "site.health": "for machines",
    "site.robots": "for machines",
}
# How rules of addresses end behind which there are files.
FILES = (
    ".pdf",
    ".svg",
    ".png",
    ".ics",
    ".csv",
    ".json",
    ":kind>",
    "/media/<name>",
    "<path:filename>",
    "/files/<int:number>/",
)
