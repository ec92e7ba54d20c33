"""Looking at a payment while its provider is slow: who looks asks seldom, and a provider that hangs keeps two waiting at most."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db
from easyticket.integrations.providers import ChargeSnapshot
from easyticket.models import Order, OrderStatus, Payment
from easyticket.services.expiry import expire_orders
from easyticket.services.intents import ask_about_payment
from tests import factories
from tests.services.conftest import in_stripes_place
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import start

PATIENCE = 30


class Hanging:
    """A provider's `fetch` that answers nobody until it is let go."""

    def __init__(self) -> None:
        self._asked, self._let_go = threading.Semaphore(0), threading.Event()

    def __call__(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        self._asked.release()
        self._let_go.wait(PATIENCE)
        raise ProviderDown("The provider does not answer.")

    def wait_for_question(self) -> None:
        assert self._asked.acquire(timeout=PATIENCE)

    def let_go(self) -> None:
        self._let_go.set()


@contextmanager
def two_waiting(app: Flask, hanging: Hanging, order_ids: list[int]) -> Iterator[Callable[[int], None]]:
    """Two threads wait for the provider inside; gives what a third one does to look at an order."""

    def look(order_id: int) -> None:
        with app.app_context():
            ask_about_payment(db.session.get_one(Order, order_id), clock.now())

    with ThreadPoolExecutor(3) as pool:
        try:
            waiting = [pool.submit(look, order_id) for order_id in order_ids]
            for _ in waiting:
                hanging.wait_for_question()
            yield lambda order_id: pool.submit(look, order_id).result(PATIENCE)
            assert not any(each.done() for each in waiting)
        finally:
            hanging.let_go()
    for each in waiting:
        each.result()


def begun() -> tuple[Order, Payment]:
    order = place(factories.make_simple_event())
    return order, start(order)


def test_a_provider_that_hangs_keeps_two_who_look_waiting_and_nobody_else(
    committing_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, hanging = in_stripes_place(committing_app, monkeypatch), Hanging()
    with committing_app.app_context():
        payments = [begun()[1] for _ in range(3)]
        *waited_for, third = [payment.order_id for payment in payments]
        late = max(payment.order.expires_at for payment in payments)
        reference = payments[2].reference
        db.session.rollback()
        with monkeypatch.context() as patched:
            patched.setattr(provider, "fetch", hanging)
            with two_waiting(committing_app, hanging, waited_for) as look:
                look(third)
                # Nor does somebody wait who wants the places of those whose time is up.
                assert expire_orders(late) == 0
        db.session.expire_all()
        assert [payment.checked_at is None for payment in payments] == [False, False, True]
        # The seats are free again.
        provider.pay(reference)
        ask_about_payment(db.session.get_one(Order, third), clock.now())
        assert db.session.get_one(Order, third, populate_existing=True).status is OrderStatus.CONFIRMED


@pytest.mark.usefixtures("db_session")
def test_who_looks_again_and_again_asks_every_few_seconds(provider: StrictProvider) -> None:
    order, payment = begun()
    now = clock.now()
    for seconds, asked in ((0, 1), (3, 1), (4, 1), (5, 2), (8, 2), (11, 3)):
        ask_about_payment(order, now + timedelta(seconds=seconds))
        db.session.refresh(payment)
        assert provider.asked["fetch"] == asked


@pytest.mark.usefixtures("db_session")
def test_who_does_more_than_look_asks_at_once(provider: StrictProvider) -> None:
    order, payment = begun()
    now = clock.now()
    ask_about_payment(order, now)
    provider.pay(payment.reference)
    ask_about_payment(order, now + timedelta(seconds=1), at_once=True)
    db.session.refresh(order)
    assert order.status is OrderStatus.CONFIRMED


@pytest.mark.usefixtures("db_session")
def test_one_that_does_not_answer_is_left_alone_for_a_few_seconds(provider: StrictProvider) -> None:
    order, payment = begun()
    provider.down = {"fetch"}
    for _ in range(3):
        ask_about_payment(order, clock.now())
        db.session.refresh(payment)
    assert provider.asked["fetch"] == 1
