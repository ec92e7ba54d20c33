"""The log in words: money in its currency, moments on the event's clocks, and no field or action without words."""

from __future__ import annotations

from typing import Any

import pytest

from easyticket.models import ChangeAction
from easyticket.rules.change_wording import Difference, change_sentence, differences_of, kind_choices, kind_of


def told(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    return differences_of(before, after, currency="GHS", zone="Africa/Lagos")


@pytest.mark.parametrize("action", ChangeAction)
def test_every_action_is_a_sentence_of_a_kind_that_can_be_looked_for(action: ChangeAction) -> None:
    sentence = change_sentence(action.value, "Standard", {"list": "orders", "format": "csv"})
    assert sentence[0].isupper()
    assert "{" not in sentence
    assert "_" not in sentence
    assert kind_of(action) in dict(kind_choices())


def test_what_it_was_about_stands_in_the_sentence() -> None:
    assert change_sentence("ticket_type_changed", "Standard", {}) == "Changed the ticket type “Standard”"


@pytest.mark.parametrize(
    ("action", "label"),
    [
        (ChangeAction.USER_CHANGED, "Can sign in"),
        (ChangeAction.CATEGORY_CHANGED, "Can be chosen"),
        (ChangeAction.TICKET_TYPE_CHANGED, "On sale"),
    ],
)
def test_a_field_of_several_kinds_of_things_is_called_what_it_means_there(
    action: ChangeAction, label: str
) -> None:
    [told_so] = differences_of(
        {"is_active": True}, {"is_active": False}, currency="", zone="UTC", action=action.value
    )
    assert (told_so.label, told_so.before, told_so.after) == (label, "yes", "no")


def test_a_title_with_braces_is_told_as_it_is() -> None:
    assert change_sentence("event_deleted", "{0} {list}", {}) == "Deleted the event “{0} {list}”"


def test_an_action_of_a_later_version_is_still_told() -> None:
    assert change_sentence("seat_moved", "A 7", {}) == "Seat moved: A 7"


@pytest.mark.parametrize(
    ("name", "before", "after", "label", "was", "is_now"),
    [
        ("price_minor", 5_000, 7_550, "Price", "GH₵\xa050.00", "GH₵\xa075.50"),
        ("price_minor", 0, 100, "Price", "GH₵\xa00.00", "GH₵\xa01.00"),
        (
            "start_at",
            "2026-12-12T18:00:00Z",
            "2026-12-12T23:30:00Z",
            "Starts",
            "Sat 12 December 2026, 19:00 WAT",
            "Sun 13 December 2026, 00:30 WAT",
        ),
        ("day_on", None, "2026-12-12", "Day", "nothing", "Sat 12 December 2026"),
        ("total_capacity", 300, None, "Room for people", "300", "no limit"),
        ("is_active", True, False, "On sale", "yes", "no"),
        ("fee_bearer", "buyer", "organizer", "Who bears the fee", "the buyer", "the organizer"),
        ("fee_basis_points", None, 250, "Service fee", "the site's", "2.5\xa0%"),
        ("buyer_refund_days", None, 0, "Buyers may return tickets", "never", "until it starts"),
        (
            "buyer_refund_days",
            1,
            7,
            "Buyers may return tickets",
            "until 1 day before it starts",
            "until 7 days before it starts",
        ),
        ("banner_image", "", "a1b2.webp", "Picture", "none", "a picture"),
        ("recurrence", None, {"every": "week"}, "Repeats", "once", "repeats"),
        ("position", 0, 2, "Place in the list", "1", "3"),
        ("dress_code", "", "White", "Dress code", "nothing", "White"),
        ("closing_on", "2026-12-12", None, "Closing on", "Sat 12 December 2026", "nothing"),
    ],
)
def test_a_field_tells_what_it_was_and_what_it_is(
    name: str, before: Any, after: Any, label: str, was: str, is_now: str
) -> None:
    assert told({name: before}, {name: after}) == [Difference(label, was, is_now)]


def test_what_is_only_said_has_no_before() -> None:
    assert told({}, {"amount_minor": 5_000, "tickets": ["TKT-1", "TKT-2"], "reason": ""}) == [
        Difference("Amount", None, "GH₵\xa050.00"),
        Difference("Tickets", None, "TKT-1, TKT-2"),
    ]


def test_an_amount_may_bring_its_own_currency() -> None:
    assert told({}, {"amount_minor": 5_000, "currency": "EUR"}) == [Difference("Amount", None, "€50.00")]


def test_all_prices_of_a_ticket_type_are_told_at_once() -> None:
    after = {"offers": [["Gold", 10_000], ["Silver", 5_000]]}
    assert told({}, after) == [Difference("Prices", None, "Gold GH₵\xa0100.00, Silver GH₵\xa050.00")]


def test_a_long_text_is_folded_away() -> None:
    [long] = told({"description": ""}, {"description": "All night. " * 20})
    assert long.is_long


def test_a_download_says_of_what_and_as_what() -> None:
    assert (
        change_sentence("list_exported", "", {"list": "orders", "format": "xlsx"})
        == "Downloaded the orders as XLSX"
    )
