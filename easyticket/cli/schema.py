"""`flask schema` writes the API's OpenAPI document into a file, as the site serves it."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from config import ROOT
from easyticket.http.openapi_text import as_json

COMMITTED = ROOT / "docs" / "api" / "easyticket.json"


@click.command("schema")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=COMMITTED,
    show_default=False,
    help="Where to write it, instead of docs/api/easyticket.json.",
)
@with_appcontext
def schema(output: Path) -> None:
    """Write docs/api/easyticket.json again after a change to the API."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(as_json(current_app.extensions["easyticket-api"]), encoding="utf-8")
    click.echo(f"Wrote {output}.")
