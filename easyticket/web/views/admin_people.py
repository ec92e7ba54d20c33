"""Accounts as administrators see them, written out: rows of a list, and one account with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app, url_for

from easyticket.core.money import Money
from easyticket.models import Event, User
from easyticket.queries.balances import Balance
from easyticket.queries.people import ListedPerson, PeopleKind, PersonCounts, PersonDetail
from easyticket.rules.account_standing import (
    why_not_changed,
    why_not_to_act_for,
    why_not_to_be_a_buyer,
    why_not_to_be_staff,
)
from easyticket.rules.permissions import Actor
from easyticket.rules.wording import moment_text, period_text, sum_text
from easyticket.web.views.order_parts import Pill
from easyticket.web.views.organizer import pill_of

PEOPLE_KINDS = (
    ("", "Everybody"),
    (PeopleKind.ORGANIZERS.value, "Organizers"),
    (PeopleKind.STAFF.value, "Administrators"),
    (PeopleKind.UNVERIFIED.value, "Address not proved"),
    (PeopleKind.CLOSED.value, "Closed"),
)
# Each step with an account: the service that takes it, with what, and what is said when it is taken.
ACCOUNT_STEPS: dict[str, tuple[str, dict[str, bool], str]] = {
    "verify": ("verify_account", {}, "The address counts as proved."),
    "close": ("close_account", {}, "Closed. Nobody can sign in to it, and everybody is signed out."),
    "reopen": ("reopen_account", {}, "Open. Its owner can sign in again."),
    "make_organizer": ("set_organizer", {"is_organizer": True}, "The account can have events of its own."),
    "make_buyer": ("set_organizer", {"is_organizer": False}, "The account is a buyer's."),
    "make_staff": ("set_staff", {"is_staff": True}, "The account is an administrator's."),
    "end_staff": ("set_staff", {"is_staff": False}, "The account is no administrator's any more."),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account in a list."""

    name: str
    email: str
    url: str
    pills: Sequence[Pill]
    sentence: str
    money: str


