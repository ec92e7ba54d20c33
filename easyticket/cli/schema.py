"""`flask schema` writes the OpenAPI documents of both APIs into files, as the site serves them."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from config import ROOT
from easyticket.http.openapi_text import as_json

# Where each document is committed, by the name under which the application knows the API.
COMMITTED = {
    "easyticket-api": ROOT / "docs" / "api" / "easyticket.json",
    "cafa-api": ROOT / "docs" / "api" / "cafa.json",
}


@click.command("schema")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "docs" / "api",
    show_default=False,
    help="Where to write them, instead of docs/api/.",
)
@with_appcontext
def schema(folder: Path) -> None:
    """Write docs/api/*.json again after a change to an API."""
    folder.mkdir(parents=True, exist_ok=True)
    for extension, committed in COMMITTED.items():
        output = folder / committed.name
        output.write_text(as_json(current_app.extensions[extension]), encoding="utf-8")
        click.echo(f"Wrote {output}.")
