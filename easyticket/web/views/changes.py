"""What was changed, written out: who, what, when, and each field with what it was and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from easyticket.models import User
from easyticket.queries.changes import ChangeEntry
from easyticket.rules.change_wording import Difference, change_sentence, differences_of
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.wording import moment_text

_BY_STAFF = "An administrator"
_BY_LINK = "The buyer, by the order's link"
_UNKNOWN = "Somebody who was not signed in"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change. What it was about has an address where it can still be looked at."""

    when: str
    when_iso: str
    who: str
    sentence: str
    differences: Sequence[Difference]
    is_erased: bool
    event_title: str = ""
    event_url: str = ""
    order_number: str = ""
    order_url: str = ""


def event_change_rows(entries: Sequence[ChangeEntry], reader: Actor) -> list[ChangeRow]:
    """Return the changes of one event, which needs no name on its own page."""
    return [_row(entry, reader, is_of_event=True) for entry in entries]


def all_change_rows(entries: Sequence[ChangeEntry], reader: Actor) -> list[ChangeRow]:
    """Return changes of whatever, each with what it was about."""
    return [_row(entry, reader, is_of_event=False) for entry in entries]


def who_text(entry: ChangeEntry, reader: Actor) -> str:
    """Return who did it, as `reader` may know it: administrators have no names for others, nor addresses."""
    person = _name(entry.actor, entry, reader) if entry.change.actor_id is not None else ""
    if entry.change.staff_id is not None:
        staff = _name(entry.staff, entry, reader) if may(reader, Permission.RUN_SITE) else _BY_STAFF
        return f"{staff}, in the place of {person or 'somebody'}"
    return person or (_BY_LINK if entry.change.order_id is not None else _UNKNOWN)


def sentence_in(entry: ChangeEntry) -> str:
    """Return what was done, in a sentence."""
    return change_sentence(entry.change.action, entry.change.subject, entry.change.after)


def differences_in(entry: ChangeEntry) -> list[Difference]:
    """Return the fields of a change, in the event's currency and zone if it was about one."""
    change = entry.change
    return differences_of(
        change.before,
        change.after,
        currency=_currency_of(entry),
        zone=_zone_of(entry),
        action=change.action,
    )


def _row(entry: ChangeEntry, reader: Actor, *, is_of_event: bool) -> ChangeRow:
    change, event, order = entry.change, entry.event, entry.order
    shows_event = event is not None and not is_of_event
    return ChangeRow(
        when=moment_text(change.changed_at, _zone_of(entry)),
        when_iso=change.changed_at.isoformat(timespec="seconds"),
        who=who_text(entry, reader),
        sentence=sentence_in(entry),
        differences=differences_in(entry),
        is_erased=change.erased_at is not None,
        event_title=event.title if event and shows_event else "",
        event_url=url_for("organizer.event", slug=event.slug) if event and shows_event else "",
        order_number=order.number if order else "",
        order_url=url_for("organizer.order", number=order.number) if order else "",
    )


def _name(user: User | None, entry: ChangeEntry, reader: Actor) -> str:
    if user is None:
        return "Deleted account"
    if may(reader, Permission.RUN_SITE):
        return f"{user.display_name} ({user.email})" if user.deleted_at is None else user.display_name
    is_known = user.id == reader.user_id or (entry.event is not None and user.id == entry.event.organizer_id)
    return _BY_STAFF if user.is_staff and not is_known else user.display_name


def _currency_of(entry: ChangeEntry) -> str:
    return entry.order.currency if entry.order else entry.event.currency if entry.event else ""


def _zone_of(entry: ChangeEntry) -> str:
    return entry.event.time_zone if entry.event else "UTC"