@dataclass(frozen=True, slots=True)
class OnSale:
    """What an organizer sells: a sentence, the first of the events, and how many more there are, in words."""

    sentence: str
    events: Sequence[EventLine]
    more: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done about an account: its button and what it does; `reason` says why it cannot be done now.

    `on_sale` is what the organizer sells, where closing the account can take that down with it.
    """

    label: str
    text: str
    url: str
    tone: str = ""
    reason: str = ""
    on_sale: OnSale | None = None


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What an organizer has in one currency: the name of a part and its amount."""

    currency: str
    parts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One of the account's events."""

    title: str
    url: str
    when: str
    pill: Pill


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One account."""

    name: str
    email: str
    pills: Sequence[Pill]
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    balances: Sequence[BalanceRow]
    events: Sequence[EventLine]
    has_more_events: bool
    steps: Sequence[Step]


def person_row(listed: ListedPerson) -> PersonRow:
    """Return an account of a list."""
    user = listed.user
    owed = [sum_text(money) for money in listed.shares]
    debts = [f"owes {sum_text(money)}" for money in listed.debts]
    return PersonRow(
        name=user.display_name,
        email=_address_of(user),
        url=url_for("admin.person", uuid=user.uuid),
        pills=_pills(user),
        sentence=_sentence(listed.counts),
        money=", ".join([*([f"{' and '.join(owed)} here"] if owed else []), *debts]),
    )


def person_page(detail: PersonDetail, actor: Actor, now: datetime) -> PersonPage:
    """Return the page of one account."""
    user = detail.user
    return PersonPage(
        name=user.display_name,
        email=_address_of(user),
        pills=_pills(user),
        facts=_facts(detail),
        warnings=_warnings(detail),
        balances=[_balance_row(balance) for balance in detail.balances],
        events=[_event_line(event, now) for event in detail.last_events],
        has_more_events=detail.counts.events > len(detail.last_events),
        steps=_steps(detail, actor, now),
    )


def _pills(user: User) -> list[Pill]:
    if user.deleted_at is not None:
        return [Pill("Deleted", "quiet")]
    found = []
    if user.is_staff:
        found.append(Pill("Administrator", "quiet"))
    elif user.is_organizer:
        found.append(Pill("Organizer", ""))
    if not user.is_email_verified:
        found.append(Pill("Address not proved", "quiet"))
    if not user.is_active:
        found.append(Pill("Closed", "stop"))
    return found


def _address_of(user: User) -> str:
    return "" if user.deleted_at is not None else user.email


def _sentence(counts: PersonCounts) -> str:
    parts = [_counted(counts.orders, "paid order")]
    if counts.events:
        parts.append(f"{_counted(counts.events, 'event')}, {counts.events_on:,} on")
    return " · ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _facts(detail: PersonDetail) -> list[tuple[str, str]]:
    user, zone = detail.user, current_app.config["SETTINGS"].default_time_zone
    proved = moment_text(user.email_verified_at, zone) if user.email_verified_at else "Not yet"
    seen = moment_text(detail.last_seen_at, zone) if detail.last_seen_at else "Not signed in now"
    facts = [
        ("Username", user.username or ""),
        ("Telephone", user.phone_number),
        ("Place", ", ".join(part for part in (user.city, user.country) if part)),
        ("Account since", moment_text(user.created_at, zone)),
        ("Address proved", proved if user.deleted_at is None else ""),
        ("Last seen", seen),
        ("Signed in at", _counted(detail.open_sessions, "place")),
        ("Paid orders", f"{detail.counts.orders:,}"),
        ("Valid tickets", f"{detail.valid_tickets:,}"),
        (
            "Events",
            f"{detail.counts.events:,}, {detail.counts.events_on:,} on" if detail.counts.events else "",
        ),
        ("Deleted", moment_text(user.deleted_at, zone) if user.deleted_at else ""),
    ]
    return [(name, text) for name, text in facts if text]


def _warnings(detail: PersonDetail) -> list[str]:
    found = [
        f"Owes {sum_text(money)}: buyers got money back that was paid out already." for money in detail.debts
    ]
    if not detail.user.is_active and detail.counts.events_on:
        found.append(
            "The account is closed, but its events are still sold. Take them down if they should not be."
        )
    return found


def _balance_row(balance: Balance) -> BalanceRow:
    parts = (
        ("Can be paid out now", balance.available_minor),
        ("Waits for events to end", balance.pending_minor),
        ("On hold", balance.on_hold_minor),
        ("Paid out", balance.paid_out_minor),
    )
    return BalanceRow(
        balance.currency, [(name, sum_text(Money(minor, balance.currency))) for name, minor in parts]
    )


def _event_line(event: Event, now: datetime) -> EventLine:
    return EventLine(
        event.title, url_for("admin.event", slug=event.slug), period_text(event), pill_of(event, now)
    )


def _steps(detail: PersonDetail, actor: Actor, now: datetime) -> list[Step]:
    user = detail.user
    if user.deleted_at is not None:
        return []
    reason = why_not_changed(actor, user) or ""
    found = []
    if not user.is_email_verified:
        text = "Take the address as proved, because its owner showed it otherwise."
        found.append(_step(user, "verify", "Address is proved", text))
    found.append(
        Step(
            "Act in their place",
            "See and do what they can, except for their money, their password and their account. It is noted.",
            url_for("admin.act_for", uuid=user.uuid),
            reason=why_not_to_act_for(actor.user_id, user) or "",
        )
    )
    if not user.is_staff:
        found.append(_organizer_step(detail, reason))
    if user.is_staff:
        text = "Take the rights of an administrator away. Everybody is signed out of it."
        found.append(_step(user, "end_staff", "No administrator any more", text, "danger", reason))
    else:
        text = "Let them run the site: see everything, decide about money, take events down."
        closed = reason or why_not_to_be_staff(user) or ""
        found.append(_step(user, "make_staff", "Make an administrator", text, "", closed))
    if user.is_active:
        text = "Nobody can sign in to it, and everybody is signed out. Tickets stay as they are."
        close = _step(user, "close", "Close the account", text, "danger", reason)
        found.append(replace(close, on_sale=_on_sale(detail, now)) if detail.on_sale else close)
    else:
        found.append(_step(user, "reopen", "Open the account", "Let its owner sign in again.", "", reason))
    return found


def _on_sale(detail: PersonDetail, now: datetime) -> OnSale:
    count = detail.counts.events_on
    are, they = ("is", "It is") if count == 1 else ("are", "They are")
    return OnSale(
        sentence=f"{_counted(count, 'event')} of theirs {are} on sale. {they} sold on unless you say otherwise.",
        events=[_event_line(event, now) for event in detail.on_sale],
        more=f"and {count - len(detail.on_sale):,} more" if count > len(detail.on_sale) else "",
    )


def _organizer_step(detail: PersonDetail, reason: str) -> Step:
    user = detail.user
    if not user.is_organizer:
        return _step(
            user, "make_organizer", "Make an organizer", "Let them have events of their own.", "", reason
        )
    held = reason or why_not_to_be_a_buyer(user, detail.ties) or ""
    return _step(user, "make_buyer", "No organizer any more", "They keep their tickets and orders.", "", held)


def _step(user: User, step: str, label: str, text: str, tone: str = "", reason: str = "") -> Step:
    return Step(label, text, url_for("admin.change_person", uuid=user.uuid, step=step), tone, reason)
