"""What the log says, in words: each action as a sentence, each changed field with what it was and what it is.

A field that has no words of its own is called by its name and read by its ending: `_minor` is money, `_at` a moment,
`_on` a day, `is_` yes or no. So whoever notes a new field need not come here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from easyticket.core.money import CURRENCIES, Money
from easyticket.models import ChangeAction
from easyticket.rules.change_fields import CHOICES, EMPTY, LABELS, OWN_LABELS, SILENT
from easyticket.rules.wording import day_text, moment_text, percent_text, sum_text

# What people look for together, in the order of the choice: key, its name, and how the names of its actions begin.
# The first that fits counts.
_KINDS = (
    ("prices", "Tickets and prices", ("ticket_type_", "offer_")),
    ("event", "The event", ("event_",)),
    ("orders", "Orders and refunds", ("order_", "refund_")),
    ("people", "Attendees and check-ins", ("ticket_", "check_in_")),
    ("exports", "Downloads", ("list_",)),
    ("money", "Payouts and accounts", ("account_", "seller_", "payout_", "payment_")),
    ("users", "Users", ("user_",)),
    ("site", "The site", ("category_", "job_", "webhook_")),
)
# What happens to an event; the others are of the people who run the site.
EVENT_KINDS = ("event", "prices", "orders", "people", "exports")

_NOTHING: tuple[Any, ...] = (None, "", [], {})

_SENTENCES = {
    ChangeAction.EVENT_CREATED: "Made the event",
    ChangeAction.EVENT_COPIED: "Made the event as a copy of another",
    ChangeAction.EVENT_CHANGED: "Changed the event",
    ChangeAction.EVENT_NEWS_MAILED: "Had ticket holders mailed what changed",
    ChangeAction.EVENT_NEWS_KEPT: "Mailed ticket holders nothing of what changed",
    ChangeAction.EVENT_PUBLISHED: "Published the event",
    ChangeAction.EVENT_CANCELLED: "Cancelled the event",
    ChangeAction.EVENT_DELETED: "Deleted the event “{subject}”",
    ChangeAction.EVENT_FEATURED: "Changed whether the event is featured",
    ChangeAction.EVENT_HIDDEN: "Changed whether lists show the event",
    ChangeAction.EVENT_TAKEN_DOWN: "Took the event down",
    ChangeAction.EVENT_RESTORED: "Put the event back up",
    ChangeAction.EVENT_FEE_SET: "Set the service fee of the event",
    ChangeAction.TICKET_TYPE_CREATED: "Added the ticket type “{subject}”",
    ChangeAction.TICKET_TYPE_CHANGED: "Changed the ticket type “{subject}”",
    ChangeAction.TICKET_TYPE_DELETED: "Deleted the ticket type “{subject}”",
    ChangeAction.OFFER_CREATED: "Added the price “{subject}”",
    ChangeAction.OFFER_CHANGED: "Changed the price “{subject}”",
    ChangeAction.OFFER_DELETED: "Deleted the price “{subject}”",
    ChangeAction.ORDER_SOLD_AT_DOOR: "Sold tickets at the door",
    ChangeAction.ORDER_MAIL_SENT_AGAIN: "Had the tickets mailed once more",
    ChangeAction.ORDER_REFUNDED: "Returned money",
    ChangeAction.ORDER_CHANGED: "Corrected who the buyer is",
    ChangeAction.ORDER_ACCESS_ENDED: "Ended the link and the codes that somebody else was mailed",
    ChangeAction.ORDER_CANCELLED: "Cancelled the order",
    ChangeAction.ORDER_HOLDS_ENDED: "Ended the orders whose time to pay had run out",
    ChangeAction.REFUND_ASKED_AGAIN: "Sent a failed refund once more",
    ChangeAction.TICKET_CHANGED: "Changed who a ticket is for",
    ChangeAction.TICKET_SENT_ON: "Sent a ticket on to somebody else",
    ChangeAction.CHECK_IN_MADE: "Let somebody in by hand",
    ChangeAction.CHECK_IN_UNDONE: "Took a check-in back",
    ChangeAction.LIST_EXPORTED: "Downloaded {list} as {format}",
    ChangeAction.ACCOUNT_ADDED: "Added the account “{subject}” to be paid to",
    ChangeAction.ACCOUNT_CHANGED: "Changed the account “{subject}” to be paid to",
    ChangeAction.ACCOUNT_DELETED: "Deleted the account “{subject}” to be paid to",
    ChangeAction.ACCOUNT_CHECK_ASKED: "Had the account “{subject}” checked once more",
    ChangeAction.ACCOUNT_CHECKED: "Checked the account “{subject}” to be paid to",
    ChangeAction.SELLER_CHANGED: "Changed what receipts say about the seller",
    ChangeAction.PAYOUT_REQUESTED: "Asked for payout {subject}",
    ChangeAction.PAYOUT_CANCELLED: "Cancelled payout {subject}",
    ChangeAction.PAYOUT_RECORDED: "Noted payout {subject} as paid by hand",
    ChangeAction.PAYMENT_DECIDED: "Decided about money that is not what was asked for",
    ChangeAction.CATEGORY_CREATED: "Added the category “{subject}”",
    ChangeAction.CATEGORY_CHANGED: "Changed the category “{subject}”",
    ChangeAction.CATEGORY_DELETED: "Deleted the category “{subject}”",
    ChangeAction.USER_CHANGED: "Changed the account of {subject}",
    ChangeAction.USER_ACTED_FOR: "Acted in the place of {subject}",
    ChangeAction.JOB_RETRIED: "Had the job {subject} tried again",
    ChangeAction.JOB_DISMISSED: "Let the job {subject} be",
    ChangeAction.WEBHOOK_REPLAYED: "Worked off the webhook {subject} once more",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what it was and what it is; `before` is None where there was nothing to compare with."""

    label: str
    before: str | None
    after: str
    is_long: bool = False


