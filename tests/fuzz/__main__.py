"""Fuzz both APIs: `python -m tests.fuzz` as each kind of caller on SQLite and PostgreSQL; `--help` lists what can be chosen.

Each run has a process and a database of its own. What a run found is printed with the command that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import flask_migrate

from tests.api.access_table import CALLERS
from tests.fixtures.database import application_on
from tests.fuzz.run import Plan, carry_out
from tests.fuzz.surfaces import SURFACES
from tests.servers.databases import Databases, PostgresDatabases, PostgresServer, SqliteDatabases

KINDS = ("postgresql", "sqlite")
# The stricter of the two, to which the cases of `coverage` are sent. `--cover-all` sends them as everybody to both.
_COVERS = "postgresql"


def main() -> int:
    """Run what the command line asks for; return how many runs found something."""
    begun = time.monotonic()
    wanted = _read_command_line()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="easyticket-fuzz-")))
        plans = [
            plan
            for kind in KINDS
            if kind in (wanted.database or KINDS)
            for plan in _plans(kind, _databases(kind, folder, stack), folder, wanted)
        ]
        # Ended from outside, it still stops the server it started.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        failed = sum(_tell(*result, wanted) for result in _results(plans, folder, wanted.processes))
    print(
        f"Fuzzed with seed {wanted.seed} in {time.monotonic() - begun:.0f} s: {failed} of {len(plans)} runs failed"
    )
    return min(failed, 1)


def _read_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--surface", choices=SURFACES, action="append", help="this one only")
    parser.add_argument("--database", choices=KINDS, action="append", help="on this one only")
    parser.add_argument("--caller", choices=CALLERS, action="append", help="as this kind of caller only")
    parser.add_argument("--only", default="", help='one operation, for example "GET /api/orders/"')
    parser.add_argument(
        "--examples", type=int, default=25, help="of each operation on each database, by all callers"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful", help="of Schemathesis")
    parser.add_argument(
        "--cover-all", action="store_true", help="send what follows from the document as everybody"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--all-output", action="store_true", help="print the report of every run")
    return parser.parse_args()


def _databases(kind: str, folder: Path, stack: contextlib.ExitStack) -> Databases:
    if kind == "sqlite":
        return SqliteDatabases(folder)
    server = PostgresServer()
    stack.callback(server.stop)
    made = PostgresDatabases(server.address)
    stack.callback(made.drop_all)
    return made


def _plans(kind: str, databases: Databases, folder: Path, wanted: argparse.Namespace) -> list[Plan]:
    template = databases.new()
    with application_on(template, folder) as app, app.app_context():
        flask_migrate.upgrade()
    return [
        Plan(
            surface=surface.name,
            database_kind=kind,
            database_url=databases.new(template=template),
            caller=caller,
            examples=max(wanted.examples // len(CALLERS), 1),
            seed=wanted.seed,
            phases=tuple(wanted.phases.split(",")),
            uncovered=() if wanted.cover_all else (_left_out(kind, surface.covered[caller]),),
            only=wanted.only,
        )
        for surface in SURFACES.values()
        if surface.name in (wanted.surface or SURFACES)
        for caller in surface.covered
        if caller in (wanted.caller or CALLERS)
    ]


def _left_out(kind: str, covered: str) -> str:
    """Return the pattern of the paths whose cases of `coverage` a run does not send, of those that it would by `covered`."""
    return f"^(?!{covered.removeprefix('^')})" if kind == _COVERS else "."


def _results(plans: list[Plan], folder: Path, processes: int) -> Iterator[tuple[Plan, int, str, float]]:
    """Carry out the plans in so many processes; give what each came to as it ends, in no order."""
    with ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("fork"),
        initializer=signal.signal,
        initargs=(signal.SIGTERM, signal.SIG_DFL),
    ) as pool:
        try:
            for done in as_completed([pool.submit(_into_file, plan, folder) for plan in plans]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _into_file(plan: Plan, folder: Path) -> tuple[Plan, int, str, float]:
    """Carry out a plan in this process with its output in a file; return it, its result, that output and the seconds."""
    begun, path = time.monotonic(), folder / f"{plan.surface}-{plan.caller}-{plan.database_kind}.txt"
    with path.open("w") as file, contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        result = carry_out(plan)
    return plan, result, path.read_text(), time.monotonic() - begun


def _tell(plan: Plan, result: int, output: str, seconds: float, wanted: argparse.Namespace) -> bool:
    cases = re.search(r"[0-9]+(?= generated,)", output)
    sent = cases[0] if cases else "no"
    print(f"{'Failed' if result else 'Passed'}: {plan.name}, {sent} cases in {seconds:.0f} s", flush=True)
    if result or wanted.all_output:
        print(output)
        print(
            f"Again: .venv/bin/python -m tests.fuzz --seed {plan.seed} --examples {wanted.examples}"
            f" --surface {plan.surface} --database {plan.database_kind} --caller {plan.caller} --phases {wanted.phases}"
            f"{' --cover-all' if wanted.cover_all else ''}\n"
        )
    return bool(result)


if __name__ == "__main__":
    sys.exit(main())
