"""An event's page: who sees it, what it says, which tickets it offers, and that nothing an organizer types runs in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, FeeBearer, User
from easyticket.web.events import render_event_page
from tests import factories
from tests.factories import PASSWORD
from tests.servers.settings import PUBLIC_URL
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

DAY = timedelta(days=1)


def path_of(event: Event) -> str:
    return f"/events/{event.slug}/"


def page_of(client: FlaskClient, event: Event) -> TestResponse:
    answer = client.get(path_of(event))
    assert answer.status_code == 200
    return answer


def plain(html: str) -> str:
    """Return what a page says, without tags, in one line."""
    return " ".join(
        unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)).split()
    )


def words(answer: TestResponse) -> str:
    return plain(answer.text)


def structured(answer: TestResponse) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, flags=re.DOTALL)
    data: dict[str, Any] = json.loads(text)
    return data


def inputs(answer: TestResponse) -> dict[str, dict[str, str]]:
    """Return the number fields by what they are called for screen readers, without "Quantity: "."""
    fields = [
        {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        for tag in re.findall(r'<input type="number"[^>]*>', answer.text)
    ]
    return {field["aria-label"].removeprefix("Quantity: "): field for field in fields}


def sign_in(client: FlaskClient, user: User) -> None:
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})


def sell_all(event: Event) -> None:
    offer = event.ticket_types[0].offers[0]
    factories.sell_places(offer, offer.ticket_type.total_quantity)


# What it says


def test_the_page_says_what_when_where_and_who(client: FlaskClient) -> None:
    start_at = factories.at((clock.now() + 20 * DAY).date(), 19, zone="Europe/Berlin")
    event = factories.make_simple_event(
        title="Nacht der Trommeln",
        organizer=factories.make_organizer(first_name="Ama", last_name="Owusu"),
        category=factories.make_category("Music"),
        start_at=start_at,
        end_at=start_at + timedelta(hours=4),
        time_zone="Europe/Berlin",
        venue_name="Kulturbrauerei",
        venue_address="Schönhauser Allee 36",
        venue_postal_code="10435",
        venue_city="Berlin",
        venue_country="Germany",
        age_restriction=16,
        refund_policy="Until **seven days** before.",
        terms_and_conditions="No dogs.",
    )
    page = words(page_of(client, event))
    for text in (
        "Nacht der Trommeln",
        "19:00–23:00 CE",
        "Central European",
        "Kulturbrauerei Schönhauser Allee 36, 10435 Berlin, Germany",
        "Ama Owusu Organizer",
        "Music",
        "For people of 16 and over",
        "Until seven days before.",
        "No dogs.",
    ):
        assert text in page


def test_an_event_of_several_days_says_first_and_last(client: FlaskClient) -> None:
    page = words(page_of(client, factories.make_day_event(3)))
    assert re.search(r"From 10:00 on the first day to 20:00 GMT on the last \(Greenwich Mean Time\)", page)


def test_the_description_is_markdown(client: FlaskClient) -> None:
    event = factories.make_event(description="# Loud\n\nA **great** night\n\n[more](https://drums.example)")
    page = page_of(client, event).text
    assert "<h3>Loud</h3>" in page
    assert "<strong>great</strong>" in page
    assert '<a href="https://drums.example" rel="nofollow noopener noreferrer">more</a>' in page


@pytest.mark.parametrize(
    "description",
    [
        "**bold** <script>x</script>\n\n- a\n- b",
        "<div onclick=x()>Hi</div>\n**bold**\n- a\n- b",
        "<style>\n\n* {}\n</style>\n<h1>Hi</h1>\n**bold** <b>x</b>\n- a\n- b",
        "<p><strong>bold</strong></p>\n<ul>\n    <li>a</li>\n\n    <li>b</li>\n</ul>",
    ],
)
def test_markdown_goes_on_where_there_is_html(client: FlaskClient, description: str) -> None:
    page = page_of(client, factories.make_event(description=description)).text
    assert "<strong>bold</strong>" in page
    assert re.search(r"<ul>\s*<li>a</li>\s*<li>b</li>\s*</ul>", page)
    assert "<script>x" not in page and "onclick" not in page and "* {}" not in page


def test_similar_events_are_offered(client: FlaskClient) -> None:
    event = factories.make_event(venue_city="Accra")
    factories.make_event(title="Another in Accra", venue_city="Accra")
    factories.make_event(title="Far away", venue_city="Berlin")
    page = words(page_of(client, event))
    assert "Another in Accra" in page
    assert "Far away" not in page


# Who sees it


def test_a_draft_is_there_for_its_owner_and_staff_only(client: FlaskClient, app: Flask) -> None:
    event = factories.make_simple_event(status=EventStatus.DRAFT)
    assert client.get(path_of(event)).status_code == 404
    assert client.get(f"{path_of(event)}calendar.ics").status_code == 404
    stranger = app.test_client()
    sign_in(stranger, factories.make_organizer())
    assert stranger.get(path_of(event)).status_code == 404
    for person in (event.organizer, factories.make_staff()):
        visitor = app.test_client()
        sign_in(visitor, person)
        page = page_of(visitor, event)
        assert "This is a draft" in words(page)
        assert 'content="noindex"' in page.text
        assert not inputs(page)


def test_an_unknown_event_is_not_found(client: FlaskClient) -> None:
    assert client.get("/events/no-such-event/").status_code == 404
    assert client.get("/events/%00/").status_code == 404


def test_a_cancelled_event_says_so_and_sells_nothing(client: FlaskClient) -> None:
    event = factories.make_simple_event(
        status=EventStatus.CANCELLED, cancellation_reason="The singer is ill."
    )
    page = page_of(client, event)
    assert "This event was cancelled" in words(page)
    assert "The singer is ill." in words(page)
    assert not inputs(page)
    assert structured(page)["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_past_event_says_so_and_sells_nothing(client: FlaskClient) -> None:
    page = page_of(client, factories.make_simple_event(start_at=clock.now() - 9 * DAY))
    assert "This event is over" in words(page)
    assert not inputs(page)


def test_a_running_event_still_sells(client: FlaskClient) -> None:
    page = page_of(client, factories.make_simple_event(start_at=clock.now() - timedelta(hours=1)))
    assert "On now" in words(page)
    assert inputs(page)


# Tickets


@pytest.mark.parametrize(
    ("make", "tickets"),
    [
        (factories.make_simple_event, {"Standard": "GH₵ 52.50"}),
        (factories.make_tiered_event, {"Seat - Regular": "GH₵ 52.50", "Seat - Gold": "GH₵ 94.50"}),
        (
            factories.make_day_event,
            {
                "Festival pass - Day 1": "GH₵ 42.00",
                "Festival pass - Day 2": "GH₵ 42.00",
                "Festival pass - Day 3": "GH₵ 42.00",
                "Festival pass - All days": "GH₵ 105.00",
            },
        ),
        (
            factories.make_grid_event,
            {
                "Pass - Regular - Day 1": "GH₵ 42.00",
                "Pass - VIP - Day 1": "GH₵ 126.00",
                "Pass - Regular - Day 2": "GH₵ 42.00",
                "Pass - VIP - Day 2": "GH₵ 126.00",
            },
        ),
    ],
)
def test_every_kind_of_pricing_has_a_number_field_for_each_ticket_with_its_whole_price(
    make: Callable[[], Event], tickets: dict[str, str], client: FlaskClient
) -> None:
    event = make()
    page = page_of(client, event)
    assert set(inputs(page)) == set(tickets)
    for price in tickets.values():
        assert price in words(page)
    offers = {offer.full_name: offer for kind in event.ticket_types for offer in kind.offers}
    for name, field in inputs(page).items():
        assert field["name"] == f"quantity-{offers[name].uuid}"
        assert field["data-unit-minor"] == str(offers[name].price_minor)
    assert f'action="{path_of(event)}tickets/"' in page.text
    assert 'data-fee-basis-points="500"' in page.text
    assert 'data-money-zero="GH₵\N{NO-BREAK SPACE}0.00"' in page.text


def test_where_the_organizer_bears_the_fee_nothing_is_added(client: FlaskClient) -> None:
    page = page_of(client, factories.make_simple_event(fee_bearer=FeeBearer.ORGANIZER))
    assert "GH₵ 50.00" in words(page)
    assert 'data-fee-basis-points="0"' in page.text


def test_the_limits_of_a_purchase_are_said_and_kept(client: FlaskClient) -> None:
    event = factories.make_event()
    factories.make_ticket_type(event, name="Pair", min_purchase=2, max_purchase=6)
    page = page_of(client, event)
    assert "2 to 6 in one order" in words(page)
    field = inputs(page)["Pair"]
    assert (field["min"], field["max"], field["data-smallest"]) == ("0", "6", "2")


def test_few_that_are_left_are_counted_and_many_are_not(client: FlaskClient) -> None:
    few = factories.make_simple_event(quantity=10)
    many = factories.make_simple_event(quantity=11)
    assert "10 left" in words(page_of(client, few))
    assert " left" not in words(page_of(client, many))


def test_sold_out_is_told_apart_from_all_held(client: FlaskClient) -> None:
    sold = factories.make_simple_event(quantity=2)
    sell_all(sold)
    page = page_of(client, sold)
    assert "Sold out Every ticket is paid for." in words(page)
    assert not inputs(page)

    held = factories.make_simple_event(quantity=2)
    factories.hold_places(held.ticket_types[0].offers[0], 2, expires_at=clock.now() + timedelta(minutes=4))
    page = page_of(client, held)
    assert "Others are buying the last tickets. Some may come back: look again in 4 min." in words(page)
    assert "Look again now" in words(page)
    assert not inputs(page)


def test_one_offer_that_is_gone_leaves_the_others(client: FlaskClient) -> None:
    event = factories.make_tiered_event([("Regular", 5_000, 5), ("Gold", 9_000, 5)])
    factories.hold_places(event.ticket_types[0].offers[1], 5)
    page = page_of(client, event)
    assert set(inputs(page)) == {"Seat - Regular"}
    assert "All held, look again in 15 min" in words(page)


def test_what_is_not_on_sale_yet_says_from_when(client: FlaskClient) -> None:
    event = factories.make_event()
    opens = factories.at((clock.now() + 3 * DAY).date(), 10)
    factories.make_ticket_type(event, name="Later", sales_start_at=opens)
    page = page_of(client, event)
    assert "Not on sale yet" in words(page)
    assert re.search(r"On sale from \w+ \d+ \w+ \d{4}, 10:00 GMT", words(page))


def test_an_event_without_tickets_says_so(client: FlaskClient) -> None:
    assert "No tickets yet" in words(page_of(client, factories.make_event()))


def test_a_cell_of_the_grid_that_is_not_sold_is_empty(client: FlaskClient) -> None:
    event = factories.make_grid_event()
    with transaction():
        event.ticket_types[0].offers[3].is_active = False
    page = page_of(client, event)
    assert "Pass - VIP - Day 2" not in inputs(page)
    assert "Not sold" in words(page)


def test_the_promo_field_appears_with_the_first_code_that_can_be_used(client: FlaskClient) -> None:
    event = factories.make_simple_event()
    factories.make_promo_code(event, "OLD", is_active=False)
    assert 'name="promo_code"' not in page_of(client, event).text
    factories.make_promo_code(event, "NEW")
    assert 'name="promo_code"' in page_of(client, event).text


def test_a_refused_choice_is_shown_with_its_reason_and_what_was_typed(app: Flask) -> None:
    event = factories.make_simple_event()
    factories.make_promo_code(event)
    uuid = event.ticket_types[0].offers[0].uuid
    with app.test_request_context():
        page = render_event_page(
            event, form_errors=["Only 2 are left."], quantities={str(uuid): 5}, promo_code='"><b>X'
        )
    assert "Nothing is held yet Only 2 are left." in plain(page)
    assert f'name="quantity-{uuid}" id="quantity-{uuid}" value="5"' in page
    assert 'value="&#34;&gt;&lt;b&gt;X"' in page
    assert '<details class="promo" open>' in page


# For other programs


def test_search_engines_read_the_event_and_its_offers(client: FlaskClient) -> None:
    event = factories.make_tiered_event(title="Drums", time_zone="Africa/Lagos", currency="NGN")
    sold = event.ticket_types[0].offers[1]
    factories.sell_places(sold, 30)
    data = structured(page_of(client, event))
    assert (data["@type"], data["name"]) == ("Event", "Drums")
    assert data["startDate"].endswith("+01:00")
    assert data["location"]["address"]["addressLocality"] == "Accra"
    assert data["url"] == f"{PUBLIC_URL}{path_of(event)}"
    offers = [
        (each["name"], each["price"], each["priceCurrency"], each["availability"]) for each in data["offers"]
    ]
    assert offers == [
        ("Seat - Regular", "52.50", "NGN", "https://schema.org/InStock"),
        ("Seat - Gold", "94.50", "NGN", "https://schema.org/SoldOut"),
    ]


def test_messengers_read_title_text_and_a_picture(client: FlaskClient) -> None:
    event = factories.make_event(title='Drums & "Bass"', short_description="One night.")
    page = page_of(client, event).text
    assert '<meta property="og:title" content="Drums &amp; &#34;Bass&#34;">' in page
    assert f'<meta property="og:url" content="{PUBLIC_URL}{path_of(event)}">' in page
    assert f'<link rel="canonical" href="{PUBLIC_URL}{path_of(event)}">' in page
    assert '<meta name="description" content="One night.">' in page
    (picture,) = re.findall(r'<meta property="og:image" content="([^"]*)">', page)
    answer = client.get(picture.removeprefix(PUBLIC_URL))
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")


def test_the_calendar_file_is_for_download(client: FlaskClient) -> None:
    event = factories.make_event(title="Drums")
    answer = client.get(f"{path_of(event)}calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{event.slug}.ics"'
    assert "SUMMARY:Drums" in answer.text
    assert f"URL:{PUBLIC_URL}{path_of(event)}" in answer.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("path", "mimetype"), [("/covers/7.svg", "image/svg+xml"), ("/covers/7.png", "image/png")]
)
def test_covers_are_drawn_once_and_kept(path: str, mimetype: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert answer.mimetype == mimetype
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.data == client.get(path).data


def test_pictures_that_were_never_stored_are_not_found(client: FlaskClient) -> None:
    for name in ("a.png", f"{'0' * 32}.png", "..%2Fconfig.py", f"{'0' * 32}.html"):
        assert client.get(f"/media/{name}").status_code == 404


# What organizers type


CORPUS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '<a href="java\nscript:alert(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    "<p style=\"background:url('https://evil.example/x')\">x</p>",
    "![x](https://evil.example/x.png)",
    "<form action=https://evil.example><button>Pay</button></form>",
    "\u2028alert(1)\u2029",
]


@pytest.mark.parametrize("typed", CORPUS)
def test_nothing_an_organizer_types_runs_or_reaches_out(typed: str, client: FlaskClient) -> None:
    event = factories.make_event(
        title=f"Drums {typed}",
        short_description=typed,
        description=typed,
        refund_policy=typed,
        terms_and_conditions=typed,
        venue_name=typed,
        venue_address=typed,
        venue_city=typed[:90],
        organizer=factories.make_organizer(first_name=typed, last_name="x"),
        category=factories.make_category(f"Category {typed[:80]}"),
    )
    ticket_type = factories.make_ticket_type(event, name=typed, description=typed, benefits=typed)
    assert ticket_type.offers
    clean = page_of(client, factories.make_simple_event(title="Clean"))
    page = page_of(client, event)
    data = structured(page)
    assert data["name"] == f"Drums {typed}"
    assert page.text.count("<script") == clean.text.count("<script")
    assert page.text.count("<form") == clean.text.count("<form")
    tags = re.findall(r"<[a-zA-Z][^>]*>", page.text)
    for tag in tags:
        assert not re.search(r"""\s(on\w+|style|srcdoc)\s*=""", re.sub(r'"[^"]*"', '""', tag)), tag
        address = re.search(r'\s(?:href|src|action)="([^"]*)"', tag)
        if address:
            assert not re.match(r"\s*(javascript|data|vbscript):", unescape(address[1]), re.IGNORECASE), tag
    assert not re.search(r'<(img|iframe|source|object|embed)\b[^>]*(evil\.example|src="?x["> ])', page.text)
    # The lists show the same texts.
    assert "<script>alert" not in client.get("/events/").text
    assert "<img src=x" not in client.get("/").text


@pytest.mark.parametrize("others", [1, 50])
def test_a_page_takes_the_same_statements_beside_one_event_and_beside_fifty(
    others: int, client: FlaskClient
) -> None:
    event = factories.make_grid_event(
        days=4, tiers=[(f"T{number}", 1_000) for number in range(others % 5 + 1)]
    )
    for _ in range(others):
        factories.make_simple_event()
    path = path_of(event)
    db.session.rollback()
    with counted_statements() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) == 7
