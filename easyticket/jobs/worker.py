"""The in-process worker: daemon threads that drain the outbox and run the schedule. Started after a server forked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import Flask

from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.jobs.schedule import Ticker
from easyticket.queue import WAKE

log = logging.getLogger(__name__)

# Seconds between two looks at the outbox when nothing woke the worker: retries and delayed jobs are found by it.
PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class WorkerHandle:
    """Running worker threads; `stop()` lets them finish what they are in and waits up to `seconds`."""

    threads: tuple[threading.Thread, ...]
    stopping: threading.Event

    def stop(self, seconds: float = 5.0) -> None:
        """Ask the threads to end and wait for them."""
        self.stopping.set()
        WAKE.set()
        for thread in self.threads:
            thread.join(seconds)


def start_embedded_worker(app: Flask) -> WorkerHandle:
    """Start the threads that do the jobs and the schedule of a server; with Redis, RQ has the first go at the jobs.

    Two threads, so that holds end and payments are asked about while a long mail is being drawn.
    """
    stopping = threading.Event()
    threads = tuple(
        threading.Thread(target=target, args=(app, stopping), name=name, daemon=True)
        for name, target in (("easyticket-jobs", run_jobs), ("easyticket-schedule", run_schedule))
    )
    for thread in threads:
        thread.start()
    return WorkerHandle(threads, stopping)


def run_jobs(app: Flask, stopping: threading.Event) -> None:
    """Drain the outbox until `stopping` is set."""
    # With Redis only what RQ left lying is picked up here.
    overdue = timedelta(seconds=30) if app.config["SETTINGS"].redis_url else timedelta(0)
    while not stopping.is_set():
        while _survives(app, partial(drain_outbox, overdue=overdue)) and not stopping.is_set():
            continue
        WAKE.wait(PAUSE)
        WAKE.clear()


def run_schedule(app: Flask, stopping: threading.Event) -> None:
    """Run what is to be done regularly until `stopping` is set."""
    ticker = Ticker()
    while not stopping.wait(PAUSE):
        _survives(app, ticker.run_due)


def _survives(app: Flask, work: Callable[[], object]) -> object:
    """Do one round and return what it returned; a fault is logged and gives None, for the database may be away a while."""
    with app.app_context():
        try:
            return work()
        except Exception:
            log.exception("the worker met a fault and goes on")
            db.session.rollback()
            return None
        finally:
            db.session.remove()
