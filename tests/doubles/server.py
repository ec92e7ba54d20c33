"""What the doubles of providers share: a threaded HTTP server on loopback, faults on demand, a journal, and controls.

A double is a subclass of `Double`. It says how a request is answered (`answer`) and what its own errors look like
(`error`), and lists in `controls` which of its methods may be called over HTTP. The rest is here:

    class PaystackDouble(Double):
        name = "paystack"
        controls = (*Double.controls, "pay")

        def answer(self, request: Request) -> Response: ...      # routes; takes `with self.lock` around the books
        def error(self, status: int) -> Response: ...            # the provider's shape of an answer with this status
        def clear(self) -> None: ...                             # forget everything; called by `reset`
        def pay(self, reference: str) -> dict[str, Any]: ...     # POST /__ctl/pay {"reference": "…"} calls this too

    double = PaystackDouble()
    double.start()                     # a free port; double.url is its address
    double.fault("error_after", path=r"^/refund$")
    double.stop()

As a process of its own: `serve(PaystackDouble)` in the module's main, and `DoubleProcess("tests.doubles.paystack")` in a
test. `control(name, **arguments)` works on both, in this process and from another one.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, cast

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.doubles.faults import Fault, Faults
from tests.doubles.journal import Call, Journal
from tests.servers.parts import ending_with_the_tests, free_port

CONTROL = "/__ctl/"
READY = "The double listens at"
ROOT = Path(__file__).resolve().parents[2]


class Double:
    """A provider on loopback. `lock` is for the books: `answer` and every control take it where they read or write."""

    name: ClassVar[str] = "double"
    # The methods that POST /__ctl/<name> may call, with the members of a JSON object as arguments.
    controls: ClassVar[tuple[str, ...]] = ("reset", "fault", "calls", "release", "wait_until_hanging")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.journal = Journal()
        self.faults = Faults()
        self.url = ""
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    # What a provider says itself.

    def answer(self, request: Request) -> Response:
        """Do what the request asks and tell the result."""
        raise NotImplementedError

    def error(self, status: int) -> Response:
        """Return an error that has nothing to do with the request, in the provider's own shape."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget the books."""

    def work(self, request: Request, fault: Fault | None) -> Response:
        """Answer, or wait or fail before or after the work was done. A provider that remembers its answers wraps this."""
        if fault and fault.kind in ("slow", "hang_before"):
            self.faults.wait(fault.seconds)
        if fault and fault.kind == "error_before":
            return self.error(fault.status)
        response = self.answer(request)
        return self.error(fault.status) if fault and fault.kind == "error_after" else response

    # Controls.

    def reset(self) -> None:
        """Make it as new: no books, no faults, an empty journal; answers that hang are sent."""
        self.faults.clear()
        self.journal.clear()
        self.clear()

    def fault(self, kind: str, **options: Any) -> None:
        """Let the next answers go wrong; kinds and options are those of `Fault`."""
        self.faults.add(Fault(kind=kind, **options))

    def release(self) -> None:
        """Send every answer that hangs now."""
        self.faults.release()

    def wait_until_hanging(self, count: int = 1, seconds: float = 5) -> None:
        """Return as soon as so many requests hang, for example with their work done and no answer."""
        self.faults.wait_until_hanging(count, seconds)

    def calls(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """Return the requests so far, as plain values; `path` is a regular expression."""
        return [asdict(call) for call in self.journal.calls(method, path)]

    def control(self, control: str, /, **arguments: Any) -> Any:
        """Call a control by its name, as `DoubleProcess.control` does from outside."""
        if control not in self.controls:
            raise LookupError(f"The {self.name} double has no control {control!r}")
        return getattr(self, control)(**arguments)

    # The server.

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, as a WSGI application."""
        request = Request(environ)
        request.get_data()  # once and whole, before anything looks at forms
        answer = self._controlled if request.path.startswith(CONTROL) else self._journaled
        response = answer(request)
        return response(cast(Any, environ), cast(Any, start_response))

    def _journaled(self, request: Request) -> Response:
        call = self.journal.begin(request)
        fault = self.faults.take(request.method, request.path)
        response = self._faulty(request, fault) if fault else self.work(request, None)
        call.status = response.status_code
        return response

    def _faulty(self, request: Request, fault: Fault) -> Response:
        response = self.work(request, fault)
        if fault.kind == "hang_after":
            self.faults.wait(fault.seconds)
        if fault.kind == "dropped":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return fault.spoil(response)

    def _controlled(self, request: Request) -> Response:
        name = request.path.removeprefix(CONTROL)
        arguments = (
            json.loads(request.get_data() or b"{}") if request.method == "POST" else dict(request.args)
        )
        try:
            result, status = self.control(name, **arguments), 200
        except Exception as error:
            result, status = {"error": f"{type(error).__name__}: {error}"}, 400
        return Response(json.dumps(result), status, content_type="application/json")

    def start(self, port: int = 0) -> str:
        """Listen on `port`, or on a free one, and return the address."""
        self._server = make_server("127.0.0.1", port, self, threaded=True, request_handler=_Silent)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Answer nothing any more: connections are refused. The books stay, and `start` may follow."""
        self.faults.release()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None


class DoubleProcess:
    """A double as a process of its own, from its module; `control` calls its controls."""

    def __init__(self, module: str, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = [sys.executable, "-m", module, "--port", str(self.port), *options]
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when it listens."""
        self.process = subprocess.Popen(
            ending_with_the_tests(self.command), cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        if READY not in self.process.stdout.readline():
            self.stop()
            raise RuntimeError(f"{self.command} did not start")

    def control(self, control: str, /, **arguments: Any) -> Any:
        """Call a control and return its result."""
        return call_control(self.url, control, **arguments)

    def stop(self) -> None:
        """End the process; its books are gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            assert self.process.stdout is not None
            self.process.stdout.close()


def call_control(url: str, control: str, /, **arguments: Any) -> Any:
    """Call a control of the double at `url`.

    :raises RuntimeError: the double refuses; with its words.
    """
    request = urllib.request.Request(url + CONTROL + control, json.dumps(arguments).encode(), method="POST")  # noqa: S310
    opener = urllib.request.build_opener(_KeepErrors)
    with opener.open(request, timeout=30) as response:
        result = json.loads(response.read())
    if response.status != 200:
        raise RuntimeError(result["error"])
    return result


def serve(make: Callable[[], Double]) -> None:
    """Run a double as a process until it is ended: `--port N`, and any control with its arguments as `--set NAME=JSON`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--set", action="append", default=[], help='a control to call first, as configure={"url":"…"}'
    )
    options = parser.parse_args()
    double = make()
    for given in options.set:
        control, _, arguments = given.partition("=")
        double.control(control, **json.loads(arguments or "{}"))
    double.start(options.port)
    sys.stdout.write(f"{READY} {double.url}\n")
    sys.stdout.flush()
    threading.Event().wait()


class _Silent(WSGIRequestHandler):
    """Writes no line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """The journal has it."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """A client that went away is what some tests are about."""


class _KeepErrors(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        """Hand over answers of every status."""
        return response


__all__ = ["Call", "Double", "DoubleProcess", "Fault", "Response", "call_control", "serve"]
