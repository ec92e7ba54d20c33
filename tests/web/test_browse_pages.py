"""The home page and the list of events: what is found, what is told when a filter makes no sense, and what it weighs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import EventStatus
from tests import factories
from tests.servers.settings import PUBLIC_URL
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}


def words(answer: TestResponse) -> str:
    """Return what a page says, without tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def found(client: FlaskClient, query: str = "") -> list[str]:
    """Return the titles a search finds, in their order."""
    return [
        unescape(title)
        for title in re.findall(r'event-card-title"><a [^>]*>([^<]*)<', list_at(client, query).text)
    ]


def list_at(client: FlaskClient, query: str = "") -> TestResponse:
    answer = client.get(f"/events/{query}")
    assert answer.status_code == 200
    return answer


# Home


def test_the_home_page_shows_what_is_featured_soon_and_in_each_city(client: FlaskClient) -> None:
    now = clock.now()
    music = factories.make_category("Music")
    factories.make_simple_event(title="Drums", is_featured=True, category=music, venue_city="Accra")
    factories.make_simple_event(title="Tomorrow", start_at=now + DAY, venue_city="Lagos")
    page = words(client.get("/"))
    for text in ("Featured", "Drums", "The next seven days", "Tomorrow", "In Accra", "In Lagos", "Music"):
        assert text in page


def test_a_running_event_says_once_that_it_is_on_and_until_when(client: FlaskClient) -> None:
    now = clock.now()
    factories.make_simple_event(title="Tonight", start_at=now - DAY, end_at=now + timedelta(minutes=5))
    factories.make_simple_event(title="All week", start_at=now - DAY, end_at=now + 5 * DAY)
    page = words(client.get("/events/"))
    assert page.count("On now") == 2
    assert re.search(r"Until \d\d:\d\d GMT", page)
    assert re.search(r"Until \w{3} \d{1,2} \w{3}", page)


