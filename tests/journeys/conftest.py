"""What the stories need beside a browser: a way behind the scenes of the live server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.ctx import AppContext

from tests.fixtures.database import application_on
from tests.servers.easyticket import EasyTicketServer

Backstage = Callable[[], AbstractContextManager[AppContext]]


@pytest.fixture(scope="session")
def _application_behind(
    live_server: EasyTicketServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    with application_on(live_server.environment["DATABASE_URL"], tmp_path_factory.mktemp("behind")) as app:
        yield app


@pytest.fixture
def backstage(_application_behind: Flask) -> Backstage:
    """Call it in a `with` to work on the live server's database: to set the scene, or to let time pass.

    Take plain values out of the block (a slug, a code): at its end the rows are let go.
    """
    return _application_behind.app_context
