"""A rehearsal tries an event as buyers meet it, tells what went wrong, and leaves nothing behind but its result and a mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import Base, db, transaction
from easyticket.models import CheckInPolicy, Event, EventStatus, EventTrial, OfferKind, PricingType
from easyticket.services.trials import rehearse_event
from tests import factories
from tests.factories import actor_of
from tests.servers.easyticket import read_mails

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def a_draft(**fields: Any) -> Event:
    return factories.make_simple_event(**{"status": EventStatus.DRAFT, **fields})


def rehearse(event: Event) -> EventTrial:
    return rehearse_event(actor=actor_of(event.organizer), event=event, now=NOW)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables but the one that rehearsals are kept in."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "event_trial"]
    return {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(table.c.id))]
        for table in tables
    }


def steps_of(trial: EventTrial) -> dict[str, tuple[bool, str]]:
    return {step["name"]: (step["is_good"], step["sentence"]) for step in trial.steps}


def test_a_rehearsal_changes_no_row_of_any_table_but_its_own() -> None:
    event = a_draft()
    factories.make_ticket_type(event, name="Free", price_minor=0)
    factories.make_order(event, [(event.ticket_types[0].offers[0], 3)])
    before = everything()
    trial = rehearse(event)
    assert trial.is_good, trial.steps
    db.session.expire_all()
    assert everything() == before
    assert event.status is EventStatus.DRAFT


def test_a_draft_is_bought_issued_drawn_mailed_and_scanned(app: Flask) -> None:
    event = a_draft(title="Night of Drums", price_minor=5_000)
    steps = steps_of(rehearse(event))
    assert list(steps) == ["Standard", "Tickets as PDF", "Test mail"]
    assert "let in at the gate, and refused the second time" in steps["Standard"][1]
    assert "GH₵" in steps["Standard"][1]
    mail = read_mails(app.config["SETTINGS"].mail_dir)[-1]
    assert mail["Subject"] == "Trial: your tickets for Night of Drums"
    assert mail["To"] == event.organizer.email
    [pdf] = mail.iter_attachments()
    assert pdf.get_filename() == "trial-tickets.pdf" and pdf.get_content().startswith(b"%PDF")


def test_every_tier_and_day_is_tried_also_what_is_sold_out_or_not_on_sale_yet() -> None:
    start_at = NOW + timedelta(days=20)
    event = factories.make_event(
        status=EventStatus.DRAFT,
        pricing_type=PricingType.DAY_BASED,
        start_at=start_at,
        end_at=start_at + timedelta(days=2, hours=3),
    )
    passes = factories.make_ticket_type(event, name="Festival", price_minor=None, quantity=2, min_purchase=2)
    day = start_at.date()
    for number in (1, 2, 3):
        factories.make_offer(
            passes,
            kind=OfferKind.DAY_PASS,
            day_number=number,
            day_name=f"Day {number}",
            day_on=day + timedelta(days=number - 1),
            sales_start_at=NOW + timedelta(days=number),
        )
    factories.make_offer(passes, kind=OfferKind.DAY_PASS, day_name="All days", is_all_days=True)
    factories.make_order(event, [(passes.offers[0], 2)])
    steps = steps_of(rehearse(event))
    assert [name for name in steps if name.startswith("Festival")] == [
        "Festival - Day 1",
        "Festival - Day 2",
        "Festival - Day 3",
        "Festival - All days",
    ]
    assert all(is_good for is_good, _ in steps.values()), steps


def test_a_day_outside_the_event_is_found_at_the_gate() -> None:
    event = factories.make_event(status=EventStatus.DRAFT, pricing_type=PricingType.DAY_BASED)
    passes = factories.make_ticket_type(event, name="Festival", price_minor=None)
    wrong = event.start_at.date() + timedelta(days=5)
    factories.make_offer(passes, kind=OfferKind.DAY_PASS, day_number=6, day_name="Day 6", day_on=wrong)
    trial = rehearse(event)
    is_good, sentence = steps_of(trial)["Festival - Day 6"]
    assert (trial.is_good, is_good) == (False, False)
    assert sentence == "It was bought, but on its day the gate says: This ticket is for another day."


def test_who_may_come_and_go_is_let_in_twice() -> None:
    event = a_draft(check_in_policy=CheckInPolicy.MULTIPLE)
    assert "let in again" in steps_of(rehearse(event))["Standard"][1]


def test_what_is_hidden_or_over_is_not_tried_and_nothing_on_sale_is_a_fault() -> None:
    event = factories.make_event(status=EventStatus.DRAFT)
    factories.make_ticket_type(event, name="Hidden", is_active=False)
    factories.make_ticket_type(event, name="Early bird", sales_end_at=NOW - timedelta(days=1))
    trial = rehearse(event)
    assert not trial.is_good
    assert [step["name"] for step in trial.steps] == ["Hidden", "Early bird", "Tickets"]


def test_the_result_replaces_the_one_before() -> None:
    event = a_draft()
    rehearse(event)
    second = rehearse(event)
    assert db.session.scalars(sa.select(EventTrial)).all() == [second]
    assert second.tried_by_id == event.organizer_id


def test_strangers_and_events_that_are_over_are_refused() -> None:
    event = a_draft()
    with pytest.raises(Forbidden):
        rehearse_event(actor=actor_of(factories.make_organizer()), event=event, now=NOW)
    with pytest.raises(Conflict):
        rehearse_event(actor=actor_of(event.organizer), event=event, now=event.end_at)


def test_a_rehearsal_inside_another_transaction_is_a_fault_of_ours() -> None:
    event = a_draft()
    with pytest.raises(RuntimeError), transaction():
        rehearse(event)
