"""One run: all checks of Schemathesis as one kind of caller on one database, then the invariants of what it left behind."""

from __future__ import annotations

import logging
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from zlib import crc32

import schemathesis
import sqlalchemy as sa
from flask import Flask
from schemathesis import AuthContext, BaseSchema, Case, HookContext, Response, hooks
from schemathesis.cli.commands.run.context import ExecutionContext
from schemathesis.cli.commands.run.handlers.output import OutputHandler
from schemathesis.cli.events import LoadingFinished, LoadingStarted
from schemathesis.cli.executor import execute_event_loop
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NotSet
from schemathesis.engine import from_schema
from schemathesis.engine.events import EngineEvent
from schemathesis.transport.wsgi import WSGITransport

from easyticket.app import create_app
from easyticket.core import clock
from easyticket.db import db
from easyticket.jobs.entry import run_outbox_job
from easyticket.models import OutboxJob
from easyticket.queue import JobName
from tests.api.access_table import WEBHOOK_SECRET
from tests.fuzz import checks  # noqa: F401 (registers them)
from tests.fuzz.invariants import broken_invariants
from tests.fuzz.real_things import FORM, RealThings
from tests.fuzz.surfaces import SURFACES
from tests.fuzz.webhooks import SignedWebhooks
from tests.servers.settings import settings_for_tests

SETTINGS = Path(__file__).with_name("schemathesis.toml")
_JOBS = (
    JobName.UNWIND_EVENT,
    JobName.SEND_REFUND,
    JobName.COVER_WITHDRAWALS,
    JobName.HANDLE_PROVIDER_EVENT,
    JobName.CHECK_ACCOUNT,
)


@dataclass(frozen=True)
class Plan:
    """What one run does. `only` is the name of one operation (`GET /api/orders/`), or empty."""

    surface: str
    database_kind: str
    database_url: str
    caller: str
    examples: int
    seed: int
    phases: tuple[str, ...]
    # Patterns of the paths that the phase `coverage` leaves out.
    uncovered: tuple[str, ...] = ()
    only: str = ""

    @property
    def name(self) -> str:
        return f"{self.surface} as {self.caller} on {self.database_kind}"


def carry_out(plan: Plan) -> int:
    """Do it, print what was found, and return 0 if that is nothing."""
    logging.basicConfig(stream=sys.stdout, level=logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for_tests(
            Path(folder),
            DATABASE_URL=plan.database_url,
            STRIPE_WEBHOOK_SECRET=WEBHOOK_SECRET,
        )
        app = create_app(settings)
        app.wsgi_app = SignedWebhooks(app)  # type: ignore[method-assign]
        began_at = clock.now()
        failed = _fuzz(app, plan)
        with app.app_context():
            _run_jobs()
            broken = broken_invariants(began_at)
    for sentence in broken:
        print(f"Broken: {sentence}")
    return 1 if failed or broken else 0


def _run_jobs() -> None:
    """Run what was left to the background: what moves places or money, or tells where money may go.

    Mails take long, and tell nothing here.
    """
    due = sa.select(OutboxJob.id).where(OutboxJob.name.in_(_JOBS), OutboxJob.done_at.is_(None))
    # What ends the orders of a cancelled event asks for refunds, which are jobs too.
    for _ in range(2):
        for job_id in db.session.scalars(due).all():
            run_outbox_job(job_id)


def _fuzz(app: Flask, plan: Plan) -> bool:
    surface = SURFACES[plan.surface]
    schema = schemathesis.openapi.from_wsgi(surface.document, app, config=_config(plan))
    schema = schema.exclude(path_regex=surface.left_out)
    if plan.only:
        # Including it would add it to what the settings include, which is everything.
        schema = schema.exclude(lambda context: context.operation.label != plan.only)
    things = RealThings(app, plan.caller, surface)
    _put_to_work(schema, things)
    try:
        with mock.patch.object(WSGITransport, "send", _send):
            execute_event_loop(
                _events(schema, surface.document),
                config=schema.config,
                args=[],
                params={},
                output_handler=OutputHandler(config=schema.config),
                context_factory=lambda config: ExecutionContext(
                    config=config, startup_warnings=[], baseline_update=False, baseline_prune=False
                ),
            )
    except SystemExit as end:
        return bool(end.code)
    return False


def _put_to_work(schema: BaseSchema, things: RealThings) -> None:
    """Have the tokens and things of this run in every request that Schemathesis sends."""
    # Those of an earlier run in this process.
    hooks.unregister_all()

    @schema.auth(refresh_interval=None)
    class Tokens:
        def get(self, case: Case, _context: AuthContext) -> str | None:
            return things.token_for(case)

        def set(self, case: Case, token: str, _context: AuthContext) -> None:
            case.headers["Authorization"] = f"Bearer {token}"

    @schemathesis.hook
    def filter_case(context: HookContext, case: Case) -> bool:
        # A form has parts or none. Schemathesis writes a null or a number in its place as a form without parts.
        return case.media_type != FORM or isinstance(case.body, (dict, bytes, NotSet))

    @schemathesis.hook
    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        things.put_into(case)

    @schemathesis.hook
    def after_call(context: HookContext, case: Case, response: Response) -> None:
        things.note_answer(case, response)


def _config(plan: Plan) -> SchemathesisConfig:
    settings = tomllib.loads(SETTINGS.read_text())
    settings["operations"] += [
        {"include-path-regex": others, "phases": {"coverage": {"enabled": False}}}
        for others in plan.uncovered
    ]
    config = SchemathesisConfig.from_dict(settings)
    # Of one seed each run has its own, or all of them would send the same.
    config.update(seed=crc32(f"{plan.seed} {plan.name}".encode()), max_failures=None, color=False)
    project = config.projects.default
    project.generation.update(max_examples=plan.examples)
    project.phases.update(phases=list(plan.phases))
    return config


def _events(schema: BaseSchema, document: str) -> Iterator[EngineEvent]:
    started = LoadingStarted(location=document)
    yield started
    yield LoadingFinished.from_schema(
        schema, location=document, start_time=started.timestamp, base_url=schema.get_base_url()
    )
    yield from from_schema(schema).execute()


_original_send = WSGITransport.send


def _send(transport: WSGITransport, case: Any, **kwargs: Any) -> Any:
    """Send without the options of a network connection, which Schemathesis 4.32 leaves in when a check asks again."""
    for name in ("max_redirects", "verify", "cert", "proxies"):
        kwargs.pop(name, None)
    return _original_send(transport, case, **kwargs)
