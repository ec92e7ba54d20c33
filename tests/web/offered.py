"""What tests of all pages know of single routes: what is typed into their forms, what stands in their addresses, and what
need not be offered, with the reason why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from easyticket.web.views.admin_people import ACCOUNT_STEPS
from tests.web.asked import ASKED

# What a person types into the form of a page, where what stands in it is not enough.
TYPED: Mapping[str, Mapping[str, list[str]]] = {
    "admin.category": {"name": ["Song"]},
    "admin.take_down": {"reason": ["It is not theirs."]},
    "organizer.attendee": {"name": ["Adwoa Boateng"]},
    "organizer.buyer": {"name": ["Adwoa Boateng"], "email": ["adwoa@example.org"]},
    "organizer.cancel": {"is_sure": ["y"]},
    "organizer.check_in": {"scan_key": [str(uuid4())]},
    "organizer.door_check_in": {"scan_key": [str(uuid4())]},
    "organizer.new_ticket_type": {"name": ["Late"], "price": ["10"], "total_quantity": ["5"]},
    "organizer.refund": {"what": ["whole"], "override_used": ["y"], "confirm": ["1"]},
    "organizer.undo_check_in": {"scan_key": [str(uuid4())]},
    "orders.send": {"to_name": ["Efua Sarpong"], "to_email": ["efua@example.org"]},
    "tickets.send": {"to_name": ["Kwame Asante"], "to_email": ["kwame@example.org"]},
}
# Parts of addresses that are no things: all of them, or one that stands for the others.
PARTS: Mapping[str, Sequence[Mapping[str, str]]] = {
    "admin.change_person": [{"step": step} for step in ACCOUNT_STEPS],
    "organizer.new_account": [{"kind": "bank"}, {"kind": "mobile-money"}],
    "organizer.ask_for_payout": [{"currency": "GHS"}],
}
# What could be done and need not be offered: about anything, or about things with these words in their names.
NOT_OFFERED: Mapping[str, Sequence[str]] = {
    # Over or called off it is in no list; whoever has its address finds it.
    "events.page": (),
    "events.calendar": (),
    # Stands behind signing up, and in a menu for those who are not one yet.
    "account.welcome": (),
    "account.become_organizer": (),
    # Whichever step is asked for, an order leads to where it stands.
    **dict.fromkeys((endpoint for endpoint in ASKED if endpoint.startswith("checkout.")), ()),
    # There is nothing to go to with it.
    "orders.calendar": ("refunded", "called off", "expired", "odd", "sent on", "unpaid"),
    "orders.page": ("unpaid", "expired"),
    # A draft is deleted instead, and asks for no mails.
    "organizer.cancel": ("draft", "newcomer's"),
    # Nothing of it is ever sold again.
    "organizer.move": ("cancelled",),
    "organizer.new_ticket_type": ("cancelled",),
    "organizer.switch": ("cancelled",),
    "organizer.ticket_type": ("cancelled",),
    "organizer.ticket_types": ("cancelled",),
    "organizer.check": ("cancelled",),
    "organizer.keep_draft": ("cancelled",),
    # Nobody is let in.
    "gate.page": ("cancelled",),
    "gate.counts": ("cancelled",),
    # A part of the page of a cancelled event, which leads there for all others.
    "organizer.progress": (),
    # Typing keeps it, so there is nothing to throw away on most days.
    "organizer.discard_draft": (),
    "organizer.discard_new_draft": (),
}
# An empty list offers no file of it: that every file is offered to somebody is asked of all roles together.
FILES = "_file"
# Routes that nobody comes across here, because their moment is not in this database or their way in is a mail.
NEVER_HERE = {
    "admin.transfers_file",
    "account.welcome",
    "checkout.email",
    "checkout.hold_again",
    "checkout.promo",
    "checkout.returned",
    "checkout.status",
    "organizer.discard_draft",
    "organizer.discard_new_draft",
    "organizer.event_live",
    "organizer.live",
    "organizer.news",
    "organizer.remove_picture",
    "receipts.credit_note",
}
