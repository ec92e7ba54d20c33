"""The `flask` commands: parse, call one service, print. One file per command."""

from __future__ import annotations

from flask import Flask


def init_commands(app: Flask) -> None:
    """Add our commands to `flask`."""
    from easyticket.cli import audit, demo, doctor, jobs, payouts, refunds, schema

    ours = (jobs.worker, jobs.sweep, demo.demo, doctor.doctor, audit.audit, schema.schema)
    for command in (*ours, *payouts.COMMANDS, *refunds.COMMANDS):
        app.cli.add_command(command)
