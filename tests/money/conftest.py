"""A site that takes money at both doubles, on a database with real commits, and is reached by their webhooks over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import stripe
import time_machine
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from easyticket.core import clock
from easyticket.db import db
from tests.doubles.paystack import PaystackDouble
from tests.doubles.stripe import StripeDouble
from tests.fixtures.application import Client
from tests.fixtures.database import application_on
from tests.money.site import Site
from tests.money.tills import PaystackTill, StripeTill, Till
from tests.servers.databases import Databases


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Tests ask the double what became of its webhooks."""


@contextmanager
def _listening(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def money_settings(stripe_server: StripeDouble, paystack_server: PaystackDouble) -> dict[str, str]:
    """What a process of the site is told about its providers."""
    addresses = {"STRIPE_API_URL": stripe_server.url, "PAYSTACK_API_URL": paystack_server.url}
    return {**StripeTill.settings, **PaystackTill.settings, **addresses, "PAYSTACK_TRANSFERS": "true"}


@pytest.fixture(scope="session")
def money_app(
    databases: Databases,
    migrated_database: str,
    money_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Flask, str]]:
    """The application and its address; tests use `site`."""
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path_factory.mktemp("money"), **money_settings) as app:
        app.test_client_class = Client
        app.config["WTF_CSRF_ENABLED"] = False
        with _listening(app) as url:
            yield app, url


@pytest.fixture(params=[StripeTill, PaystackTill], ids=["stripe", "paystack"])
def till(
    request: pytest.FixtureRequest, stripe_double: StripeDouble, paystack_double: PaystackDouble
) -> Till:
    """The provider a test is about: each one in its turn."""
    made: Till = request.param(stripe_double if request.param is StripeTill else paystack_double)
    return made


@pytest.fixture
def site(
    money_app: tuple[Flask, str],
    money_settings: dict[str, str],
    till: Till,
    databases: Databases,
    migrated_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """The site on a fresh database, with an application context for the test. Webhooks come when they are handed over."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    app, url = money_app
    databases.renew(app.config["SETTINGS"].database_url, migrated_database)
    with time_machine.travel(clock.now()) as hand, app.app_context():
        try:
            yield Site(app, till, url, money_settings, hand)
        finally:
            db.session.remove()
            db.engine.dispose()
