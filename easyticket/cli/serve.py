"""`make run`: everything between a checked-out folder and the first answered request.

Takes the port, brings the database up to date, loads the demo once, says where things are and serves.
Jobs run in a thread of the serving process, beside whatever workers Redis brings.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.cli import load_dotenv
from flask.helpers import get_load_dotenv
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import OperationalError

from config import ROOT, Settings, SettingsError, load_settings
from easyticket.cli.greeting import HOST, greeting
from easyticket.cli.leaned_on import faults_of
from easyticket.http.sizes import MOST_LEFT

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.http.message import Request
    from gunicorn.workers.base import Worker

    from easyticket.jobs.worker import WorkerHandle


# Seconds without a byte after which a connection is given up, so that phones that went away do not keep the threads.
# Who sends a byte now and then keeps one all the same: that is for the proxy in front (SECURITY.md).
_SILENCE = 20


class StartError(Exception):
    """EasyTicket cannot start; the message is one sentence for the person at the terminal."""


def main() -> int:
    """Serve until Ctrl-C. Return the exit status: 0 stopped, 1 cannot start, 2 a setting is wrong."""
    if get_load_dotenv():
        load_dotenv(ROOT / ".env")
    try:
        settings = load_settings(os.environ)
        listener = listen(settings.port)
        app = prepare(settings)
        Server(app, settings, listener).run()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def listen(port: int) -> socket.socket:
    """Return a socket that listens on `port`: who connects from now on waits until the application is ready.

    :raises StartError: the port is taken or may not be used.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it; gunicorn has no setting for it.
    for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, direction, struct.pack("ll", _SILENCE, 0))
    try:
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reason = "is already in use" if error.errno == errno.EADDRINUSE else "may not be used"
        other = 8002 if port == 8001 else 8001
        raise StartError(f"Port {port} {reason}; take another one: PORT={other} make run") from error
    return listener


def prepare(settings: Settings) -> Flask:
    """Return the application with its database up to date and, where wanted, the demo loaded.

    :raises StartError: the database, a folder or Redis cannot be used.
    """
    for fault in faults_of(settings):
        raise StartError(fault)
    from easyticket.db import db
    from wsgi import app

    try:
        migrate(app)
        if settings.demo:
            from easyticket.cli.demo import load_demo_once

            load_demo_once(app)
        with app.app_context():
            db.engine.dispose()  # connections must not be shared with the process that serves
    except OperationalError as error:
        place = settings.database_url.rpartition("@")[2]
        raise StartError(f"The database {place} cannot be used: {str(error.orig).splitlines()[0]}") from error
    return app


def migrate(app: Flask) -> None:
    """Bring the database to the newest migration; where it is there already this costs one query."""
    import flask_migrate
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from easyticket.db import db

    with app.app_context():
        newest = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config()).get_heads()
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
        if set(current) != set(newest):
            print("Preparing the database ...", flush=True)
            flask_migrate.upgrade()


def is_worth_telling(record: logging.LogRecord) -> bool:
    """Return whether a record of gunicorn's is more than that somebody fell silent: it would be a page for each of them."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def close_after_too_much(_worker: Worker, request: Request) -> None:
    """Say `Connection: close` to who announces more than is read of anything, so that nothing is sent after it."""
    size = dict(request.headers).get("CONTENT-LENGTH", "")
    if size.isdecimal() and int(size) > MOST_LEFT:
        request.force_close()


def look_for_garbage_seldom() -> None:
    """Leave what stays for good out of the search for cycles, and search less often: a page makes objects by the ten
    thousand, nearly all of which go by themselves. A request takes about a sixth less of the processor."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Server(BaseApplication):
    """gunicorn in one process with eight threads, on a socket that listens already."""

    def __init__(self, app: Flask, settings: Settings, listener: socket.socket) -> None:
        self.app = app
        self.settings = settings
        self.listener = listener
        self.jobs: WorkerHandle | None = None
        super().__init__()

    def load_config(self) -> None:
        """Configure gunicorn from here alone: no file, no command line."""
        options = {
            "bind": f"fd://{self.listener.detach()}",
            "worker_class": "gthread",
            "threads": 8,
            "timeout": 60,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "pre_request": close_after_too_much,
            "when_ready": self.say_where_things_are,
            "post_fork": self.start_jobs,
            "worker_exit": self.stop_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)
        logging.getLogger("gunicorn.error").addFilter(is_worth_telling)

    def load(self) -> Any:
        """Return what gunicorn serves (its stubs know a narrower kind of callable than Flask)."""
        return self.app

    def start_jobs(self, _arbiter: Arbiter, _worker: Worker) -> None:
        """Run jobs in the process that serves, which is a new one: threads do not survive a fork."""
        from easyticket.jobs.worker import start_embedded_worker

        look_for_garbage_seldom()
        self.jobs = start_embedded_worker(self.app)

    def stop_jobs(self, _arbiter: Arbiter, _worker: Worker) -> None:
        """Let the job that is running end; what waits is done after the next start."""
        if self.jobs is not None:
            self.jobs.stop(3)

    def say_where_things_are(self, _arbiter: Arbiter) -> None:
        """Print the address, the demo accounts, and where mail and jobs go."""
        print("\n".join(("", *greeting(self.settings), "")), flush=True)


if __name__ == "__main__":
    sys.exit(main())
