"""With REDIS_URL jobs go to RQ: a real Redis, a real worker. Without an answer from Redis nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from redis import Redis
from rq import SimpleWorker

from easyticket.db import db, transaction
from easyticket.jobs import entry
from easyticket.models import OutboxJob
from easyticket.queue import RQ_QUEUE, JobName, enqueue

calls: list[dict[str, Any]] = []


def record(payload: dict[str, Any], _uuid: UUID) -> None:
    calls.append(payload)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    calls.clear()
    monkeypatch.setitem(entry.HANDLERS, JobName.SEND_REFUND, record)


@pytest.fixture
def with_redis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it with an address: from then on jobs are handed to that Redis."""

    def use(address: str) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], redis_url=address))

    return use


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def add_job() -> int:
    with transaction():
        return enqueue(JobName.SEND_REFUND, {"refund_id": 7}).id


@pytest.mark.usefixtures("recorded")
def test_a_committed_job_is_done_by_an_rq_worker(redis_url: str, with_redis: Any) -> None:
    with_redis(redis_url)
    job_id = add_job()
    assert calls == []
    SimpleWorker([RQ_QUEUE], connection=Redis.from_url(redis_url)).work(burst=True)
    assert calls == [{"refund_id": 7}]
    assert db.session.get_one(OutboxJob, job_id).done_at is not None


@pytest.mark.usefixtures("recorded")
def test_a_redis_that_does_not_answer_leaves_the_job_to_the_sweep(with_redis: Any) -> None:
    with_redis("redis://127.0.0.1:1/0")
    add_job()
    entry.drain_outbox()
    assert calls == [{"refund_id": 7}]
