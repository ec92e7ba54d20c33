"""Characters that no keyboard has: they are refused in words, by every door, and never reach the database."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.models import Event
from tests import factories
from tests.factories import PASSWORD
from tests.web.buying import BUYER, begin, choose, order_of

pytestmark = pytest.mark.usefixtures("db_session")

REFUSAL = "holds a character that cannot be stored"


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event()


@pytest.fixture
def seller(client: FlaskClient, event: Event) -> FlaskClient:
    """The browser of the event's organizer."""
    client.post("/sign-in/", data={"email": event.organizer.email, "password": PASSWORD})
    return client


def is_refused(answer: TestResponse) -> bool:
    return answer.status_code == 400 and REFUSAL in answer.text


@pytest.mark.parametrize("sign", ["%00", "%01", "%0a", "%7f", "%c2%85"])
@pytest.mark.parametrize(
    "path",
    [
        "/events/{}/",
        "/checkout/{}/",
        "/orders/{}/",
        "/sandbox/{}/",
        "/verify/{}/",
        "/organizer/events/{}/",
        "/organizer/events/{}/cancel/",
        "/gate/{}/",
        "/gate/{}/counts/",
        "/webhooks/{}/",
        "/static/{}",
        "/{}",
    ],
)
def test_no_page_has_a_control_character_in_its_address(seller: FlaskClient, path: str, sign: str) -> None:
    answer = seller.get(path.format(f"a{sign}b"))
    assert answer.status_code == 404
    assert "<h1" in answer.text


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_row_can_have_is_no_address(seller: FlaskClient, number: int) -> None:
    assert seller.post(f"/profile/sessions/{number}/sign-out/").status_code == 404
    assert seller.post(f"/profile/sessions/{2**63 - 1}/sign-out/").status_code < 500
    assert seller.get(f"/api/v1/events/no-such/tickets/{number}/").status_code < 500


@pytest.mark.parametrize("query", ["q=a%00b", "q%00=a", "q=a&city=%00"])
def test_a_search_for_nothing_typable_is_refused(client: FlaskClient, query: str) -> None:
    assert is_refused(client.get(f"/events/?{query}"))


def test_a_choice_of_tickets_with_it_holds_nothing(client: FlaskClient, event: Event) -> None:
    assert is_refused(choose(client, event, promo_code="a\x00b"))


@pytest.mark.parametrize("step", ["pay", "promo", "email"])
@pytest.mark.parametrize("field", ["buyer_name", "buyer_phone", "buyer_email", "promo_code", "password"])
def test_no_step_of_the_checkout_takes_it(client: FlaskClient, event: Event, step: str, field: str) -> None:
    secret = begin(client, event)
    assert is_refused(client.post(f"/checkout/{secret}/{step}/", data={**BUYER, field: "a\x00b"}))
    assert order_of(secret).buyer_email == ""


def test_the_gate_and_the_organizers_forms_refuse_it(seller: FlaskClient, event: Event) -> None:
    for field in ("gate", "code", "scan_key"):
        assert is_refused(seller.post(f"/gate/{event.slug}/scan/", data={"code": "x", field: "a\x00b"}))
    assert is_refused(seller.get(f"/gate/{event.slug}/?gate=a%00b"))
    assert is_refused(seller.post(f"/organizer/events/{event.slug}/cancel/", data={"reason": "a\x00b"}))


@pytest.mark.parametrize("name", ["Kofi\u202eMensah", "Kofi\x07Mensah"])
def test_a_buyers_name_has_no_hidden_characters(client: FlaskClient, event: Event, name: str) -> None:
    secret = begin(client, event)
    answer = client.post(f"/checkout/{secret}/pay/", data={**BUYER, "buyer_name": name})
    assert answer.status_code == 400
    assert "This text holds characters that cannot be shown." in answer.text
    assert order_of(secret).buyer_name == ""


def test_what_people_do_type_is_taken(client: FlaskClient, event: Event) -> None:
    secret = begin(client, event)
    answer = client.post(f"/checkout/{secret}/pay/", data={**BUYER, "buyer_name": "Ọlá Nɔrtey-Müller"})
    assert answer.status_code == 303
    assert order_of(secret).buyer_name == "Ọlá Nɔrtey-Müller"
    assert client.get("/events/?q=%C3%92j%C3%B2%0D%0A").status_code == 200


def test_a_signed_body_is_left_to_who_checks_the_signature(client: FlaskClient) -> None:
    answer = client.post("/webhooks/sandbox/", data={"a": "\x00"})
    assert answer.status_code == 400
    assert REFUSAL not in answer.text
