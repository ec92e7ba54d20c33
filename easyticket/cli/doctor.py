"""`flask doctor` looks at everything EasyTicket leans on and says in plain lines what is in order and what is not."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from config import DEVELOPMENT_SECRET, Settings
from easyticket.cli.doctor_payments import examine_payments
from easyticket.cli.findings import Finding
from easyticket.cli.leaned_on import TIMEOUT, folder_fault, redis_fault, redis_place
from easyticket.db import db
from easyticket.integrations.mail import PORTS
from easyticket.models import OutboxJob
from easyticket.queries.schema_state import is_schema_current


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what is in order and what is not; the exit status is 1 if anything is not."""
    findings = list(_examine(current_app.config["SETTINGS"]))
    for finding in findings:
        click.echo(finding.line)
    faults = sum(not finding.is_in_order for finding in findings)
    if faults:
        click.echo(f"{faults} of {len(findings)} need somebody.")
        raise click.exceptions.Exit(1)
    click.echo("All in order.")


def _examine(settings: Settings) -> Iterator[Finding]:
    yield Finding(True, f"Settings: {settings.environment}, served at {settings.public_url}")
    yield _secret(settings)
    yield _public_url(settings)
    yield from _database()
    yield _folder("STORAGE_DIR", settings.storage_dir)
    yield _mail_server(settings) if settings.mail_url else _folder("MAIL_DIR", settings.mail_dir)
    if settings.redis_url:
        yield _redis(settings)
    yield from examine_payments(settings)


def _secret(settings: Settings) -> Finding:
    if settings.secret_key == DEVELOPMENT_SECRET:
        return Finding(True, "Secret: the one for development, which everybody knows; production refuses it")
    return Finding(True, "Secret: one of your own")


def _public_url(settings: Settings) -> Finding:
    if settings.is_production and not settings.is_secure:
        return Finding(
            False, f"Public address: {settings.public_url} is not https, so passwords travel in the open"
        )
    if settings.is_production and urlsplit(settings.public_url).hostname in ("127.0.0.1", "localhost", "::1"):
        return Finding(False, "Public address: nobody but this machine reaches it; set PUBLIC_URL")
    return Finding(True, f"Public address: links in mails begin with {settings.public_url}")


def _database() -> Iterator[Finding]:
    try:
        if not is_schema_current():
            yield Finding(False, "Database: not at the newest migration; run flask db upgrade")
            return
        yield Finding(True, f"Database: {db.engine.dialect.name}, at the newest migration")
        yield _given_up_jobs()
    except SQLAlchemyError as error:
        yield Finding(False, f"Database: it does not answer ({type(error).__name__})")


def _given_up_jobs() -> Finding:
    count = db.session.scalar(sa.select(sa.func.count(OutboxJob.id)).where(OutboxJob.failed_at.is_not(None)))
    if count:
        return Finding(
            False, f"Jobs: {count} were given up after many tries; their rows in outbox_job say why"
        )
    return Finding(True, "Jobs: none was given up")


def _folder(name: str, folder: Path) -> Finding:
    fault = folder_fault(name, folder)
    return Finding(not fault, fault or f"{name}: the folder {folder} takes files")


def _mail_server(settings: Settings) -> Finding:
    parts = urlsplit(settings.mail_url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with connect(host, port, timeout=TIMEOUT) as server:
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        return Finding(False, f"Mail: the server {host}:{port} does not answer ({error})")
    return Finding(True, f"Mail: the server {host}:{port} answers")


def _redis(settings: Settings) -> Finding:
    fault, place = redis_fault(settings.redis_url), redis_place(settings.redis_url)
    return Finding(
        not fault, fault or f"REDIS_URL: {place} answers; jobs need a running flask worker and flask sweep"
    )
