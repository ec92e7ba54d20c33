"""What holds for every test: the database it runs on, the fixtures, and that nothing is skipped silently."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.databases import PostgresServer

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.application",
    "tests.fixtures.doubles",
    "tests.fixtures.parties",
    "tests.fixtures.browser",
]

POSTGRES = pytest.StashKey[PostgresServer]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests store their data in",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for a run; the processes of a parallel run are told its address."""
    # Rows and compiled statements are made and dropped by the million: looking through them less often saves a fifth.
    gc.set_threshold(100_000, 50, 50)
    config.addinivalue_line("markers", "csrf: forms need their token, as they do for people")
    config.addinivalue_line(
        "markers", "postgresql: asks PostgreSQL itself, so it is no part of a run on SQLite"
    )
    if hasattr(config, "workerinput"):
        return
    # What asks us to end (a time limit, a closed terminal) still lets the fixtures stop what they started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if config.getoption("--database") == "postgresql":
        config.stash[POSTGRES] = PostgresServer()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks PostgreSQL where there is none; the run on PostgreSQL has it."""
    if config.getoption("--database") == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if POSTGRES in node.config.stash:
        node.workerinput["postgres"] = node.config.stash[POSTGRES].address


def pytest_unconfigure(config: pytest.Config) -> None:
    if POSTGRES in config.stash:
        config.stash[POSTGRES].stop()


@pytest.fixture(scope="session")
def postgres_address(pytestconfig: pytest.Config) -> str:
    """The PostgreSQL of this run."""
    if hasattr(pytestconfig, "workerinput"):
        return str(pytestconfig.workerinput["postgres"])
    return pytestconfig.stash[POSTGRES].address


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let fixtures see at their end whether the test failed."""
    report = yield
    item.stash.setdefault(FAILED, False)
    item.stash[FAILED] = item.stash[FAILED] or report.failed
    return report


FAILED = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"Skipped, which counts as a failure: {report.nodeid}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test proves nothing: the run fails with it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
