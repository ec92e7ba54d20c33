"""The in-process worker: one daemon thread that drains the outbox and runs the schedule. Started after a server forked."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta

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
    """A running worker thread; `stop()` lets it finish the job it is in and waits up to `seconds`."""

    thread: threading.Thread
    stopping: threading.Event

    def stop(self, seconds: float = 5.0) -> None:
        """Ask the thread to end and wait for it."""
        self.stopping.set()
        WAKE.set()
        self.thread.join(seconds)


def start_embedded_worker(app: Flask) -> WorkerHandle:
    """Start the thread that does the jobs of a server without Redis; with Redis it only runs the schedule and the sweep."""
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=(app, stopping), name="easyticket-worker", daemon=True)
    thread.start()
    return WorkerHandle(thread, stopping)


def work(app: Flask, stopping: threading.Event) -> None:
    """Drain and tick until `stopping` is set. A fault is logged and the loop goes on: the database may be away for a while."""
    ticker = Ticker()
    # With Redis, RQ has the first go: only what it left lying is picked up here.
    overdue = timedelta(seconds=30) if app.config["SETTINGS"].redis_url else timedelta(0)
    while not stopping.is_set():
        with app.app_context():
            try:
                while drain_outbox(overdue=overdue) and not stopping.is_set():
                    continue
                ticker.run_due()
            except Exception:
                log.exception("the worker met a fault and goes on")
                db.session.rollback()
            finally:
                db.session.remove()
        WAKE.wait(PAUSE)
        WAKE.clear()
