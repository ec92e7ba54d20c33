"""A crowd: the same action by many threads in several processes, all let go at one moment."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from easyticket.app import create_app
from easyticket.db import db
from tests.servers.settings import settings_for_tests

# Seconds after which a crowd that did not come back counts as stuck.
PATIENCE = 45
# Processes are forked from one that has read the code and done nothing else: reading it again would take most of the time.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["easyticket.app", "tests.concurrency.crowd", "tests.concurrency.actions", "tests.concurrency.callers"]
)


def application_on(database_url: str, settings: Mapping[str, str] | None = None) -> Flask:
    """Return the application of another process on the same database, with more settings if need be."""
    variables = {**(settings or {}), "DATABASE_URL": database_url}
    return create_app(settings_for_tests(Path(tempfile.mkdtemp()), **variables))


def crowd(
    action: Callable[..., Any],
    arguments: list[Any],
    *,
    database_url: str,
    settings: Mapping[str, str] | None = None,
    processes: int = 2,
) -> list[Any]:
    """Call `action(argument)` once for each argument, at the same moment, and return what came back in any order.

    `action` runs in an application context, in a thread of its own; it must be a function of a module. An exception
    comes back as its class's name. `settings` are the site's beside its database.
    """
    start, answers = PROCESSES.Barrier(processes), PROCESSES.Queue()
    shares = [arguments[number::processes] for number in range(processes)]
    runners = [
        PROCESSES.Process(target=_run, args=(action, share, database_url, settings, start, answers))
        for share in shares
    ]
    for runner in runners:
        runner.start()
    results = [answers.get(timeout=PATIENCE) for _ in arguments]
    for runner in runners:
        runner.join(PATIENCE)
    return results


def _run(
    action: Callable[..., Any],
    share: list[Any],
    database_url: str,
    settings: Mapping[str, str] | None,
    start: Any,
    answers: Any,
) -> None:
    app = application_on(database_url, settings)
    ready = threading.Barrier(len(share), action=start.wait)
    threads = [threading.Thread(target=_act, args=(app, action, one, ready, answers)) for one in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        db.engine.dispose()


def _act(
    app: Flask, action: Callable[..., Any], argument: Any, ready: threading.Barrier, answers: Any
) -> None:
    with app.app_context():
        ready.wait()
        try:
            answers.put(action(argument))
        except Exception as error:  # told to the test, which says what was expected
            answers.put(type(error).__name__)
