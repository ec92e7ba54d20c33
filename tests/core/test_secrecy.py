"""Secrets are known by their shape wherever they stand, and what only looks a little like one stays readable."""

from __future__ import annotations

import secrets
import time

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from jwt import encode

from easyticket.core.ids import payment_reference, purchase_code
from easyticket.core.secrecy import know_secrets, without_client_secrets, without_secrets
from easyticket.core.signing import new_token


class _Signing(URLSafeTimedSerializer):
    """Signs at a fixed moment."""

    class default_signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return 1_764_000_000


HEX = "96edfeb6dc1d4c2f"
# Signed at a fixed moment: the processes of a parallel run must name their tests alike.
SIGNED = _Signing("a key").dumps({"_user_id": "somebody", "orders": ["x" * 40]})
JWT = encode({"sub": "somebody"}, "a key that is long enough for HS256", "HS256")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"/checkout/{HEX * 2}/pay/", HEX),
        (f"/pay/ET-0123456789ABCDEFGHJKMNPQRS/{HEX * 2}/", HEX),
        (f"/orders/{HEX * 2}/tickets.pdf", HEX),
        ("https://checkout.paystack.com/3ni8kdavz62431k", "3ni8"),
        (f"/reset/{HEX * 4}/", HEX),
        ("/new-address/" + "aB_-" * 10, "aB_-"),
        (f"qr {HEX * 4}", HEX),
        (f"signature {HEX * 8}", HEX),
        (f"t=1764000000,v1={HEX * 4}", HEX),
        ("/payments/verify/ET-0123456789ABCDEFGHJKMNPQRS/", "0123456789"),
        ("ticket TKT-20251119-0123456789", "0123456789"),
        ("sk_live_abcdefghijkl", "abcdefghijkl"),
        ("rk_test_abcdefghijkl", "abcdefghijkl"),
        ("whsec_abcdefghijkl", "abcdefghijkl"),
        ("pi_3Q0abc_secret_9ZzYyXx", "9ZzYyXx"),
        ("'client_secret': 'anything at all'", "anything"),
        ('{"client_secret":"anything \\" at all"}', "at all"),
        ("?payment_intent=pi_1&payment_intent_client_secret=x1&redirect_status=ok", "x1"),
        ("POST data password=hunter2&email=x", "hunter2"),
        ("payment_method_data[api_key]=abc", "abc"),
        (f"Cookie: session={SIGNED}", SIGNED[-27:]),
        (f"Authorization: Bearer {JWT}", JWT[-20:]),
        (f"access_token={JWT};", JWT[-20:]),
        (f"a token {JWT}", JWT[-20:]),
        ("a session " + "aB3_-" * 9, "aB3"),
        ("postgresql+psycopg://tickets:opensesame@db/tickets", "opensesame"),
        ("redis://:opensesame@cache:6379/0", "opensesame"),
        ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "aGFzaA"),
        ("no mailbox ama.owusu+tickets@mail.example.org here", "ama.owusu"),
        ("/sign-up/?email=ama%40example.org", "ama"),
        ("/bank/resolve?account_number=0001234567&bank_code=058", "0001234567"),
        ("account 0001234567 is unknown", "0001234567"),
        ("call +233241234567", "241234567"),
        ("call +233 24 123 4567", "123"),
        ("phone%3A %2B233241234567", "241234567"),
        ("card 4242424242424242", "4242"),
        ("card 4242 4242 4242 4242", "4242"),
        ("card 3782-8224-6310-005", "6310"),
    ],
)
def test_a_secret_goes_and_the_rest_stays(text: str, secret: str) -> None:
    plain = without_secrets(text)
    assert secret not in plain
    assert "***" in plain


@pytest.mark.parametrize("make", [payment_reference, purchase_code, new_token, lambda: secrets.token_hex(16)])
def test_nothing_of_what_is_random_stays(make) -> None:  # type: ignore[no-untyped-def]
    for _ in range(50):
        value = make()
        tail = value.rpartition("-")[2] if value.startswith(("ET-", "PUR-")) else value
        assert tail not in without_secrets(f"before {value} after")


@pytest.mark.parametrize(
    "text",
    [
        "order OE-20251119-0001 of event 12 could not be ended",
        "job mail_order_confirmed 123456 failed (try 3)",
        "/events/an-evening-of-long-titles-and-many-words-in-the-national-theatre-of-accra-2026/",
        "/organizer/events/salt-market-2025/",
        "/api/orders/",
        "/api/v1/payments/initiate/",
        "0b3f4c1e-8a44-4f0e-9d53-2f6c0a7a9d11",
        "Paystack does not take PAYSTACK_SECRET_KEY: Invalid key",
        "the token is not valid, and a password was not given",
        'duplicate key value violates unique constraint "pk_provider_event"',
        "sqlalchemy.exc.OperationalError: no such table: ledger_posting",
        'File "/srv/easyticket/services/settlement.py", line 208, in apply_snapshot',
        "2026-01-01 10:00:00,123 0.1234567891 GHS 1234567.89",
    ],
)
def test_what_is_no_secret_can_be_read(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("part", ["token", "a_", "a.", "-", "[]", "eyJ-", "a@", "/checkout", "A1"])
def test_however_long_a_strangers_text_is_it_is_read_in_a_moment(part: str) -> None:
    began = time.process_time()
    without_secrets(part * (8_000 // len(part)))
    assert time.process_time() - began < 1


def test_the_settings_of_this_installation_are_known_by_heart() -> None:
    setting = "correct horse battery"
    know_secrets([setting, "short"])
    assert without_secrets(f"told {setting} in short") == "told *** in short"


def test_what_a_provider_told_keeps_all_but_what_lets_a_browser_pay() -> None:
    told = '{"id": "pi_1", "created": 1764000000, "client_secret": "pi_1_secret_9ZzY", "receipt_email": "a@b.example"}'
    assert without_client_secrets(told) == told.replace("9ZzY", "***")
