"""The pages of an organizer's money: what there is, payouts, accounts, statements and what receipts say."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import (
    Order,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileStatus,
    SellerProfile,
    User,
)
from easyticket.services.orders import secret_of
from tests import factories
from tests.queries.test_balances import make_past_event, make_sale
from tests.services.test_receipts import come_back, give_back, make_paid_order, make_seller, note_of
from tests.services.test_withdrawals import ask, make_earner, make_profile
from tests.web.buying import sign_in

pytestmark = pytest.mark.usefixtures("db_session")

MONEY = "/organizer/money/"
ASK = f"{MONEY}payouts/new/GHS/"
MARCH = "?currency=GHS&from=2026-03-01&to=2026-03-31"


def profile_of(user: User) -> PaymentProfile:
    return db.session.scalars(sa.select(PaymentProfile).filter_by(user_id=user.id).order_by("id")).all()[0]


def link_of(order: Order) -> str:
    return f"/orders/{secret_of(order)}/"


def payouts() -> list[Payout]:
    return list(db.session.scalars(sa.select(Payout).order_by(Payout.id)))


def body(profile: PaymentProfile, amount: str = "60", **more: str) -> dict[str, str]:
    return {"amount": amount, "profile": str(profile.uuid), "key": str(uuid4()), **more}


def test_everything_earned_stands_on_the_page_by_currency(client: FlaskClient) -> None:
    user = make_earner(sales=3)
    make_sale(make_past_event(user, currency="USD"))
    make_sale(factories.make_simple_event(organizer=user), days_ago=1)
    ask(user, "40")
    sign_in(client, user)
    page = client.get(MONEY).text
    for text in ("GH₵\N{NO-BREAK SPACE}110.00", "$50.00", "Waiting to be paid", "CAL Bank, ******7890"):
        assert text in page
    assert "1234567890" not in page
    assert "The next of it from" in page


def test_an_organizer_without_sales_reads_what_will_stand_there(client: FlaskClient) -> None:
    sign_in(client, factories.make_organizer())
    page = client.get(MONEY).text
    assert "Nothing earned yet" in page
    assert "Nothing was paid out yet" in page
    assert "Where should it go?" in client.get(ASK).text


def test_a_payout_is_asked_for_once_however_often_the_form_is_sent(client: FlaskClient) -> None:
    user = make_earner()
    sign_in(client, user)
    assert 'value="100.00"' in client.get(ASK).text
    form = body(profile_of(user))
    for _ in range(2):
        assert client.post(ASK, data=form).location == MONEY
    (payout,) = payouts()
    assert (payout.amount_minor, payout.state) == (6_000, PayoutState.REQUESTED)
    assert "Asked for." in client.get(MONEY).text
    assert client.post(f"{MONEY}payouts/{payout.uuid}/cancel/").location == MONEY
    assert payouts()[0].state is PayoutState.CANCELLED


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("101", "GHS 100.00 can be paid out at the moment, and no more."),
        ("5", "The least that can be paid out is GHS 10.00."),
        ("much", "Enter an amount such as 50 or 120.50."),
        ("", "Enter an amount."),
        ("-3", "must not be below zero"),
    ],
)
def test_a_refusal_says_what_would_be_right(client: FlaskClient, amount: str, sentence: str) -> None:
    user = make_earner()
    sign_in(client, user)
    answer = client.post(ASK, data=body(profile_of(user), amount))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert payouts() == []


def test_an_account_that_is_frozen_or_not_verified_is_refused_in_a_sentence(client: FlaskClient) -> None:
    user = make_earner()
    frozen = make_profile(user, is_default=False, frozen_until=clock.now() + timedelta(hours=3))
    failed = make_profile(user, is_default=False, status=ProfileStatus.FAILED)
    stranger = make_profile(factories.make_organizer())
    sign_in(client, user)
    assert "It can be paid to from" in client.post(ASK, data=body(frozen)).text
    assert "verified payment profiles only" in client.post(ASK, data=body(failed)).text
    assert "Not a valid choice" in client.post(ASK, data=body(stranger)).text
    assert client.get(f"{MONEY}payouts/new/XXX/").status_code == 404


def test_money_without_an_account_in_its_currency_says_which_kind_is_needed(client: FlaskClient) -> None:
    user = make_earner()
    make_sale(make_past_event(user, currency="NGN"))
    sign_in(client, user)
    ask_naira = f"{MONEY}payouts/new/NGN/"
    page = client.get(MONEY).text
    assert "Add an account for ₦" in page
    assert page.count("Ask for a payout") == 1
    assert "Add an account for ₦" in client.get("/organizer/").text
    empty = client.get(ask_naira).text
    assert "Money in NGN can only go to a bank account in NGN." in empty
    assert "Add mobile money" not in empty
    new_bank = f"{MONEY}accounts/new/bank/?currency=NGN"
    assert new_bank in empty
    assert '<option selected value="NGN">' in client.get(new_bank).text
    wrong = client.post(ask_naira, data=body(profile_of(user), "20"))
    assert wrong.status_code == 400
    bank = {"bank_name": "GTBank", "bank_code": "058", "account_number": "0123456789", "account_name": "Ama"}
    client.post(new_bank, data={**bank, "name": "Naira", "currency": "NGN"})
    naira = db.session.scalars(sa.select(PaymentProfile).filter_by(name="Naira")).one()
    assert naira.currency == "NGN"
    assert "Add an account for ₦" not in client.get(MONEY).text
    assert "Money is paid out to verified payment profiles only" in client.get(ask_naira).text
    with transaction():
        naira.status, naira.frozen_until = ProfileStatus.VERIFIED, None
    assert client.post(ask_naira, data=body(naira, "20")).location == MONEY
    assert payouts()[0].payment_profile_id == naira.id


def test_an_account_that_is_being_checked_is_named_and_cannot_be_chosen(client: FlaskClient) -> None:
    user = make_earner()
    waiting = make_profile(user, is_default=False, status=ProfileStatus.PENDING)
    sign_in(client, user)
    page = client.get(ASK).text
    assert f'value="{profile_of(user).uuid}"' in page
    assert f'value="{waiting.uuid}"' not in page
    assert "Not to choose yet" in page


def test_accounts_are_added_chosen_checked_again_and_deleted(client: FlaskClient) -> None:
    user = factories.make_organizer()
    sign_in(client, user)
    new = f"{MONEY}accounts/new/"
    wrong = client.post(
        f"{new}mobile-money/",
        data={"network": "MTN", "mobile_number": "12", "account_name": "Ama", "name": "MoMo"},
    )
    assert wrong.status_code == 400
    assert "+233 and nine digits" in wrong.text
    form = {"network": "MTN", "mobile_number": "024 123 4567", "account_name": "Ama", "name": "MoMo"}
    assert client.post(f"{new}mobile-money/", data=form).location == MONEY
    first = profile_of(user)
    assert (first.account_number, first.is_default) == ("+233241234567", True)
    bank = {"bank_name": "CAL", "bank_code": "140100", "account_number": "1234567890", "account_name": "Ama"}
    assert client.post(f"{new}bank/", data={**bank, "name": "Bank"}).location == MONEY
    second = db.session.scalars(sa.select(PaymentProfile).filter_by(name="Bank")).one()
    page = client.get(MONEY).text
    looks_again = f'hx-select="#account-{second.uuid}"'
    assert looks_again in page
    assert "Nothing is paid out to it before" in page
    assert "Checks of accounts cost GH₵\N{NO-BREAK SPACE}2.00. It comes off what you earn in GHS" in page
    assert "Refunds" not in page.partition("Payouts</h2>")[0]

    first_url, second_url = f"{MONEY}accounts/{first.uuid}/", f"{MONEY}accounts/{second.uuid}/"
    with transaction():
        second.status = ProfileStatus.FAILED
    assert looks_again not in client.get(MONEY).text
    assert client.post(f"{second_url}check/").location == MONEY
    assert client.post(f"{second_url}default/").location == MONEY
    db.session.expire_all()
    assert (second.status, second.is_default, first.is_default) == (ProfileStatus.PENDING, True, False)
    assert client.post(f"{second_url}delete/").status_code == 409
    assert client.post(f"{first_url}delete/").location == MONEY
    db.session.expire_all()
    assert first.deleted_at is not None
    assert client.get(first_url).status_code == 404


def test_an_account_is_corrected_and_its_masked_number_changes_nothing(client: FlaskClient) -> None:
    user = make_earner()
    sign_in(client, user)
    profile = profile_of(user)
    url = f"{MONEY}accounts/{profile.uuid}/"
    page = client.get(url).text
    assert "******7890" in page
    assert "1234567890" not in page
    form = {"bank_name": "CAL Bank", "bank_code": "140100", "account_number": "******7890", "name": "Mine"}
    form["account_name"] = profile.account_name
    assert client.post(url, data=form).location == MONEY
    db.session.expire_all()
    assert (profile.name, profile.status) == ("Mine", ProfileStatus.VERIFIED)
    client.post(url, data={**form, "account_number": "99999999"})
    db.session.expire_all()
    assert (profile.account_number, profile.status) == ("99999999", ProfileStatus.PENDING)
    assert profile.frozen_until is not None


def test_automatic_payouts_are_switched_and_say_what_they_wait_for(client: FlaskClient) -> None:
    user = factories.make_organizer()
    sign_in(client, user)
    client.post(f"{MONEY}automatic/", data={"is_wanted": "1"})
    page = client.get(MONEY).text
    assert "Nothing is sent at the moment: Add a payment profile first" in page
    client.post(f"{MONEY}automatic/", data={"is_wanted": "0"})
    assert db.session.scalars(sa.select(SellerProfile.is_paid_automatically)).one() is False


def test_what_receipts_say_is_kept_and_wrong_rates_are_refused(client: FlaskClient) -> None:
    user = factories.make_organizer()
    sign_in(client, user)
    url = f"{MONEY}receipts/"
    form = {"legal_name": "Volta Ltd", "address": "Accra", "tax_number": "C1", "tax_name": "VAT"}
    assert client.post(url, data={**form, "tax_rate": "12,5"}).location == MONEY
    seller = db.session.scalars(sa.select(SellerProfile)).one()
    assert (seller.legal_name, seller.tax_basis_points) == ("Volta Ltd", 1_250)
    assert "They name Volta Ltd and 12.5\N{NO-BREAK SPACE}% VAT" in client.get(MONEY).text
    assert 'value="12.5"' in client.get(url).text
    wrong = {"99": "from 0 to 50", "1.234": "two digits", "x": "a rate such as", "1e999999": "from 0 to 50"}
    for rate, sentence in wrong.items():
        assert sentence in client.post(url, data={**form, "tax_rate": rate}).text
    assert "Say what the tax is called" in client.post(url, data={"tax_rate": "15"}).text


def test_asking_for_no_more_than_the_head_of_a_page_saves_no_empty_form(client: FlaskClient) -> None:
    sign_in(client, factories.make_organizer())
    url = f"{MONEY}receipts/"
    client.post(url, data={"legal_name": "Volta Ltd"})
    assert client.head(url).status_code == 200
    db.session.expire_all()
    assert db.session.scalars(sa.select(SellerProfile.legal_name)).one() == "Volta Ltd"


def test_statements_are_downloaded_as_table_and_on_paper(client: FlaskClient) -> None:
    user = make_earner()
    sign_in(client, user)
    today = clock.now().date()
    days = f"?currency=GHS&from={today - timedelta(days=90)}&to={today}"
    table = client.get(f"{MONEY}statement.csv{days}", buffered=True)  # streamed
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Cache-Control"] == "private, no-store"
    assert table.text.count('"Tickets sold"') == 2
    assert '"Closing balance","","","","100.00","GHS"' in table.text
    paper = client.get(f"{MONEY}statement.pdf{days}")
    assert paper.data.startswith(b"%PDF")
    assert ".pdf" in paper.headers["Content-Disposition"]
    for wrong in (
        "",
        MARCH.replace("GHS", "EUR"),
        MARCH.replace("03-01", "x"),
        MARCH.replace("03-01", "05-01"),
    ):
        assert client.get(f"{MONEY}statement.csv{wrong}").status_code == 400


def test_nobody_else_reaches_an_organizers_money(client: FlaskClient) -> None:
    user = make_earner()
    payout, profile = ask(user), profile_of(user)
    pages = [MONEY, ASK, f"{MONEY}receipts/", f"{MONEY}accounts/new/bank/", f"{MONEY}statement.csv{MARCH}"]
    pages += [f"{MONEY}statement.pdf{MARCH}", f"{MONEY}accounts/{profile.uuid}/"]
    deeds = [f"{MONEY}payouts/{payout.uuid}/cancel/"]
    deeds += [f"{MONEY}accounts/{profile.uuid}/{deed}/" for deed in ("default", "check", "delete")]
    for page in pages:
        assert "/sign-in/" in client.get(page).location
    for deed in deeds:
        assert "/sign-in/" in client.post(deed).location
    sign_in(client, factories.make_user())
    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(deed).status_code for deed in deeds} == {403}


@pytest.mark.parametrize("make", [factories.make_organizer, factories.make_staff])
def test_another_organizer_or_administrator_sees_nothing_of_it(client: FlaskClient, make: object) -> None:
    user = make_earner()
    payout, profile = ask(user), profile_of(user)
    other = make(is_staff=True) if make is factories.make_staff else factories.make_organizer()
    sign_in(client, other)
    page = client.get(MONEY)
    assert page.status_code in (200, 403)
    assert payout.reference not in page.text
    deeds = [f"payouts/{payout.uuid}/cancel/"]
    deeds += [f"accounts/{profile.uuid}/{deed}/" for deed in ("default", "check", "delete")]
    assert {client.post(f"{MONEY}{deed}").status_code for deed in deeds} <= {403, 404}
    assert payouts()[0].state is PayoutState.REQUESTED


def test_a_buyer_downloads_receipt_and_credit_notes_by_the_orders_link(client: FlaskClient) -> None:
    order = make_paid_order(factories.make_simple_event(organizer=make_seller()))
    void = note_of(give_back(order, 1_000))
    assert void.refund is not None
    note = note_of(give_back(order, 2_000))
    come_back(void.refund)
    link = link_of(order)
    page = client.get(link).text
    assert f"{link}receipt.pdf" in page
    assert "Credit note C-000002 (void)" in page
    for path in ("receipt.pdf", f"credit-note-{note.number}.pdf", f"credit-note-{void.number}.pdf"):
        answer = client.get(f"{link}{path}")
        assert answer.data.startswith(b"%PDF")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"{link}credit-note-1.pdf").status_code == 404
    assert client.get("/orders/00000000000000000000000000000000/receipt.pdf").status_code == 404


def test_an_order_paid_before_there_were_receipts_gets_one_when_it_is_asked_for(client: FlaskClient) -> None:
    order = make_paid_order(factories.make_simple_event())
    assert client.get(f"{link_of(order)}receipt.pdf").status_code == 200
    free = make_paid_order(factories.make_simple_event(price_minor=0))
    assert "receipt.pdf" not in client.get(link_of(free)).text
    assert client.get(f"{link_of(free)}receipt.pdf").status_code == 404
