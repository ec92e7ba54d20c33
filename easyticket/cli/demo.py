"""`flask demo` fills an empty site with events, orders and people to look at; a second run changes nothing."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from config import Settings
from easyticket.core import clock
from easyticket.services.demo.loading import DemoReport, is_demo_complete, load_demo


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Load the demo events, orders and accounts (not in production)."""
    reason = _why_not(current_app.config["SETTINGS"])
    if reason:
        raise click.ClickException(reason)
    if is_demo_complete():
        click.echo("The demo is loaded already; nothing was changed.")
        return
    click.echo(_sentence(load_demo(clock.now())))


def load_demo_once(app: Flask) -> bool:
    """Load the demo at the first start; return whether that was now."""
    reason = _why_not(app.config["SETTINGS"])
    if reason:
        print(reason, flush=True)
        return False
    with app.app_context():
        if is_demo_complete():
            return False
        print("Loading the demo ...", flush=True)
        print(_sentence(load_demo(clock.now())), flush=True)
        return True


def _why_not(settings: Settings) -> str:
    if settings.is_production:
        return "The demo is not loaded in production: its accounts have a public password."
    if not settings.sandbox_payments:
        return "The demo is not loaded: its orders are paid at the sandbox, and SANDBOX_PAYMENTS is false."
    return ""


def _sentence(report: DemoReport) -> str:
    return f"The demo is loaded: {report.events} events, {report.orders} orders, {report.scans} scans at the gates."
