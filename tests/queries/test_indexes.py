"""Every list of the API is found through indexes made for it: asked of PostgreSQL with a small database and no clock.

The planner is told to avoid sorts and reads of whole tables. What it still sorts has no index in that order, and what it
still counts through another index has none for that filter. How long things take is measured by `make bench`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.db import db
from scripts.bench.lists import all_lists, choose_cast
from scripts.bench.load import Sizes, load, moment_of
from scripts.bench.measuring import Answered, answers
from tests.fixtures.database import application_on
from tests.servers.databases import Databases

pytestmark = pytest.mark.postgresql

SMALL = Sizes(events=2_000, organizers=40, cities=20, buyers=400, orders=6_000)
AVOIDED = ("seqscan", "sort")

# What a filter is counted through, by the beginning of what is asked for.
INDEXES_OF_FILTERS = {
    "events/?category=": "ix_event_category_id",
    "events/?venue_city=": "ix_event_venue_city_key",
    "events/?is_free=": "ix_event_is_free",
    "events/?is_featured=": "ix_event_is_featured_status_created_at",
    "events/?pricing_type=": "ix_event_pricing_type",
    "events/?status=draft": "ix_event_organizer_id",
    "events/my_events/": "ix_event_organizer_id",
    "events/upcoming/": "ix_event_status_start_at",
    "events/featured/": "ix_event_is_featured_status_created_at",
    "tickets/types/?event=": "ticket_type: ix_ticket_type_event_id",
    "tickets/types/?pricing_type=tier": "ix_event_pricing_type",
    "tickets/types/?is_active=": "ix_ticket_type_event_id",
    # Two indexes begin with the event, one of them with the name after it; both are as good.
    "tickets/types/by_event/": "ticket_type_event_id",
    "tickets/day-passes/?is_all_days=": "ix_offer_kind_",
    "tickets/day-tier-prices/?day_number=": "ix_offer_kind_",
    "tickets/day-tier-prices/?tier_number=": "ix_offer_kind_tier_number",
    "tickets/day-tier-prices/?is_active=": "ix_offer_kind_is_active",
    "tickets/my-tickets/": "ix_ticket_owner_created_at",
    "orders/confirmed/": "ix_order_user_",
    "orders/my_tickets/": "ix_order_user_",
}
INDEXES_OF_SEARCHES = {
    "events/?search=": "ix_event_search_text",
    "tickets/types/?search=": "ix_ticket_type_search_text",
}
# One account's tickets are sorted by their events' beginning: no index spans two tables.
SORTED = ("tickets/my-tickets/?ordering=event__start_date", "tickets/my-tickets/?ordering=-event__start_date")


@pytest.fixture(scope="module")
def all_answers(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Answered]]:
    """How each list was answered by a database with a few thousand rows."""
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path_factory.mktemp("indexes")) as app, app.app_context():
        with db.engine.connect() as connection:
            load(connection.connection.driver_connection, SMALL)
            connection.invalidate()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for way in AVOIDED:
                connection.execute(sa.text(f"SET enable_{way} = off"))
            driver: Any = connection.connection.driver_connection
            yield list(answers(driver, all_lists(choose_cast(moment_of(driver)))))
            connection.invalidate()


def asked(answered: Answered) -> str:
    return f"{answered.listed.path}?{answered.listed.asked}".removesuffix("?")


def test_no_list_reads_a_whole_table(all_answers: list[Answered]) -> None:
    read = {
        f"{asked(each)}, {each.part}: {way}"
        for each in all_answers
        for plan in each.plans
        for way in plan.access
    }
    # Of categories there are a dozen.
    whole = [way for way in sorted(read) if way.endswith("all rows") and "category: " not in way]
    assert whole == []


def test_no_order_needs_a_sort(all_answers: list[Answered]) -> None:
    pages = [each for each in all_answers if each.part == "first page"]
    assert len(pages) > 90
    assert {asked(each) for each in pages if any(plan.sorts for plan in each.plans)} == set(SORTED)


def test_every_filter_is_counted_through_its_index(all_answers: list[Answered]) -> None:
    check_counts(all_answers, INDEXES_OF_FILTERS)


def test_words_are_looked_up_where_the_server_has_trigrams(all_answers: list[Answered]) -> None:
    """The PostgreSQL that comes as a Python package has none and reads the texts; DATABASE_URL may name one that has."""
    has_trigrams = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"
    check_counts(all_answers, INDEXES_OF_SEARCHES if db.session.scalar(sa.text(has_trigrams)) else {})


def test_an_accounts_newest_orders_are_not_looked_for_among_everybodys(all_answers: list[Answered]) -> None:
    page = next(each for each in all_answers if asked(each) == "orders/" and each.part == "first page")
    assert any("ix_order_user_id" in way for plan in page.plans for way in plan.access), page.plans


def check_counts(all_answers: list[Answered], indexes: dict[str, str]) -> None:
    """Fail where what is asked for is counted without its index; filters of two kinds at once have several."""
    counts = [each for each in all_answers if each.part == "count" and not {*"&("} & {*asked(each)}]
    for beginning, index in indexes.items():
        found = [each for each in counts if asked(each).startswith(beginning)]
        assert found, beginning
        for each in found:
            assert any(index in way for plan in each.plans for way in plan.access), (asked(each), each.plans)
