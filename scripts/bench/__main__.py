"""Run as `python -m scripts.bench`, or by `make bench`."""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from easyticket.db import db
from scripts.bench import report
from scripts.bench.lists import all_lists, choose_cast
from scripts.bench.load import load, moment_of
from scripts.bench.measuring import answers, look_up_milliseconds
from scripts.bench.plans import explain_in_words
from scripts.bench.server import application, database, server


def main() -> None:
    """Fill a database unless there is one from the last time, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench")
    parser.add_argument("--folder", type=Path, help="keep server and data there for the next time")
    parser.add_argument(
        "--keep", action="store_true", help="keep the database on the server DATABASE_URL names"
    )
    parser.add_argument("--only", default="", help="only lists whose path and query contain this")
    parser.add_argument("--plans", action="store_true", help="print the plans in full as well")
    asked = parser.parse_args()
    keep = asked.keep or asked.folder is not None
    with server(asked.folder) as address, database(address, keep=keep) as (own, is_new), application(own):
        if is_new:
            plain = own.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(plain) as connection:
                load(connection)
        # As the application is connected, with its options.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            print(f"\n{_server(connection)}")
            print_table(driver, asked.only, with_plans=asked.plans)


def print_table(connection: psycopg.Connection[Any], only: str, *, with_plans: bool) -> None:
    """Measure the lists and print them as they are done."""
    look_up = look_up_milliseconds(connection)
    print(f"One look-up by primary key: {look_up:.2f} ms\n\n{report.HEAD}", flush=True)
    cast = choose_cast(moment_of(connection))
    lists = (each for each in all_lists(cast) if only in f"{each.path}?{each.asked}")
    for _, parts in groupby(answers(connection, lists), key=lambda answered: answered.listed):
        timed = [(answered, answered.milliseconds(connection)) for answered in parts]
        print(report.line(timed, look_up), flush=True)
        for statement in (each for answered, _ in timed for each in answered.statements if with_plans):
            print(f"\n{statement.text}\n\n{explain_in_words(connection, statement)}\n", flush=True)


def _server(connection: sa.Connection) -> str:
    version = connection.scalar(sa.text("SHOW server_version"))
    trigrams = connection.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
    return f"PostgreSQL {version}, {'with' if trigrams else 'without'} pg_trgm"


main()
