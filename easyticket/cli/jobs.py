"""`flask worker` runs an RQ worker; `flask sweep` runs the schedule and picks up what was never handed over."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from redis import Redis
from rq import Worker

from easyticket.queue import RQ_QUEUE


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run jobs from Redis until stopped (needs REDIS_URL)."""
    redis_url = current_app.config["SETTINGS"].redis_url
    if not redis_url:
        raise click.ClickException(
            "REDIS_URL is empty: jobs run inside the serving process, no worker is needed."
        )
    # A worker that dies is found by the sweeper's lease long before RQ's own ten minutes.
    Worker([RQ_QUEUE], connection=Redis.from_url(redis_url), maintenance_interval=30).work()


@click.command("sweep")
@with_appcontext
def sweep() -> None:
    """Expire holds, ask providers about open payments and run overdue jobs, until stopped. One such process is enough."""
    from easyticket.jobs.worker import start_embedded_worker

    threads = start_embedded_worker(current_app._get_current_object()).threads  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()