def change_sentence(action: str, subject: str, after: Mapping[str, Any]) -> str:
    """Return what was done, without who and when, for example "Changed the ticket type “Standard”"."""
    is_known = action in ChangeAction.__members__.values()
    sentence = _SENTENCES[ChangeAction(action)] if is_known else f"{_as_words(action)}: {{subject}}"
    if action == ChangeAction.USER_ACTED_FOR and "is_acting" in after:
        sentence = (
            "Began to act in the place of {subject}"
            if after["is_acting"]
            else "Stopped acting in the place of {subject}"
        )
    for name in ("list", "format"):
        sentence = sentence.replace(f"{{{name}}}", value_text(name, after.get(name), "", "UTC"))
    return sentence.replace("{subject}", subject)


def kind_choices(kinds: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return key and name of what can be looked for, all kinds or those named."""
    return [(key, name) for key, name, _ in _KINDS if not kinds or key in kinds]


def kind_of(action: ChangeAction) -> str:
    """Return the key of the kind an action is looked for under."""
    return next(key for key, _, beginnings in _KINDS if action.value.startswith(beginnings))


def differences_of(
    before: Mapping[str, Any], after: Mapping[str, Any], *, currency: str, zone: str, action: str = ""
) -> list[Difference]:
    """Return the fields of a change in words; amounts are of `currency`, moments those of clocks in `zone`. What `action` was
    about decides what a field is called that several kinds of things have."""
    currency = str(after.get("currency") or currency)
    names = [name for name in dict.fromkeys([*before, *after]) if name not in SILENT]
    shown = []
    for name in names:
        if name not in before and after[name] in _NOTHING:
            continue
        was = value_text(name, before[name], currency, zone) if name in before else None
        now_is = value_text(name, after.get(name), currency, zone)
        shown.append(
            Difference(_label(name, action), was, now_is, is_long=max(len(was or ""), len(now_is)) > 120)
        )
    return shown


def value_text(name: str, value: Any, currency: str, zone: str) -> str:
    """Return one value of a field as people read it."""
    if value in _NOTHING:
        return EMPTY.get(name, "nothing")
    if name in CHOICES:
        return CHOICES[name].get(str(value), str(value).replace("_", " "))
    if name in _READERS:
        return _READERS[name](value, currency)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_minor"):
        return _money(value, currency)
    if name.endswith("_at"):
        return moment_text(datetime.fromisoformat(value), zone)
    if name.endswith("_on"):
        return day_text(date.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "set" if isinstance(value, dict) else str(value)


def _label(name: str, action: str) -> str:
    own = next((each for beginning, each in OWN_LABELS.items() if action.startswith(beginning)), {})
    return own.get(name) or LABELS.get(name, _as_words(name.removesuffix("_minor").removeprefix("is_")))


def _as_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _money(minor: int, currency: str) -> str:
    return sum_text(Money(minor, currency)) if currency in CURRENCIES else f"{minor} (smallest units)"


def _percent(basis_points: int, _currency: str) -> str:
    return percent_text(basis_points)


def _prices(parts: Sequence[tuple[str, int]], currency: str) -> str:
    return ", ".join(f"{name} {_money(minor, currency)}" for name, minor in parts)


def _days_before(days: int, _currency: str) -> str:
    return "until it starts" if days == 0 else f"until {days} day{'' if days == 1 else 's'} before it starts"


_READERS: dict[str, Callable[[Any, str], str]] = {
    "fee_basis_points": _percent,
    "tax_basis_points": _percent,
    "offers": _prices,
    "buyer_refund_days": _days_before,
    "position": lambda position, _currency: str(position + 1),
    "list": lambda name, _currency: f"the {name}",
    "recurrence": lambda _value, _currency: "repeats",
    "banner_image": lambda _value, _currency: "a picture",
    "thumbnail_image": lambda _value, _currency: "a picture",
}
