"""One served site for all tests of the stand-ins, as the two clients expect it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from easyticket.core import clock
from tests import factories
from tests.clients.site import FRONT_END, Site, until
from tests.clients.web_client import WebClient
from tests.clients.web_steps import BANK, signed_in
from tests.fixtures.database import application_on
from tests.servers.easyticket import EasyTicketServer


@pytest.fixture(scope="session")
def site(
    _server_maker: Callable[..., EasyTicketServer], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site set as the two clients expect it: their front end in mails, absolute addresses of pictures. Rate limits are
    on, because all users of the web client come from one address."""
    server = _server_maker(
        CAFA_FRONTEND_URL=FRONT_END, V1_ABSOLUTE_MEDIA_URLS="true", RATELIMIT_ENABLED="true"
    )
    with (
        application_on(server.environment["DATABASE_URL"], tmp_path_factory.mktemp("scene")) as app,
        app.app_context(),
    ):
        _set_the_scene()
    served = Site(server)
    yield served
    served.stop()


@pytest.fixture(scope="session")
def organizer(site: Site) -> WebClient:
    """Somebody with a verified payment profile: without one the event forms cannot be sent."""
    client = signed_in(site)
    body = {"method": "bank_transfer", "name": "Cal Bank", "account_details": BANK}
    client.done("POST", "/auth/payment-profile/", 201, json=body)
    until(lambda: client.get("/auth/payment-profile/")["results"][0]["is_verified"])
    return client


@pytest.fixture(scope="session")
def buyer(site: Site) -> WebClient:
    """Somebody with a phone number, who can buy."""
    return signed_in(site)


def _set_the_scene() -> None:
    """Have two pages of events to come, one that is on and one that is over; some have no category and no picture."""
    organizer, now = factories.make_organizer(username="efua_asante"), clock.now()
    music = factories.make_category("Music", icon="FaMusic", description="Concerts and festivals")
    for number in range(22):
        factories.make_simple_event(
            organizer=organizer,
            category=music if number % 2 else None,
            title=f"Evening of drums {number}",
            start_at=now + timedelta(days=10 + number),
        )
    day = timedelta(days=1)
    for title, begun in (("Going on", now - timedelta(hours=1)), ("Long gone", now - 9 * day)):
        factories.make_simple_event(
            organizer=organizer,
            category=music,
            title=title,
            start_at=begun,
            end_at=begun + timedelta(hours=5),
        )
