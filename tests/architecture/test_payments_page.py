"""The page about money says what the code does, where it names something that can be looked up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from config import SETTINGS
from easyticket.core.money import CURRENCIES, Money
from easyticket.integrations.paystack import PaystackProvider
from easyticket.integrations.paystack_banks import BANK_KINDS
from easyticket.integrations.paystack_client import PaystackClient
from easyticket.integrations.stripe_amounts import LEAST_MINOR
from easyticket.integrations.stripe_events import topic_of
from easyticket.queries.audit.invariants import INVARIANTS
from easyticket.services.provider_audit import CODE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "payments.md").read_text(encoding="utf-8")


def least_of(provider: str) -> dict[str, int]:
    """Return the least charges the page names, in minor units by currency."""
    (row,) = re.findall(rf"^\| {provider} \| (.*[A-Z]{{3}} [0-9].*) \|$", PAGE, re.MULTILINE)
    found = {}
    for entry in row.split(" · "):
        names, _, amount = entry.rpartition(" ")
        found |= {name: Money.parse(amount, name).minor for name in names.split(", ")}
    return found


def test_its_least_amounts_are_those_that_are_refused_below() -> None:
    assert least_of("Stripe") == LEAST_MINOR
    assert set(LEAST_MINOR) == set(CURRENCIES)
    paystack = PaystackProvider(PaystackClient("sk_test_x"), "sk_test_x", ())
    said = least_of("Paystack")
    assert {currency: paystack.least_minor(currency) for currency in said} == said


def test_its_commands_and_settings_exist(app: Flask) -> None:
    commands = set(re.findall(r"`flask ([a-z][a-z-]+)", PAGE))
    assert commands <= set(app.cli.commands)
    names = set(re.findall(r"`([A-Z]{2,}_[A-Z_]+)", PAGE)) - {"EASYTICKET_ENV"}
    assert names <= set(SETTINGS)


@pytest.mark.parametrize("path", re.findall(r"`(?:https://your\.site)?(/[a-z0-9/]+/)`", PAGE))
def test_its_addresses_lead_somewhere(app: Flask, path: str) -> None:
    routes = app.url_map.bind("tickets.example")
    assert any(routes.test(path, method) for method in ("GET", "POST"))


def test_the_events_it_names_are_ones_that_mean_something() -> None:
    rows = re.findall(r"^   \| `([a-z_.]+\.)` \| (.+) \|$", PAGE, re.MULTILINE)
    kinds = [start + kind for start, told in rows for kind in re.findall(r"`([a-z_]+)`", told)]
    assert len(kinds) >= 14
    assert {topic_of(kind).value for kind in kinds} == {"charge", "refund", "dispute"}


def test_it_names_every_invariant() -> None:
    named = set(re.findall(r"\bI\d+\b", PAGE))
    assert named == {each.code for each in INVARIANTS} | {CODE}


def test_it_names_where_transfers_go() -> None:
    *most, last = sorted(BANK_KINDS, key=PAGE.index)
    assert f"{', '.join(most)} and {last}" in PAGE
