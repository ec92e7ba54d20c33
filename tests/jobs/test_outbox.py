"""Jobs as rows: done once when all goes well, again when not, and never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.jobs import entry
from easyticket.models import OutboxJob
from easyticket.queue import JobName, enqueue

pytestmark = pytest.mark.usefixtures("db_session")


class Recorder:
    """Stands in for one job's service: notes each call, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.calls: list[tuple[dict[str, Any], UUID]] = []
        self.failures = failures

    def __call__(self, payload: dict[str, Any], uuid: UUID) -> None:
        self.calls.append((payload, uuid))
        if len(self.calls) <= self.failures:
            raise ConnectionError("nobody answers")


def add_job(**options: Any) -> int:
    with transaction():
        return enqueue(JobName.SEND_REFUND, {"refund_id": 7}, **options).id


def job(job_id: int) -> OutboxJob:
    db.session.expire_all()
    return db.session.get_one(OutboxJob, job_id)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(entry.HANDLERS, JobName.SEND_REFUND, recorder)
    return recorder


def test_a_job_is_run_once_and_marked_done(recorder: Recorder) -> None:
    job_id = add_job()
    entry.drain_outbox()
    entry.drain_outbox()
    assert [payload for payload, _ in recorder.calls] == [{"refund_id": 7}]
    assert job(job_id).done_at is not None


def test_a_job_of_a_transaction_that_failed_does_not_exist(recorder: Recorder) -> None:
    with pytest.raises(KeyError), transaction():
        enqueue(JobName.SEND_REFUND, {"refund_id": 7})
        raise KeyError
    entry.drain_outbox()
    assert recorder.calls == []


def test_a_failing_job_is_tried_again_later_with_the_same_id(recorder: Recorder) -> None:
    recorder.failures = 1
    job_id = add_job()
    entry.drain_outbox()
    entry.drain_outbox()
    assert len(recorder.calls) == 1
    assert "nobody answers" in job(job_id).error
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        entry.drain_outbox()
    assert len({uuid for _, uuid in recorder.calls}) == 1
    assert len(recorder.calls) == 2
    assert (job(job_id).done_at is not None, job(job_id).error) == (True, "")


def test_a_failed_job_remembers_its_reason_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(payload: dict[str, Any], uuid: UUID) -> None:
        raise ConnectionError("no answer about /orders/96edfeb6dc1d4c2f96edfeb6dc1d4c2f of ama@example.org")

    monkeypatch.setitem(entry.HANDLERS, JobName.SEND_REFUND, fail)
    job_id = add_job()
    entry.drain_outbox()
    assert job(job_id).error == "ConnectionError: no answer about /orders/*** of ***"


def test_a_job_that_never_works_is_given_up_and_kept_for_somebody_to_see(recorder: Recorder) -> None:
    recorder.failures = 1_000
    job_id = add_job()
    moment = clock.now()
    for _ in range(40):
        moment += timedelta(hours=2)
        with time_machine.travel(moment):
            entry.drain_outbox()
    assert len(recorder.calls) == len(entry.BACKOFF) + 1
    assert (job(job_id).failed_at is not None, job(job_id).done_at) == (True, None)


def test_a_job_for_later_waits(recorder: Recorder) -> None:
    add_job(run_at=clock.now() + timedelta(minutes=10))
    entry.drain_outbox()
    assert recorder.calls == []
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        entry.drain_outbox()
    assert len(recorder.calls) == 1


def test_a_job_somebody_has_in_hand_is_left_alone_until_its_lease_ends(recorder: Recorder) -> None:
    job_id = add_job()
    with transaction():
        job(job_id).leased_until = clock.now() + entry.LEASE
    entry.drain_outbox()
    assert recorder.calls == []
    with time_machine.travel(clock.now() + entry.LEASE + timedelta(seconds=1)):
        entry.drain_outbox()
    assert len(recorder.calls) == 1


def test_every_job_name_has_a_handler() -> None:
    assert set(entry.HANDLERS) == set(JobName)


def test_the_same_key_makes_the_same_job_once() -> None:
    add_job(key="once")
    with pytest.raises(sa.exc.IntegrityError):
        add_job(key="once")