def test_an_empty_site_says_so_and_offers_what_was(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "Nothing is on at the moment" in words(answer)
    assert 'href="/events/?when=past"' in answer.text


def test_the_home_page_takes_as_many_statements_for_fifty_events_as_for_one(client: FlaskClient) -> None:
    def statements() -> int:
        db.session.rollback()
        with counted_statements() as seen:
            assert client.get("/").status_code == 200
        return len(seen)

    factories.make_simple_event(is_featured=True, start_at=clock.now() + DAY)
    with_one = statements()
    for number in range(49):
        factories.make_simple_event(
            is_featured=True, venue_city=f"City {number % 5}", start_at=clock.now() + DAY
        )
    assert statements() == with_one <= 8


# Searching


def test_searching_and_filtering_work_as_a_plain_address(client: FlaskClient) -> None:
    music = factories.make_category("Music")
    factories.make_simple_event(title="Ɛyɛ drums", category=music, venue_city="Düsseldorf", price_minor=1_000)
    factories.make_simple_event(
        title="Dear drums", category=music, venue_city="Düsseldorf", price_minor=90_000
    )
    factories.make_simple_event(title="Other drums", venue_city="Accra", price_minor=1_000)
    assert found(client, "?q=EYE+drums") == ["Ɛyɛ drums"]
    assert found(client, "?city=dusseldorf&category=music&max=20&q=drums") == ["Ɛyɛ drums"]
    assert sorted(found(client, "?q=drums")) == ["Dear drums", "Other drums", "Ɛyɛ drums"]
    assert found(client, "?sort=price&city=Düsseldorf") == ["Ɛyɛ drums", "Dear drums"]


def test_empty_fields_of_a_form_sent_without_scripts_filter_nothing(client: FlaskClient) -> None:
    factories.make_event(title="Drums")
    assert found(client, "?q=&city=&category=&date=&from=&to=&min=&max=&when=&sort=") == ["Drums"]


def test_days_are_filtered_by_name_or_by_date(client: FlaskClient) -> None:
    now = clock.now()
    factories.make_event(
        title="Today", start_at=now + timedelta(minutes=5), end_at=now + timedelta(minutes=10)
    )
    factories.make_event(title="In a month", start_at=now + 35 * DAY)
    day = (now + 35 * DAY).date().isoformat()
    assert "In a month" not in found(client, "?date=week")
    assert found(client, f"?from={day}") == ["In a month"]
    assert found(client, f"?from={day}&to={day}&date=today") == ["In a month"]


def test_free_events_are_found(client: FlaskClient) -> None:
    factories.make_simple_event(title="Free", price_minor=0)
    factories.make_simple_event(title="Paid")
    assert found(client, "?free=1") == ["Free"]


def test_past_events_are_shown_when_asked_for_and_cancelled_ones_never(client: FlaskClient) -> None:
    now = clock.now()
    factories.make_simple_event(title="Coming")
    factories.make_simple_event(title="Gone", start_at=now - 9 * DAY)
    factories.make_simple_event(title="Cancelled", status=EventStatus.CANCELLED)
    factories.make_simple_event(title="Draft", status=EventStatus.DRAFT)
    assert found(client) == ["Coming"]
    assert found(client, "?when=past") == ["Gone"]
    assert "Past events" in words(list_at(client, "?when=past"))


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    factories.make_event()
    page = list_at(client, "?q=zebra")
    assert "No event fits" in words(page)
    assert "Show all events" in words(page)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("category=nothing", "There is no category “nothing”"),
        ("date=someday", "“someday” is no span of days"),
        ("from=2026-02-30", "“2026-02-30” is no day"),
        ("to=0001-01-01", "“0001-01-01” is no day"),
        ("to=9999-12-31", "“9999-12-31” is no day"),
        ("min=abc", "“abc” is no price"),
        ("max=-5", "“-5” is no price"),
        ("max=NaN", "“NaN” is no price"),
        ("max=1e999999", "“1e999999” is no price"),
        ("min=30&max=10", "the two were swapped"),
        ("from=2026-12-24&to=2026-12-01", "the two were swapped"),
        ("free=maybe", "“maybe” is no choice here"),
        ("when=never", "“never” is no choice here"),
        ("sort=best", "“best” is no choice here"),
        ("page=two", "There is no page “two”"),
        ("page=0", "There is no page “0”"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_in_words_and_the_rest_still_counts(
    query: str, told: str, client: FlaskClient
) -> None:
    factories.make_simple_event(
        title="Drums", price_minor=1_900, start_at=factories.at(clock.now().date() + DAY)
    )
    factories.make_simple_event(title="Chess")
    answer = list_at(client, f"?q=drums&{query}")
    assert told in words(answer)
    assert 'value="drums"' in answer.text
    if "from=2026" not in query:
        assert found(client, f"?q=drums&{query}") == ["Drums"]


def test_what_was_typed_stays_in_the_form(client: FlaskClient) -> None:
    answer = list_at(
        client, '?q="><script>alert(1)</script>&city=Nowhere&min=1,50&from=2027-01-01&sort=price'
    )
    assert "<script>alert" not in answer.text
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text
    assert '<option value="Nowhere" selected>' in answer.text
    assert 'value="1,50"' in answer.text
    assert 'value="2027-01-01"' in answer.text
    assert '<option value="price" selected>' in answer.text


def test_each_filter_can_be_taken_off_alone(client: FlaskClient) -> None:
    factories.make_event(venue_city="Accra")
    answer = list_at(client, "?q=drums&city=Accra")
    assert 'href="/events/?city=Accra"><span class="visually-hidden">Take off: </span>“drums”' in answer.text
    assert 'href="/events/?q=drums"><span class="visually-hidden">Take off: </span>Accra' in answer.text


def test_prices_of_different_currencies_come_with_a_word_of_warning(client: FlaskClient) -> None:
    factories.make_simple_event(currency="GHS")
    factories.make_simple_event(currency="EUR")
    assert "Prices here are in EUR and GHS" in words(list_at(client, "?sort=price"))
    assert "Prices here are in" not in words(list_at(client))


# Pages, fragments and addresses


def test_pages_have_twenty_events_and_keep_the_filters(client: FlaskClient) -> None:
    for number in range(21):
        factories.make_event(title=f"Drums {number}", start_at=clock.now() + DAY)
    first = list_at(client, "?q=drums")
    assert "21 events, 1 to 20 shown" in words(first)
    assert 'href="/events/?q=drums&amp;page=2"' in first.text
    assert len(found(client, "?q=drums&page=2")) == 1
    missing = client.get("/events/?q=drums&page=3")
    assert missing.status_code == 404


def test_htmx_gets_the_list_alone_and_a_clean_address(client: FlaskClient) -> None:
    factories.make_event(title="Drums")
    answer = client.get("/events/?q=drums&city=&category=&min=", headers=HTMX)
    assert answer.text.lstrip().startswith('<section id="results"')
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/events/?q=drums"
    assert 'hx-swap-oob="innerHTML:#announcer">Events: 1 event<' in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(client: FlaskClient) -> None:
    answer = client.get("/events/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in answer.text


def test_lists_tell_search_engines_their_address_and_whether_to_keep_them(client: FlaskClient) -> None:
    factories.make_event(venue_city="Accra")
    city = list_at(client, "?city=Accra&sort=&q=")
    assert f'<link rel="canonical" href="{PUBLIC_URL}/events/?city=Accra">' in city.text
    assert "noindex" not in city.text
    assert 'content="noindex, follow"' in list_at(client, "?q=drums").text


def test_links_never_come_from_the_host_header(client: FlaskClient) -> None:
    for path in ("/", "/events/"):
        assert "evil.example" not in client.get(path, headers={"Host": "evil.example"}).text


# Cards


def test_a_card_tells_when_where_and_what_it_costs_with_all_fees(client: FlaskClient) -> None:
    day = (clock.now() + 20 * DAY).date()
    factories.make_tiered_event(
        title="Drums",
        start_at=factories.at(day, 19, 30, "Africa/Lagos"),
        time_zone="Africa/Lagos",
        venue_city="Lagos",
    )
    page = words(list_at(client))
    assert "19:30 WAT" in page
    assert "National Theatre, Lagos" in page
    assert "From GH₵\N{NO-BREAK SPACE}52.50".replace("\N{NO-BREAK SPACE}", " ") in page


def test_cards_tell_sold_out_from_all_held(client: FlaskClient) -> None:
    sold = factories.make_simple_event(title="Sold", quantity=1)
    factories.sell_places(sold.ticket_types[0].offers[0], 1)
    assert "Sold out" in words(list_at(client))
    held = factories.make_simple_event(title="Held", quantity=1)
    factories.hold_places(held.ticket_types[0].offers[0], 1)
    assert "All held" in words(list_at(client))


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_takes_the_same_statements_for_one_event_and_for_fifty(
    count: int, client: FlaskClient
) -> None:
    for number in range(count):
        factories.make_tiered_event(category=factories.make_category() if number % 2 else None)
    db.session.rollback()
    with counted_statements() as seen:
        assert client.get("/events/").status_code == 200
    assert len(seen) == 5
