"""What an organizer is asked to see to: real tasks, the most pressing first, and none that nobody could do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from easyticket.core.money import Money
from easyticket.models import Event, EventStatus, PaymentProfile, ProfileStatus, TicketType
from easyticket.rules.desk_tasks import (
    AccountFacts,
    EventFacts,
    Task,
    TaskKind,
    TypeFacts,
    sorted_tasks,
    tasks_of_account,
    tasks_of_event,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def an_event(*, begins_in: timedelta = 20 * DAY, **fields: Any) -> Event:
    start_at = NOW + begins_in
    return Event(
        **{"status": EventStatus.PUBLISHED, "start_at": start_at, "end_at": start_at + 5 * HOUR, **fields}
    )


def a_type(**changes: Any) -> TypeFacts:
    """Return a ticket type that is on sale until its event ends, of which nothing is sold."""
    values = {
        "ticket_type": TicketType(name="Standard"),
        "sold": 0,
        "held": 0,
        "is_on_sale": True,
        "is_sold_out": False,
        "starts_at": None,
        "ends_at": None,
    }
    return TypeFacts(**{**values, **changes})


def kinds(
    event: Event, *types: TypeFacts, has_been_scanned: bool = False, may_publish: bool = True
) -> list[str]:
    sold = sum(each.sold for each in types)
    facts = EventFacts(event, types, sold, has_been_scanned)
    return [task.kind.value for task in tasks_of_event(facts, may_publish=may_publish, now=NOW)]


class TestDrafts:
    def test_one_with_tickets_can_be_published(self) -> None:
        assert kinds(an_event(status=EventStatus.DRAFT), a_type()) == ["publish_draft"]

    def test_one_whose_organizer_has_proved_no_address_waits_for_that_alone(self) -> None:
        assert kinds(an_event(status=EventStatus.DRAFT), a_type(), may_publish=False) == []

    def test_one_without_tickets_has_to_be_finished(self) -> None:
        assert kinds(an_event(status=EventStatus.DRAFT)) == ["finish_draft"]

    def test_one_whose_day_has_passed_needs_another_day(self) -> None:
        assert kinds(an_event(status=EventStatus.DRAFT, begins_in=-DAY), a_type()) == ["move_draft"]


class TestEventsThatSell:
    def test_one_that_sells_needs_nobody(self) -> None:
        assert kinds(an_event(), a_type(sold=5)) == []
        assert kinds(an_event(), a_type()) == []

    @pytest.mark.parametrize("begins_in", [23 * HOUR, -HOUR])
    def test_the_gate_is_to_be_opened_the_day_before_until_it_was_used(self, begins_in: timedelta) -> None:
        event = an_event(begins_in=begins_in)
        assert kinds(event, a_type(sold=5)) == ["open_gate"]
        assert kinds(event, a_type(sold=5), has_been_scanned=True) == []

    def test_nobody_is_sent_to_a_gate_that_nobody_comes_to(self) -> None:
        assert "open_gate" not in kinds(an_event(begins_in=HOUR), a_type())

    def test_an_event_without_anything_on_sale_is_told_of(self) -> None:
        assert kinds(an_event()) == ["nothing_on_sale"]
        closed = a_type(is_on_sale=False, ends_at=NOW - DAY)
        assert kinds(an_event(), closed) == ["nothing_on_sale"]

    def test_a_sale_that_ended_after_selling_something_is_as_it_was_meant(self) -> None:
        assert kinds(an_event(), a_type(is_on_sale=False, sold=3, ends_at=NOW - DAY)) == []

    def test_a_sale_that_begins_tomorrow_is_a_reason_to_look_at_the_page(self) -> None:
        assert kinds(an_event(), a_type(is_on_sale=False, starts_at=NOW + 20 * HOUR)) == ["sale_begins"]
        assert kinds(an_event(), a_type(is_on_sale=False, starts_at=NOW + 3 * DAY)) == []

    def test_nothing_sold_a_week_before_is_told_once(self) -> None:
        ending = a_type(ends_at=NOW + DAY)
        assert kinds(an_event(begins_in=6 * DAY), ending) == ["nothing_sold"]

    def test_a_kind_nobody_bought_is_told_of_before_its_sale_ends(self) -> None:
        ending = a_type(ends_at=NOW + 2 * DAY)
        assert kinds(an_event(), ending, a_type(sold=2)) == ["sale_ends"]
        assert kinds(an_event(), a_type(sold=1, ends_at=NOW + 2 * DAY)) == []

    def test_sold_out_and_held_are_two_things(self) -> None:
        assert kinds(an_event(), a_type(sold=9, is_sold_out=True)) == ["sold_out"]
        assert kinds(an_event(), a_type(sold=8, held=1, is_sold_out=True)) == ["all_held"]
        assert kinds(an_event(), a_type(sold=9, is_sold_out=True), a_type(sold=1)) == []

    @pytest.mark.parametrize("fields", [{"status": EventStatus.CANCELLED}, {"begins_in": -2 * DAY}])
    def test_what_is_cancelled_or_over_needs_nobody(self, fields: dict[str, Any]) -> None:
        assert kinds(an_event(**fields), a_type(sold=5)) == []

    def test_what_was_taken_down_needs_that_alone(self) -> None:
        assert kinds(an_event(taken_down_at=NOW, begins_in=HOUR), a_type(sold=5)) == ["taken_down"]


def account(**changes: Any) -> list[str]:
    values = {
        "is_verified": True,
        "profiles": [],
        "is_paid_automatically": False,
        "payable": [],
        "has_money": False,
        "site_currency": "GHS",
    }
    return [task.kind.value for task in tasks_of_account(AccountFacts(**{**values, **changes}), NOW)]


class TestAccounts:
    VERIFIED = PaymentProfile(status=ProfileStatus.VERIFIED)

    def test_nothing_is_asked_of_somebody_who_sells_nothing(self) -> None:
        assert account() == []

    def test_an_address_that_is_not_proved_comes_first(self) -> None:
        assert account(is_verified=False, has_money=True) == ["verify_address", "add_account"]

    def test_money_needs_somewhere_to_go(self) -> None:
        assert account(has_money=True) == ["add_account"]
        assert account(has_money=True, profiles=[self.VERIFIED]) == []

    def test_an_account_that_was_refused_is_to_be_corrected(self) -> None:
        assert account(profiles=[PaymentProfile(status=ProfileStatus.FAILED)]) == ["correct_account"]

    def test_a_payout_is_offered_where_it_would_arrive_and_is_not_made_by_itself(self) -> None:
        payable = [Money(50_000, "GHS")]
        assert account(payable=payable, profiles=[self.VERIFIED]) == ["ask_for_payout"]
        assert account(payable=payable, profiles=[self.VERIFIED], is_paid_automatically=True) == []
        frozen = PaymentProfile(status=ProfileStatus.VERIFIED, frozen_until=NOW + HOUR)
        assert account(payable=payable, profiles=[frozen]) == []

    def test_money_that_no_account_is_for_needs_one_even_where_it_would_go_by_itself(self) -> None:
        payable = [Money(50_000, "GHS"), Money(20_800_000, "NGN")]
        momo = PaymentProfile(network="MTN", status=ProfileStatus.VERIFIED)
        assert account(payable=payable, profiles=[momo]) == ["ask_for_payout", "add_account"]
        assert account(payable=payable, profiles=[momo], is_paid_automatically=True) == ["add_account"]
        waiting = PaymentProfile(currency="NGN", status=ProfileStatus.PENDING)
        assert account(payable=payable, profiles=[momo, waiting]) == ["ask_for_payout"]
        assert account(payable=payable, has_money=True) == ["add_account"]


def test_the_most_pressing_comes_first_and_of_one_kind_the_soonest() -> None:
    later, soon = an_event(begins_in=9 * DAY), an_event(begins_in=2 * DAY)
    tasks = [
        Task(TaskKind.PUBLISH_DRAFT, later),
        Task(TaskKind.ASK_FOR_PAYOUT),
        Task(TaskKind.PUBLISH_DRAFT, soon),
        Task(TaskKind.DISPUTE, later),
    ]
    found = sorted_tasks(tasks)
    assert [task.kind.value for task in found] == [
        "dispute",
        "publish_draft",
        "publish_draft",
        "ask_for_payout",
    ]
    assert [task.event for task in found[1:3]] == [soon, later]
