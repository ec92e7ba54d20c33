"""EasyTicket as talkative as somebody can make it: started by `python -m tests.servers.talkative` in place of `make run`.

Loggers of the libraries that speak with providers and with the database at DEBUG, whatever the application told them; an
access log with the headers that hold keys; and little patience with providers.
"""

from __future__ import annotations

import logging
import sys

from easyticket.integrations import paystack_client, stripe_client
from tests.servers.easyticket import EasyTicketServer

HEADERS = ("authorization", "cookie", "referer", "user-agent", "stripe-signature", "x-paystack-signature")
ACCESS_LOG = '%(h)s "%(r)s" %(s)s ' + " ".join(f'"%({{{name}}}i)s"' for name in HEADERS)
GUNICORN = {"loglevel": "debug", "accesslog": "-", "access_log_format": ACCESS_LOG}
LOUD = (
    *("stripe", "httpx", "httpcore.connection", "httpcore.http11", "urllib3.connectionpool"),
    *("sqlalchemy.engine.Engine", "sqlalchemy.pool.impl.QueuePool"),
)
# They say a lot about letters and pictures, and nothing about people.
QUIET = ("fontTools", "PIL", "weasyprint")
# Seconds.
PATIENCE = 2.0


class TalkativeServer(EasyTicketServer):
    """The same server; what it writes is in `output`."""

    module = "tests.servers.talkative"


class _Loud(logging.Logger):
    """Cannot be told to be quiet."""

    def isEnabledFor(self, level: int) -> bool:
        """Say yes to everything."""
        return True


def main() -> int:
    """Serve, and tell everything."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    for name in LOUD:
        logging.getLogger(name).__class__ = _Loud
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Before those who take them as their own are loaded.
    stripe_client.TIMEOUT = paystack_client.PATIENCE = PATIENCE
    from easyticket.cli import serve

    class Server(serve.Server):
        def load_config(self) -> None:
            """Let gunicorn say all it can."""
            super().load_config()
            for name, value in GUNICORN.items():
                self.cfg.set(name, value)

    serve.Server = Server  # type: ignore[misc]
    return serve.main()


if __name__ == "__main__":
    sys.exit(main())
