"""Settings: what is wrong stops the start with one sentence that names it."""

from __future__ import annotations

import pytest

from config import SettingsError, load_settings

SECRET = "x" * 40
LIVE = {"EASYTICKET_ENV": "production", "SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EASYTICKET_ENV", "staging"),
        ("PORT", "x"),
        ("PORT", "70000"),
        ("PUBLIC_URL", "tickets.example"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "localhost:6379"),
        ("MAIL_URL", "mail.example"),
        ("RATELIMIT_ENABLED", "maybe"),
        ("CORS_ORIGINS", "https://shop.example/path"),
        ("FRONTEND_URL", "shop.example"),
        ("DEFAULT_CURRENCY", "XYZ"),
        ("DEFAULT_TIME_ZONE", "Accra"),
        ("FEE_BASIS_POINTS", "6000"),
        ("STRIPE_SECRET_KEY", "pk_live_1"),
        ("PAYSTACK_SECRET_KEY", "secret"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_half_a_provider_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^STRIPE_PUBLISHABLE_KEY"):
        load_settings({"STRIPE_SECRET_KEY": "sk_test_1"})
    with pytest.raises(SettingsError, match=r"^PAYSTACK_PUBLIC_KEY"):
        load_settings({"PAYSTACK_SECRET_KEY": "sk_test_1"})


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SANDBOX_PAYMENTS": "true"}, "SANDBOX_PAYMENTS"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"DEMO": "true"}, "DEMO"),
    ],
)
def test_production_refuses_what_is_only_for_development(change: dict[str, str], name: str) -> None:
    assert load_settings(LIVE).is_production
    with pytest.raises(SettingsError, match=rf"^{name}"):
        load_settings({**LIVE, **change})


def test_without_any_variable_everything_has_a_value_that_works() -> None:
    settings = load_settings({})
    assert settings.public_url == "http://127.0.0.1:8001"
    assert settings.sandbox_payments and settings.demo and settings.ratelimit_enabled


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings({"PORT": " ", "PUBLIC_URL": ""}).port == 8001


def test_a_relative_database_file_is_found_from_any_folder() -> None:
    assert load_settings({"DATABASE_URL": "sqlite:///shop.db"}).database_url.endswith("/shop.db")
    assert load_settings({"DATABASE_URL": "sqlite:///shop.db"}).database_url.startswith("sqlite:////")
