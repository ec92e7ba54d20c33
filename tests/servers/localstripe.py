"""localstripe, somebody else's imitation of Stripe, as a process on a free port. It starts with nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.parts import ending_with_the_tests, free_port

READY = "Running on"


@contextmanager
def localstripe_server() -> Iterator[str]:
    """Start it, give its address, stop it at the end."""
    port = free_port()
    program = str(Path(sys.executable).with_name("localstripe"))
    command = [sys.executable, "-u", program, "--from-scratch", "--port", str(port)]
    process = subprocess.Popen(
        ending_with_the_tests(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if READY in line:
                yield f"http://127.0.0.1:{port}"
                return
        raise RuntimeError("localstripe did not start; it needs IPv6")
    finally:
        process.kill()
        process.wait(timeout=10)
        process.stdout.close()
