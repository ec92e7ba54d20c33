"""Who buys: what is asked, kept and told before paying, and what a stranger cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from easyticket.http.limits import limiter
from easyticket.models import (
    Event,
    OrderStatus,
)
from easyticket.queries.users import find_user_by_email
from easyticket.services.orders import secret_of as link_secret
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.database import application_on
from tests.servers.databases import Databases
from tests.web.buying import (
    BUYER,
    begin,
    field_of,
    held,
    order_of,
    pay,
    sign_in,
    text_of,
)

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=10)


class TestDetails:
    def test_a_guest_needs_a_name_and_an_address_only(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("http://tickets.example/sandbox/ET-")
        order = order_of(secret)
        assert (order.buyer_name, order.buyer_email, order.user_id) == (
            "Kofi Mensah",
            "kofi@example.org",
            None,
        )

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"buyer_name": ""}, "Enter your name."),
            ({"buyer_email": ""}, "Enter your e-mail address"),
            ({"buyer_email": "kofi"}, "Enter a valid email address."),
            ({"buyer_email": "a@b.example\r\nBcc: x@y.example"}, "Enter a valid email address."),
            ({"buyer_name": "x" * 256}, "255"),
            ({"buyer_phone": "0" * 21}, "20"),
        ],
    )
    def test_what_is_missing_or_wrong_is_told_and_the_rest_is_kept(
        self, client: FlaskClient, event: Event, fields: dict[str, str], said: str
    ) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, **{"buyer_phone": "024 123 4567"} | fields)
        assert answer.status_code == 400
        assert said in text_of(answer)
        for name, value in ({**BUYER, "buyer_phone": "024 123 4567"}).items():
            if name not in fields:
                assert field_of(answer, name) == value
        assert order_of(secret).payments == []

    def test_somebody_signed_in_finds_the_form_filled_in(self, client: FlaskClient, event: Event) -> None:
        user = factories.make_user(first_name="Ama", last_name="Serwaa", email="ama@example.org")
        sign_in(client, user)
        secret = begin(client, event)
        page = client.get(f"/checkout/{secret}/")
        assert field_of(page, "buyer_name") == "Ama Serwaa"
        assert field_of(page, "buyer_email") == "ama@example.org"
        assert field_of(page, "password") is None
        assert order_of(secret).user_id == user.id

    def test_signing_in_on_the_way_takes_the_order_along(self, client: FlaskClient, event: Event) -> None:
        user = factories.make_user()
        secret = begin(client, event)
        assert f"/sign-in/?next=/checkout/{secret}/" in client.get(f"/checkout/{secret}/").text
        sign_in(client, user)
        pay(client, secret)
        assert order_of(secret).user_id == user.id

    def test_a_password_makes_an_account_on_the_way(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, password=PASSWORD)
        assert answer.status_code == 303
        user = find_user_by_email("kofi@example.org")
        assert user is not None
        assert (user.first_name, user.last_name, user.is_email_verified) == ("Kofi", "Mensah", False)
        assert order_of(secret).user_id == user.id
        assert client.get("/orders/").status_code == 200

    def test_a_weak_password_is_refused_before_anything_is_paid(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, password="short")
        assert answer.status_code == 400
        assert "password" in text_of(answer).lower()
        assert find_user_by_email("kofi@example.org") is None
        assert order_of(secret).payments == []

    def test_a_taken_address_offers_to_sign_in_and_keeps_everything(
        self, client: FlaskClient, event: Event
    ) -> None:
        user = factories.make_user(email="kofi@example.org")
        secret = begin(client, event)
        answer = pay(client, secret, password="Another-password-9", buyer_phone="024 123 4567")
        assert answer.status_code == 400
        assert "There is an account with this address already." in text_of(answer)
        assert "Sign in and go on" in text_of(answer)
        sign_in(client, user)
        page = client.get(f"/checkout/{secret}/")
        assert field_of(page, "buyer_name") == "Kofi Mensah"
        assert field_of(page, "buyer_phone") == "024 123 4567"

    def test_terms_are_shown_where_the_event_has_some(self, client: FlaskClient, event: Event) -> None:
        assert "terms" not in text_of(client.get(f"/checkout/{begin(client, event)}/"))
        strict = factories.make_simple_event(terms_and_conditions="No bags.\n<script>alert(1)</script>")
        page = client.get(f"/checkout/{begin(client, strict)}/")
        assert "By paying you accept the organizer’s terms." in text_of(page)
        assert "No bags." in text_of(page)
        assert "<script>alert" not in page.text

    def test_a_free_order_is_had_at_once(self, client: FlaskClient) -> None:
        free = factories.make_simple_event(price_minor=0, is_free=True)
        secret = begin(client, free)
        page = client.get(f"/checkout/{secret}/")
        assert "Get tickets" in text_of(page)
        assert "Pay" not in text_of(page)
        answer = pay(client, secret)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{secret}/")
        assert order_of(secret).status is OrderStatus.CONFIRMED
        assert len(order_of(secret).tickets) == 2

    def test_asking_for_the_address_of_a_step_leads_to_its_page(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = begin(client, event)
        for step in ("pay", "promo", "email", "hold-again", "cancel"):
            assert client.get(f"/checkout/{secret}/{step}/").headers["Location"] == f"/checkout/{secret}/"
        answer = client.get(f"/events/{event.slug}/tickets/")
        assert answer.headers["Location"] == f"/events/{event.slug}/"

    def test_giving_the_tickets_back_frees_them(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/cancel/")
        assert answer.headers["Location"] == f"/events/{event.slug}/"
        assert held(event) == (0, 0)
        assert "These tickets were given back" in text_of(client.get(f"/checkout/{secret}/"))

    def test_accounts_are_made_here_no_faster_than_elsewhere(
        self, databases: Databases, migrated_database: str, tmp_path: Path
    ) -> None:
        with application_on(
            databases.new(template=migrated_database), tmp_path, RATELIMIT_ENABLED="true"
        ) as app:
            app.config["WTF_CSRF_ENABLED"] = False
            browser = app.test_client()
            with_password = [pay(browser, f"{n:032x}", password=PASSWORD).status_code for n in range(11)]
            without = pay(browser, "f" * 32).status_code
        limiter.enabled = False
        assert with_password == [*[404] * 10, 429]
        assert without == 404


class TestTheAddressLooksWrong:
    def test_paying_asks_once_and_then_believes(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = pay(client, secret, buyer_email="kofi@gmial.com")
        assert answer.status_code == 200
        assert "Did you mean kofi@gmail.com?" in text_of(answer)
        assert field_of(answer, "seen_email") == "kofi@gmial.com"
        assert (
            pay(client, secret, buyer_email="kofi@gmial.com", seen_email="kofi@gmial.com").status_code == 303
        )
        assert order_of(secret).buyer_email == "kofi@gmial.com"

    def test_the_suggestion_is_taken_by_one_press(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        typed = BUYER | {"buyer_email": "kofi@gmial.com", "use_email": "1", "buyer_phone": "024 1"}
        answer = client.post(f"/checkout/{secret}/email/", data=typed)
        assert field_of(answer, "buyer_email") == "kofi@gmail.com"
        assert field_of(answer, "buyer_phone") == "024 1"
        assert "Did you mean" not in text_of(answer)

    def test_with_scripts_only_the_field_comes_back(self, client: FlaskClient, event: Event) -> None:
        secret = begin(client, event)
        answer = client.post(
            f"/checkout/{secret}/email/",
            data={"buyer_email": "kofi@gmial.com"},
            headers={"HX-Request": "true"},
        )
        assert answer.text.strip().startswith('<div id="email-field">')
        assert "Did you mean kofi@gmail.com?" in text_of(answer)


class TestPromoCodes:
    def test_are_asked_for_only_where_there_are_some(self, client: FlaskClient, event: Event) -> None:
        assert "promo" not in text_of(client.get(f"/checkout/{begin(client, event)}/")).lower()
        factories.make_promo_code(event, "EARLY10")
        assert "Have a promo code?" in text_of(client.get(f"/checkout/{begin(client, event)}/"))

    def test_apply_and_come_off_and_everything_typed_stays(self, client: FlaskClient, event: Event) -> None:
        factories.make_promo_code(event, "EARLY10")
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"promo_code": " early10 "})
        assert answer.status_code == 200
        assert "Pay GH₵ 94.50" in text_of(answer)
        assert field_of(answer, "buyer_name") == "Kofi Mensah"
        off = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"remove_promo": "1"})
        assert "Pay GH₵ 105.00" in text_of(off)

    def test_one_that_pays_for_everything_leaves_nothing_to_pay(
        self, client: FlaskClient, event: Event
    ) -> None:
        factories.make_promo_code(event, "GUEST", value=10_000)
        secret = begin(client, event)
        answer = client.post(f"/checkout/{secret}/promo/", data=BUYER | {"promo_code": "guest"})
        assert "Get tickets" in text_of(answer)
        assert pay(client, secret).headers["Location"] == f"/orders/{secret}/"
        assert held(event) == (0, 2)

    def test_an_unknown_one_is_told_beside_its_field(self, client: FlaskClient, event: Event) -> None:
        factories.make_promo_code(event, "EARLY10")
        answer = client.post(f"/checkout/{begin(client, event)}/promo/", data=BUYER | {"promo_code": "LATE"})
        assert answer.status_code == 400
        assert "This code is not known here." in text_of(answer)

    def test_one_that_was_typed_and_not_applied_is_not_passed_over(
        self, client: FlaskClient, event: Event
    ) -> None:
        factories.make_promo_code(event, "EARLY10")
        secret = begin(client, event)
        answer = pay(client, secret, promo_code="early10")
        assert answer.status_code == 200
        assert "Pay GH₵ 94.50" in text_of(answer)
        assert order_of(secret).payments == []
        assert pay(client, secret).status_code == 303
        assert order_of(secret).payments[0].amount_minor == 9_450


class TestStrangers:
    @pytest.mark.parametrize("path", ["", "return/", "status/"])
    def test_a_wrong_secret_finds_nothing(self, client: FlaskClient, event: Event, path: str) -> None:
        begin(client, event)
        assert client.get(f"/checkout/{'0' * 32}/{path}").status_code == 404

    @pytest.mark.parametrize("path", ["pay", "promo", "email", "hold-again", "cancel"])
    def test_a_wrong_secret_changes_nothing(self, client: FlaskClient, event: Event, path: str) -> None:
        begin(client, event)
        assert client.post(f"/checkout/{'0' * 32}/{path}/", data=BUYER).status_code == 404
        assert held(event) == (2, 0)

    @pytest.mark.csrf
    def test_every_change_needs_the_token_of_a_form(self, client: FlaskClient, event: Event) -> None:
        secret = link_secret(factories.make_order(event))
        for path in ("pay", "promo", "email", "hold-again", "cancel"):
            assert client.post(f"/checkout/{secret}/{path}/", data=BUYER).status_code == 400, path
        assert order_of(secret).status is OrderStatus.PENDING

    @pytest.mark.csrf
    def test_forms_work_over_https_although_the_page_sends_no_referer(
        self, client: FlaskClient, event: Event
    ) -> None:
        secret = link_secret(factories.make_order(event))
        page = client.get(f"/checkout/{secret}/", base_url="https://tickets.example")
        assert page.headers["Referrer-Policy"] == "no-referrer"
        form = BUYER | {"csrf_token": field_of(page, "csrf_token") or ""}
        answer = client.post(f"/checkout/{secret}/pay/", data=form, base_url="https://tickets.example")
        assert answer.status_code == 303

    def test_the_pages_are_kept_by_nobody(self, client: FlaskClient, event: Event) -> None:
        answer = client.get(f"/checkout/{begin(client, event)}/")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "noindex" in answer.text
